// What the housekeeper's thread does at once; others wait for it. Internal to
// this room.
#ifndef MINGA_NODE_EXCHANGE_WORK_BUDGET_H_
#define MINGA_NODE_EXCHANGE_WORK_BUDGET_H_

#include "absl/time/time.h"
#include "node/base/clock.h"

namespace minga::exchange {

inline constexpr absl::Duration kHousekeepWork = absl::Seconds(1);

class WorkBudget {
 public:
  explicit WorkBudget(const Clock& clock)
      : clock_(clock), start_(clock.Now()) {}

  // True after kHousekeepWork, or if the clock was set back.
  bool Spent() const {
    const absl::Duration worked = clock_.Now() - start_;
    return worked < absl::ZeroDuration() || worked >= kHousekeepWork;
  }

 private:
  const Clock& clock_;
  const absl::Time start_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_WORK_BUDGET_H_
