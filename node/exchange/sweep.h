// Sweep re-evaluates all own records: after a change of law, agreement or
// peers, and every day. It looks for stale views in snapshots, off the writer's
// thread, and writes only what changes. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_SWEEP_H_
#define MINGA_NODE_EXCHANGE_SWEEP_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "node/exchange/core.h"

namespace minga::exchange {

// Sweeps for all peers (or `only` one) and returns the number of views that
// changed. What a peer must no longer see goes first.
// REQUIRES: core.change_mutex is held.
absl::StatusOr<int> Sweep(Core& core, const Deed& deed,
                          std::optional<PeerId> only);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SWEEP_H_
