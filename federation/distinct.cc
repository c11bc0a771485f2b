#include "federation/distinct.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "federation/acquaintance.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "storage/peer_store.h"

namespace minga::federation {
namespace {

using NamedKey = std::pair<absl::string_view, const NoteVerifier*>;

std::array<NamedKey, 3> KeysOf(const Descriptor& descriptor) {
  return {NamedKey{"node key", &descriptor.node_key},
          NamedKey{"log key", &descriptor.log_key},
          NamedKey{"cosign key", &descriptor.cosign_key}};
}

// `whose`: "this node's", "that of EC".
absl::Status CheckKeys(const Descriptor& descriptor, const Descriptor& taken,
                       absl::string_view whose) {
  for (const auto& [use, key] : KeysOf(descriptor)) {
    const std::string what =
        absl::StrCat("the ", use, " of ", descriptor.country.ToString());
    for (const auto& [taken_use, other] : KeysOf(taken)) {
      if (key->name == other->name) {
        return absl::FailedPreconditionError(absl::StrCat(
            what, " has the name `", key->name, "`, which is ", whose,
            ": ask for a descriptor whose key has a name of its own, such as "
            "`minga/<country>/node`"));
      }
      if (key->public_key == other->public_key) {
        return absl::FailedPreconditionError(absl::StrCat(
            what, " is ", whose,
            ": ask for a descriptor with a key of its own; if nobody copied a "
            "data folder, somebody has stolen the key"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDistinct(const Descriptor& descriptor,
                           const Descriptor& taken, absl::string_view whose) {
  MINGA_RETURN_IF_ERROR(CheckKeys(descriptor, taken, whose));
  // By what is pinned, not by how it is written.
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts mine,
                         ReadCertificate(descriptor.certificate_pem));
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts theirs,
                         ReadCertificate(taken.certificate_pem));
  if (mine.fingerprint != theirs.fingerprint) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the certificate of ", descriptor.country.ToString(), " is ", whose,
      ": ask both for their newest descriptors and compare the fingerprints by "
      "phone; one of them claims to be the other"));
}

}  // namespace

absl::Status CheckNotOurs(const Descriptor& descriptor, const Keyring& own) {
  for (const OwnGeneration& generation : own.All()) {
    MINGA_RETURN_IF_ERROR(
        CheckDistinct(descriptor, generation.descriptor, "this node's"));
  }
  return absl::OkStatus();
}

absl::Status CheckNotOfPeers(const Descriptor& descriptor,
                             const storage::PeerReader& peers,
                             const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                         peers.List());
  for (const storage::PeerRow& row : rows) {
    if (row.id == descriptor.country) continue;
    MINGA_ASSIGN_OR_RETURN(const Acquaintance known,
                           ReadAcquaintance(documents, row));
    for (const Descriptor& other : known.descriptors) {
      MINGA_RETURN_IF_ERROR(CheckDistinct(
          descriptor, other, absl::StrCat("that of ", row.id.ToString())));
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::federation
