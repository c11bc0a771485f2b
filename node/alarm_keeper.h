// AlarmKeeper looks now and then whether withdrawals are overdue, ours at a
// peer or a peer's here, and writes it to the audit log: once when it begins
// and once when it is made good, over restarts too.
#ifndef MINGA_NODE_ALARM_KEEPER_H_
#define MINGA_NODE_ALARM_KEEPER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"

namespace minga {

namespace exchange {
class DutyDesk;
}  // namespace exchange
namespace federation {
class Federation;
}  // namespace federation
namespace storage {
class Database;
}  // namespace storage

inline constexpr absl::Duration kAlarmsEvery = absl::Minutes(1);

// Threads: one.
class AlarmKeeper {
 public:
  // Not owned; all outlive the keeper.
  struct Parts {
    storage::Database* database = nullptr;
    const exchange::DutyDesk* duties = nullptr;
    const federation::Federation* federation = nullptr;
  };

  explicit AlarmKeeper(const Parts& parts) : parts_(parts) {}

  // Looks if it is time to; forgets old rejections too.
  absl::Status Look(absl::Time now);

 private:
  struct Overdue {
    PeerId peer;
    absl::string_view whose;  // one of federation::kOverdueSides
    std::int64_t records = 0;
    absl::Time first = absl::InfiniteFuture();
  };

  absl::StatusOr<std::vector<Overdue>> Find(absl::Time now) const;
  absl::Status Settle(const Overdue& overdue, absl::Time now);

  const Parts parts_;
  absl::Time next_ = absl::InfinitePast();
  absl::Time forget_next_ = absl::InfinitePast();
};

}  // namespace minga

#endif  // MINGA_NODE_ALARM_KEEPER_H_
