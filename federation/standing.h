// Suspending and resuming a peer: its row, the audit entry and the mark that
// its views have to follow, in one transaction. Afterwards views, pins and
// streams follow (exchange::PolicyDesk::PeerChanged, Parts::peers_changed).
#ifndef MINGA_FEDERATION_STANDING_H_
#define MINGA_FEDERATION_STANDING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::federation {

// Marks, in the transaction that adds a peer or changes its state, that views
// have to follow. The mark stands until they do (exchange::PolicyDesk), so that
// neither a crash nor a full disk in between leaves them as they were.
absl::Status NotePeerChanged(storage::Transaction& transaction,
                             const PeerId& peer, absl::string_view actor,
                             absl::Time now);
absl::Status ForgetPeerChanged(storage::DocumentStore& documents,
                               const PeerId& peer);

struct ChangedPeer {
  PeerId peer;
  std::string actor;
};
// Those whose mark stands.
absl::StatusOr<std::vector<ChangedPeer>> ChangedPeers(
    const storage::DocumentReader& documents);

// Nothing is sent to the peer or shown of it from now on; what is held stays.
//   NOT_FOUND            no such peer.
//   FAILED_PRECONDITION  it is suspended already, or leaving.
//   INVALID_ARGUMENT     no reason: whoever resumes has to know it.
absl::Status Suspend(storage::Transaction& transaction, const PeerId& peer,
                     absl::string_view actor, absl::string_view reason,
                     absl::Time now);

//   NOT_FOUND, FAILED_PRECONDITION (it is not suspended).
absl::Status Resume(storage::Transaction& transaction, const PeerId& peer,
                    absl::string_view actor, absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_STANDING_H_
