#include "node/housekeeper.h"

#include <pthread.h>

#include <algorithm>

#include "absl/status/statusor.h"
#include "node/exchange/exchange.h"
#include "node/log_room.h"
#include "node/notices.h"
#include "node/rpc/grpc_transport.h"

namespace minga {
namespace {

// After a failure, and at the latest when the machine's clock was changed.
constexpr absl::Duration kRetry = absl::Minutes(1);
constexpr absl::Duration kLookAgain = absl::Hours(1);

}  // namespace

void Housekeeper::Start() {
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "housekeeper");
    Run();
  });
}

void Housekeeper::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Housekeeper::Run() {
  do {
    Round();
  } while (Rest());
}

void Housekeeper::Round() {
  parts_.transport->Reap();
  const absl::Status looked = parts_.alarms->Look(parts_.clock->Now());
  absl::Status logged = parts_.log->SignIfGrown();
  logged.Update(parts_.log->CloseIfFull());
  logged.Update(looked);
  absl::Status kept;
  again_ = false;
  const absl::Time now = parts_.clock->Now();
  // Also when the clock was set back by more than the longest wait.
  if (now >= exchange_due_ || exchange_due_ - now > kLookAgain) {
    const absl::StatusOr<absl::Time> next = parts_.exchange->Housekeep(now);
    kept = next.status();
    again_ = next.ok() && *next <= now;
    exchange_due_ =
        next.ok() ? std::clamp(*next, now, now + kLookAgain) : now + kRetry;
  }
  if (parts_.chores) kept.Update(parts_.chores());
  const absl::StatusOr<bool> more = parts_.log_room->Step();
  again_ = again_ || (more.ok() && *more);
  kept.Update(more.status());
  const absl::Status& worse = logged.ok() ? kept : logged;
  const std::string complaint(worse.message());
  // The same again every second would say less, not more.
  if (!worse.ok() && complaint != last_complaint_) {
    Notice("housekeeping", worse);
  }
  last_complaint_ = complaint;
}

bool Housekeeper::Rest() {
  const absl::MutexLock lock(&mutex_);
  const absl::Duration rest = again_ ? absl::ZeroDuration() : parts_.interval;
  mutex_.AwaitWithTimeout(absl::Condition(&stopping_), rest);
  return !stopping_;
}

}  // namespace minga
