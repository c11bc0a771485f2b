// The seam to time: a whole federation runs under a simulated clock.
#ifndef MINGA_NODE_BASE_CLOCK_H_
#define MINGA_NODE_BASE_CLOCK_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace minga {

// Threads: any thread may call any method.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time in UTC; may jump when an operator corrects the machine.
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// Stands still until told to move.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(absl::Time start) : now_(start) {}
  absl::Time Now() const override;
  void Set(absl::Time now);
  void Advance(absl::Duration by);

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

// The calendar day of `time` in UTC: legal dates are compared as days, and one
// fixed zone makes both sides of a border agree on which day it is.
absl::CivilDay DayOf(absl::Time time);

// "2026-12-01" both ways. INVALID_ARGUMENT for anything but a real day in that
// form.
absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text);
std::string FormatDay(absl::CivilDay day);

}  // namespace minga

#endif  // MINGA_NODE_BASE_CLOCK_H_
