// Sweep re-evaluates all records: after a change of law, agreement or peers,
// when a date of the law passes, and after an upgrade. It looks for stale views
// in snapshots, off the writer's thread, and writes only what changes. What is
// done after a chunk is durable together with the place where it stands
// (sweep_mark.h). Internal to this room.
//
// Three passes: what peers are shown and must no longer be shown so (nothing
// new is shown to anyone before that is done); what was received and may no
// longer be kept; everything else. Then the people who may be shown now are
// released (rotation.h).
//
// No reader sees a mix of two policies: a record is sent only if its row is
// what the policy in force says of it now (Projector), so that before its turn
// it is either the same under both, or not sent.
#ifndef MINGA_NODE_EXCHANGE_SWEEP_H_
#define MINGA_NODE_EXCHANGE_SWEEP_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/exchange/core.h"
#include "node/exchange/work_budget.h"

namespace minga::exchange {

// Sweeps for all peers (or `only` one) and returns the number of views that
// changed. REQUIRES: core.change_mutex is held; kDocSweep stands.
absl::StatusOr<int> Sweep(Core& core, const Deed& deed,
                          std::optional<PeerId> only);

// Continues the sweep that is marked: where it stood, if the policy is the
// same and no boundary of it has passed, else from the beginning. Does one
// chunk at least. False if there is more to do.
// REQUIRES: core.change_mutex is held; kDocSweep stands.
absl::StatusOr<bool> ContinueSweep(Core& core, const Deed& deed,
                                   const WorkBudget& budget);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SWEEP_H_
