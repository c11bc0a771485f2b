// What one peer may cost this node.
#ifndef MINGA_FEDERATION_BUDGET_H_
#define MINGA_FEDERATION_BUDGET_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace minga::federation {

// A token bucket: `most` may be spent at once, and all of it is there again
// after `refill`. The last spender may overdraw it, because what a page costs
// is known when it is there; the next then waits for longer.
//
// Threads: one.
class Budget {
 public:
  Budget(double most, absl::Duration refill)
      : most_(most), refill_(refill), left_(most) {}

  void Spend(absl::Time now, double amount) {
    Refill(now);
    left_ -= amount;
  }
  bool Empty(absl::Time now) {
    Refill(now);
    return left_ <= 0;
  }
  // When something is there again; InfinitePast() if something is.
  absl::Time Ready() const {
    if (left_ > 0) return absl::InfinitePast();
    // A thousandth of all at least, so that nobody wakes for one record.
    return filled_ + (most_ / 1000 - left_) / most_ * refill_;
  }

 private:
  void Refill(absl::Time now) {
    if (now > filled_) {
      left_ = std::min(
          most_, left_ + most_ * absl::FDivDuration(now - filled_, refill_));
    }
    // Also when the clock was set back: waiting for the old time would stop us.
    filled_ = now;
  }

  double most_;
  absl::Duration refill_;
  double left_;
  absl::Time filled_ = absl::InfinitePast();
};

// Of one direction of the exchange with a peer. Once spent, the exchange goes
// on slowly; nothing is lost.
struct Allowances {
  // Five times everything that a region of the planned size has (1,000,000
  // vacancies, 1,000,000 profiles): a first sync, an epoch that begins again
  // after a restore, and the changes of the day. The audit log grows by at most
  // 2 GB a day by what one peer does.
  std::int64_t records_per_day = 10'000'000;
  // The same in bytes, at 1.3 KB a record.
  std::int64_t megabytes_per_day = 13'000;
  // Streams and questions that a peer may begin: an honest one opens a stream
  // every half hour and comes back a second after a failure at first; a
  // reconciliation of a million records asks some hundred questions.
  int calls_per_minute = 1200;
};

// Records and bytes together.
class Allowance {
 public:
  explicit Allowance(const Allowances& most)
      : records_(static_cast<double>(most.records_per_day), absl::Hours(24)),
        bytes_(1e6 * static_cast<double>(most.megabytes_per_day),
               absl::Hours(24)) {}

  void Spend(absl::Time now, std::int64_t records, std::size_t bytes) {
    records_.Spend(now, static_cast<double>(records));
    bytes_.Spend(now, static_cast<double>(bytes));
  }
  bool Empty(absl::Time now) {
    const bool no_records = records_.Empty(now);
    return bytes_.Empty(now) || no_records;
  }
  absl::Time Ready() const {
    return std::max(records_.Ready(), bytes_.Ready());
  }

 private:
  Budget records_;
  Budget bytes_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_BUDGET_H_
