// What of a node's status somebody has to do something about.
#ifndef MINGA_NODE_RPC_ALARMS_H_
#define MINGA_NODE_RPC_ALARMS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "minga/v1/admin.pb.h"

namespace minga::rpc {

// A peer that has not been heard from for so long: withdrawals of it may be
// waiting, and a withdrawal for which nothing else was asked is due a day after
// it was made.
inline constexpr absl::Duration kSilenceAlarm = absl::Hours(24);

// Records that the search index may be behind: what a bulk load leaves for some
// seconds.
inline constexpr std::int64_t kLagAlarm = 100'000;

// How long after a start it may take until checkpoints are signed.
inline constexpr absl::Duration kStartTime = absl::Minutes(1);

// Fills `alarms` from everything else in `status`, at `status.now`:
// - erasure-overdue: the peer has not confirmed a withdrawal in time;
// - erasure-not-done: a withdrawal of the peer was not carried out here in
//   time;
// - peer-suspended: nothing is exchanged;
// - peer-slowed: it sent malformed data and has to wait;
// - budget-spent: it has cost as much as it may in a day;
// - peer-silent: with an agreement in force, for kSilenceAlarm;
// - descriptor-refused: its newest does not count here;
// - index-behind: of many records searches find nothing yet;
// - index-failing: what is new is not found, or what was erased stays in it;
// - log-not-signed: nothing new is attested, for kStartTime.
void AddAlarms(v1::GetStatusResponse& status);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_ALARMS_H_
