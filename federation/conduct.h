// How a peer behaves: whoever sends malformed or wrongly signed data is slowed,
// and whoever goes on is suspended until an operator resumes it.
#ifndef MINGA_FEDERATION_CONDUCT_H_
#define MINGA_FEDERATION_CONDUCT_H_

#include <deque>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/backoff.h"
#include "federation/budget.h"
#include "node/base/random.h"

namespace minga::federation {

// Offences within an hour after which a peer is suspended. Backoff lets five
// come ten seconds apart and then minutes apart, so that somebody who repairs
// a mistake within half an hour is never suspended for it.
inline constexpr int kOffencesSuspend = 10;
inline constexpr absl::Duration kOffencesRemembered = absl::Hours(1);
// Calls that are refused because the peer has to wait; so many are one more
// offence. An honest peer doubles its waits up to a minute, so it comes back a
// dozen times.
inline constexpr int kRefusalsPerOffence = 100;

// Threads: one.
class Conduct {
 public:
  Conduct(Random& random, const Allowances& allowances)
      : patience_(random),
        calls_(allowances.calls_per_minute, absl::Minutes(1)) {}

  // `what` it did, for people: a status message.
  void OnOffence(absl::Time now, absl::string_view what);

  // Whether it may begin a stream or ask a question now:
  // RESOURCE_EXHAUSTED says for how long not. A refusal is remembered.
  absl::Status Admit(absl::Time now);

  // Before then nothing of it is taken; InfinitePast() if it is not slowed.
  absl::Time slowed_until() const { return slowed_until_; }
  // Why it has to be suspended; empty if it has not, or was said already. The
  // next offence says it again.
  std::string TakeVerdict() { return std::exchange(verdict_, {}); }

 private:
  void Remember(absl::Time now);
  // Lets nothing lie further ahead than it may, if the clock was set back.
  void ComeBackTo(absl::Time now);

  Backoff patience_;
  Budget calls_;
  std::deque<absl::Time> offences_;
  int refusals_ = 0;  // since the last that counted
  absl::Time slowed_until_ = absl::InfinitePast();
  std::string last_;
  std::string verdict_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_CONDUCT_H_
