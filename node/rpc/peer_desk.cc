#include "node/rpc/peer_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "node/exchange/policy_desk.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kPseudonymKeyBytes = 32;

// Letters and digits only, lower case: how it is written does not matter, what
// is said does.
std::string Spoken(absl::string_view fingerprint) {
  std::string spoken;
  for (const char c : fingerprint) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isspace(byte) || c == '-') continue;
    spoken.push_back(absl::ascii_tolower(byte));
  }
  return spoken;
}

// A key is told by its name in notes and logs: no two may bear one name, and
// nobody signs with another's key. `whose`: "this node's", "that of EC".
absl::Status CheckDistinct(const federation::Descriptor& descriptor,
                           const NoteVerifier& taken, absl::string_view whose) {
  const NoteVerifier& key = descriptor.node_key;
  if (key.name == taken.name) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the node key of ", descriptor.country.ToString(), " has the name `",
        key.name, "`, which is ", whose,
        ": ask for a descriptor whose key has a name of its own, such as "
        "`minga/<country>/node`"));
  }
  if (key.public_key == taken.public_key) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the node key of ", descriptor.country.ToString(), " is ", whose,
        ": ask for a descriptor with a key of its own; if nobody copied a data "
        "folder, somebody has stolen the key"));
  }
  return absl::OkStatus();
}

absl::Status CheckForeign(const NodeParts& node,
                          const federation::Descriptor& descriptor) {
  if (descriptor.country == node.own) {
    return absl::FailedPreconditionError(
        absl::StrCat("this is a descriptor of our own country, ",
                     node.own.ToString(), "; a peer is another country's"));
  }
  MINGA_RETURN_IF_ERROR(
      CheckDistinct(descriptor, node.node_key, "this node's"));
  return federation::CheckValidity(descriptor, DayOf(node.clock->Now()));
}

// Against every other peer's key.
absl::Status CheckDistinctOfPeers(const federation::Descriptor& descriptor,
                                  const storage::PeerReader& peers) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                         peers.List());
  for (const storage::PeerRow& row : rows) {
    if (row.id == descriptor.country) continue;
    const absl::StatusOr<federation::Descriptor> other =
        federation::ReadDescriptor(row.descriptor);
    if (!other.ok()) {
      return At(absl::StrCat("descriptor of ", row.id.ToString()),
                other.status());
    }
    MINGA_RETURN_IF_ERROR(
        CheckDistinct(descriptor, other->node_key,
                      absl::StrCat("that of ", row.id.ToString())));
  }
  return absl::OkStatus();
}

absl::Status CheckSuccessor(const federation::Descriptor& descriptor,
                            const storage::PeerRow& present) {
  MINGA_ASSIGN_OR_RETURN(const federation::Descriptor old,
                         federation::ReadDescriptor(present.descriptor));
  if (descriptor.node_key.ToVkey() != old.node_key.ToVkey()) {
    return absl::FailedPreconditionError(absl::StrCat(
        descriptor.country.ToString(),
        " is a peer with another node key; remove it first if the country ",
        "has really begun anew"));
  }
  if (descriptor.sequence < old.sequence) {
    return absl::FailedPreconditionError(absl::StrCat(
        "descriptor has sequence ", descriptor.sequence, "; we already have ",
        old.sequence, ": ask the peer for its newest"));
  }
  return absl::OkStatus();
}

// One transaction: the row, its audit entry.
absl::Status StorePeer(const NodeParts& node,
                       const federation::Descriptor& descriptor,
                       absl::string_view note) {
  const absl::Time now = node.clock->Now();
  const std::string key = node.random->Bytes(kPseudonymKeyBytes);
  return node.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_RETURN_IF_ERROR(
            CheckDistinctOfPeers(descriptor, transaction.peers()));
        MINGA_ASSIGN_OR_RETURN(const auto present,
                               transaction.peers().Get(descriptor.country));
        storage::PeerRow row;
        if (present.has_value()) {
          MINGA_RETURN_IF_ERROR(CheckSuccessor(descriptor, *present));
          row = *present;
        } else {
          row.id = descriptor.country;
          row.pseudonym_key = key;
          row.added_at = now;
        }
        row.descriptor = std::string(note);
        MINGA_RETURN_IF_ERROR(transaction.peers().Put(row));
        return transaction.audit()
            .Append(federation::PeerEntry(
                v1::AUDIT_EVENT_PEER_ADDED, now, kOperator, descriptor.country,
                absl::StrCat("descriptor ", descriptor.sequence, ", ",
                             federation::Fingerprint(descriptor)),
                AsView(Sha256(note))))
            .status();
      });
}

}  // namespace

absl::StatusOr<federation::Descriptor> OwnDescriptor(const NodeParts& node) {
  if (node.endpoints.empty()) {
    return absl::FailedPreconditionError(
        "`peers.endpoints` of minga.toml is empty: peers would not know where "
        "to connect to");
  }
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts certificate,
                         ReadCertificate(node.tls.own.certificate_pem));
  federation::Descriptor descriptor;
  descriptor.country = node.own;
  descriptor.name = node.name;
  descriptor.endpoints = node.endpoints;
  descriptor.certificate_pem = node.tls.own.certificate_pem;
  descriptor.node_key = node.node_key;
  descriptor.log_key = node.log_key;
  descriptor.cosign_key = node.cosign_key;
  descriptor.valid_from = DayOf(node.clock->Now());
  descriptor.valid_until = std::min(descriptor.valid_from + kDescriptorLifeDays,
                                    DayOf(certificate.not_after));
  return descriptor;
}

absl::StatusOr<AddedPeer> AddPeer(const NodeParts& node,
                                  absl::string_view descriptor_note,
                                  absl::string_view heard) {
  MINGA_ASSIGN_OR_RETURN(const federation::Descriptor descriptor,
                         federation::ReadDescriptor(descriptor_note));
  MINGA_RETURN_IF_ERROR(CheckForeign(node, descriptor));
  AddedPeer result{descriptor.country, federation::Fingerprint(descriptor)};
  const std::string spoken = Spoken(heard);
  if (spoken.empty()) return result;
  if (spoken != Spoken(result.fingerprint)) {
    return absl::PermissionDeniedError(absl::StrCat(
        "the fingerprint differs: the file has `", result.fingerprint,
        "`; either it was not heard right or the file is not theirs"));
  }
  MINGA_RETURN_IF_ERROR(StorePeer(node, descriptor, descriptor_note));
  MINGA_RETURN_IF_ERROR(
      node.desk->PeerChanged(kOperator, descriptor.country).status());
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  result.added = true;
  return result;
}

absl::StatusOr<KnownPeer> FindPeer(const NodeParts& node, const PeerId& peer) {
  std::vector<storage::PeerRow> rows;
  MINGA_RETURN_IF_ERROR(
      node.database->Read([&](const storage::Snapshot& snapshot) {
        auto listed = snapshot.peers().List();
        if (listed.ok()) rows = *std::move(listed);
        return listed.status();
      }));
  std::vector<std::string> names;
  for (storage::PeerRow& row : rows) {
    if (row.id == peer) {
      MINGA_ASSIGN_OR_RETURN(federation::Descriptor descriptor,
                             federation::ReadDescriptor(row.descriptor));
      return KnownPeer{std::move(row), std::move(descriptor)};
    }
    names.push_back(row.id.ToString());
  }
  return absl::NotFoundError(absl::StrCat(
      "no peer `", peer.ToString(), "`; ",
      names.empty() ? std::string("there is none yet")
                    : absl::StrCat("there are ", absl::StrJoin(names, ", "))));
}

absl::StatusOr<PeerId> DecodePeer(absl::string_view text) {
  const absl::StatusOr<Country> peer = Country::Parse(text);
  if (!peer.ok()) return At("peer", peer.status());
  return *peer;
}

}  // namespace minga::rpc
