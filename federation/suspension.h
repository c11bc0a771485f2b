// Suspending a peer, by an operator or by this node itself.
#ifndef MINGA_FEDERATION_SUSPENSION_H_
#define MINGA_FEDERATION_SUSPENSION_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::federation {

// Marks the peer as suspended, with the reason, and appends the audit entry; of
// a peer that is not active changes nothing. What the exchange and the edges
// have to do then is for the caller (node/exchange/offices.h).
//   NOT_FOUND  no such peer.
absl::Status SuspendPeer(storage::Transaction& transaction, const PeerId& peer,
                         absl::string_view actor, absl::string_view why,
                         absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_SUSPENSION_H_
