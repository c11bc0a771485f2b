// What we know of a peer over time: its descriptors, each signed by the node
// key of the one before, and which of their keys count today. The newest stands
// in the peer's row; the former ones are kept as documents
// "descriptor/<CC>/<sequence>", so that what they signed stays verifiable. So
// are all of a peer that has left.
#ifndef MINGA_FEDERATION_ACQUAINTANCE_H_
#define MINGA_FEDERATION_ACQUAINTANCE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "federation/descriptor.h"
#include "federation/keyring.h"
#include "storage/database.h"

namespace minga::federation {

struct Acquaintance {
  // Newest first; never empty. A former one of a lost key stands among them.
  std::vector<Descriptor> descriptors;
  // Of each, the last day on which its keys count: the newest's own
  // `valid_until`; CivilDay::min() of those that no longer do.
  std::vector<absl::CivilDay> until;

  const Descriptor& newest() const { return descriptors.front(); }
  // The keys that count on `day`, newest first, each once.
  std::vector<Descriptor> InForce(absl::CivilDay day) const;
  // All node keys (log keys, cosigning keys) ever known, newest first, each
  // once: for verifying what was signed under them.
  std::vector<NoteVerifier> NodeKeys() const;
  std::vector<NoteVerifier> LogKeys() const;
  std::vector<NoteVerifier> CosignKeys() const;
};

// DATA_LOSS if a stored descriptor cannot be read.
absl::StatusOr<Acquaintance> ReadAcquaintance(
    const storage::DocumentReader& documents, const storage::PeerRow& row);

// What came of new descriptors.
struct Succession {
  std::uint64_t before = 0;  // sequence
  Descriptor newest;
  std::vector<std::string> changed;  // of "tls", "node", "log", "cosign"
};

// Takes `notes` (ascending; what is known already is passed over) in the place
// of what `peer` has: row, history and an audit entry for each, by `actor`.
//   NOT_FOUND            no such peer.
//   INVALID_ARGUMENT     one cannot be read.
//   FAILED_PRECONDITION  as CheckSuccessor, CheckValidity, CheckNotOurs (`own`)
//                        and CheckNotOfPeers.
absl::StatusOr<Succession> Succeed(storage::Transaction& transaction,
                                   const Keyring& own, const PeerId& peer,
                                   const std::vector<std::string>& notes,
                                   absl::string_view actor, absl::Time now);

// RESOURCE_EXHAUSTED if `more` descriptors of `peer` would make more than
// kDescriptorsMax: whoever changes keys so often has to be asked why before an
// operator takes the next.
absl::Status CheckRoom(const storage::DocumentReader& documents,
                       const PeerId& peer, std::size_t more);

// Keeps `row.descriptor` among the former ones; its successor is put by the
// caller.
absl::Status KeepFormer(storage::DocumentStore& documents,
                        const storage::PeerRow& row);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_ACQUAINTANCE_H_
