#include "federation/backoff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace minga::federation {
namespace {

constexpr absl::Duration kFailureFirst = absl::Seconds(1);
constexpr absl::Duration kFailureMost = absl::Minutes(1);
constexpr int kDoublingsMax = 6;  // 64 s: beyond the most
constexpr absl::Duration kOffence = absl::Seconds(10);
constexpr absl::Duration kOffenceWindow = absl::Minutes(10);
constexpr std::size_t kOffencesTolerated = 5;
constexpr absl::Duration kOffencesMany = absl::Minutes(10);
constexpr absl::Duration kStrictFor = absl::Hours(1);
// Nights are between 01:00 and 05:00 UTC: late evening to midnight in the
// region, when the nodes have least to do.
constexpr absl::Duration kNightBegins = absl::Hours(1);
constexpr absl::Duration kNightLasts = absl::Hours(4);

}  // namespace

absl::Duration Spread(Random& random, absl::Duration most) {
  return absl::Milliseconds(static_cast<std::int64_t>(random.Below(
      static_cast<std::uint64_t>(absl::ToInt64Milliseconds(most)))));
}

absl::Time NextNight(absl::Time now, Random& random) {
  const absl::Time today = absl::FromCivil(
      absl::ToCivilDay(now, absl::UTCTimeZone()), absl::UTCTimeZone());
  absl::Time night = today + kNightBegins;
  if (night <= now) night += absl::Hours(24);
  return night + Spread(random, kNightLasts);
}

absl::Duration Backoff::Jittered(absl::Duration whole) {
  const std::int64_t half = absl::ToInt64Milliseconds(whole) / 2;
  return whole - absl::Milliseconds(static_cast<std::int64_t>(
                     random_.Below(static_cast<std::uint64_t>(half) + 1)));
}

absl::Duration Backoff::AfterFailure() {
  const absl::Duration whole = std::min(
      kFailureFirst * (1 << std::min(failures_, kDoublingsMax)), kFailureMost);
  ++failures_;
  return Jittered(whole);
}

absl::Duration Backoff::AfterOffence(absl::Time now) {
  while (!offences_.empty() && offences_.front() <= now - kOffenceWindow) {
    offences_.pop_front();
  }
  offences_.push_back(now);
  if (offences_.size() > kOffencesTolerated) offences_.pop_front();
  if (offences_.size() == kOffencesTolerated || now < strict_until_) {
    strict_until_ = now + kStrictFor;
    return Jittered(kOffencesMany);
  }
  return Jittered(kOffence);
}

}  // namespace minga::federation
