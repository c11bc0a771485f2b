#include "node/rpc/key_service.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "node/rpc/pins.h"
#include "node/rpc/times.h"

namespace minga::rpc {
namespace {

using federation::KeyUse;
using federation::OwnGeneration;

// The key of one use that a descriptor names: "tls" or a KeyUse.
std::string KeyText(const OwnGeneration& generation, absl::string_view use) {
  const federation::Descriptor& descriptor = generation.descriptor;
  if (use == "node") return descriptor.node_key.ToVkey();
  if (use == "log") return descriptor.log_key.ToVkey();
  if (use == "cosign") return descriptor.cosign_key.ToVkey();
  return CertificateName(descriptor.certificate_pem);
}

// Of the key that `last` is the last descriptor to name.
std::string StateOf(const NodeParts& node, const OwnGeneration& last,
                    absl::string_view use) {
  const federation::Keyring& ring = *node.keyring;
  const std::uint64_t newest = ring.Sequence();
  if (last.descriptor.sequence == newest) {
    const bool told = use != "tls" || ring.Serving().certificate_pem ==
                                          last.descriptor.certificate_pem;
    return told ? "in use" : "new";
  }
  const absl::CivilDay until = ring.Until(last.descriptor.sequence);
  if (DayOf(node.clock->Now()) > until) return "retired";
  return absl::StrCat("until ", FormatDay(until));
}

absl::StatusOr<v1::ListKeysResponse> List(const NodeParts& node) {
  v1::ListKeysResponse response;
  const std::vector<OwnGeneration> all = node.keyring->All();
  for (const char* use : {"tls", "node", "log", "cosign"}) {
    v1::OwnKey* key = nullptr;
    for (const OwnGeneration& generation : all) {  // newest first
      const std::string text = KeyText(generation, use);
      if (key == nullptr || key->key() != text) {
        key = response.add_keys();
        key->set_use(use);
        key->set_key(text);
        key->set_state(StateOf(node, generation, use));
      }
      key->set_since_sequence(generation.descriptor.sequence);
    }
  }
  const federation::Descriptor& newest = all.front().descriptor;
  response.set_sequence(newest.sequence);
  response.set_valid_until(FormatDay(newest.valid_until));
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts certificate,
                         ReadCertificate(newest.certificate_pem));
  *response.mutable_certificate_until() = ToTimestamp(certificate.not_after);
  for (const auto& [peer, sequence] : node.keyring->Held()) {
    v1::DescriptorHolder* const holder = response.add_holders();
    holder->set_country(peer.ToString());
    holder->set_sequence(sequence);
  }
  return response;
}

}  // namespace

grpc::Status KeyService::ListKeys(grpc::ServerContext* /*context*/,
                                  const v1::ListKeysRequest* /*request*/,
                                  v1::ListKeysResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response, List(node_));
    return absl::OkStatus();
  });
}

grpc::Status KeyService::RotateKeys(grpc::ServerContext* /*context*/,
                                    const v1::RotateKeysRequest* request,
                                    v1::RotateKeysResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    constexpr std::uint32_t kMost = 100000;  // beyond any overlap, fits an int
    const std::set<std::string> uses(request->uses().begin(),
                                     request->uses().end());
    MINGA_ASSIGN_OR_RETURN(
        const std::uint64_t sequence,
        node_.rotate_keys(
            uses, static_cast<int>(std::min(request->overlap_days(), kMost))));
    const OwnGeneration newest = node_.keyring->Newest();
    response->set_sequence(sequence);
    response->set_fingerprint(federation::Fingerprint(newest.descriptor));
    if (newest.descriptor.former_until.has_value()) {
      response->set_former_until(FormatDay(*newest.descriptor.former_until));
    }
    response->set_descriptor_note(newest.note);
    return absl::OkStatus();
  });
}

}  // namespace minga::rpc
