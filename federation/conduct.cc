#include "federation/conduct.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr std::size_t kWhatBytesMax = 200;
// What Backoff::AfterOffence says at most.
constexpr absl::Duration kSlowedMax = absl::Minutes(10);

}  // namespace

void Conduct::OnOffence(absl::Time now, absl::string_view what) {
  last_ = Printable(what, kWhatBytesMax);
  ComeBackTo(now);
  slowed_until_ = std::max(slowed_until_, now + patience_.AfterOffence(now));
  Remember(now);
}

absl::Status Conduct::Admit(absl::Time now) {
  ComeBackTo(now);
  absl::Status refusal;
  if (now < slowed_until_) {
    refusal = absl::ResourceExhaustedError(
        absl::StrCat("malformed messages came before (", last_,
                     "); try again in some minutes"));
  } else if (calls_.Empty(now)) {
    refusal = absl::ResourceExhaustedError(
        "more calls a minute than this node allows; try again in a minute");
    if (last_.empty()) last_ = "more calls than allowed";
  } else {
    calls_.Spend(now, 1);
    return absl::OkStatus();
  }
  if (++refusals_ == kRefusalsPerOffence) {
    refusals_ = 0;
    Remember(now);
  }
  return refusal;
}

void Conduct::ComeBackTo(absl::Time now) {
  slowed_until_ = std::min(slowed_until_, now + kSlowedMax);
  for (absl::Time& offence : offences_) offence = std::min(offence, now);
}

void Conduct::Remember(absl::Time now) {
  while (!offences_.empty() && offences_.front() <= now - kOffencesRemembered) {
    offences_.pop_front();
  }
  offences_.push_back(now);
  if (offences_.size() >= kOffencesSuspend && verdict_.empty()) {
    verdict_ = absl::StrCat(offences_.size(),
                            " offences within an hour, the last: ", last_);
  }
}

}  // namespace minga::federation
