// Erasing what came from a peer, or is kept about it.
#ifndef MINGA_NODE_EXCHANGE_FORGET_H_
#define MINGA_NODE_EXCHANGE_FORGET_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/exchange/core.h"
#include "policy/policy_set.h"
#include "storage/database.h"

namespace minga::exchange {

// Erases records of `from` that are of another epoch than `epoch`, at most
// `limit`; returns how many, less than `limit` when none is left.
absl::StatusOr<int> ForgetOtherEpochs(storage::Transaction& transaction,
                                      const PeerId& from, Epoch epoch,
                                      int limit, const Deed& deed);

// Erases all records of a peer that was removed, and what it told and erased,
// in transactions of its own.
absl::Status ForgetReceived(const Core& core, const PeerId& peer,
                            const Deed& deed);

// Drops what is kept for a peer that was removed: feed, classes, holds,
// agreement. `remaining` is in force from then on; null without any law.
absl::Status ForgetPeer(storage::Transaction& transaction, const PeerId& peer,
                        const policy::PolicySet* remaining);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_FORGET_H_
