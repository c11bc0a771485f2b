// What our own law says of the records of peers, when they come and later.
// Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_RECEIVED_H_
#define MINGA_NODE_EXCHANGE_RECEIVED_H_

#include "absl/status/status.h"
#include "node/exchange/core.h"
#include "policy/decision.h"

namespace minga::exchange {

// The question whose answer lets a record of `from` in.
policy::Question ReceiveQuestion(const Scene& scene, RecordKind kind,
                                 const PeerId& from);

// Notes that our law kept records of `from` out.
absl::Status NoteRefused(storage::Transaction& transaction, const PeerId& from);

// Another law may let in what was kept out: moves the cursor of the peers
// concerned to the beginning of their feeds, so that they bring everything
// again at the next stream. A page under way is answered with ABORTED.
absl::Status AskAgain(storage::Transaction& transaction);

// Erases the records received that our law no longer lets in.
absl::Status SweepReceived(Core& core, const Deed& deed);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RECEIVED_H_
