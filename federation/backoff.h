// When to try again after a stream with a peer has ended, and other times that
// chance spreads.
#ifndef MINGA_FEDERATION_BACKOFF_H_
#define MINGA_FEDERATION_BACKOFF_H_

#include <deque>

#include "absl/time/time.h"
#include "node/base/random.h"

namespace minga::federation {

// A random time below `most`, so that nodes do not all come at once.
absl::Duration Spread(Random& random, absl::Duration most);

// Some time of the night that begins next.
absl::Time NextNight(absl::Time now, Random& random);

// Threads: one.
class Backoff {
 public:
  // `random` outlives it.
  explicit Backoff(Random& random) : random_(random) {}

  // After a failure that may pass: from a second, doubling, to a minute, of
  // which a random half is taken off, so that nodes cut off together do not
  // come back together.
  absl::Duration AfterFailure();

  // After malformed or wrongly signed data: ten seconds at first; five to ten
  // minutes once it has happened five times within ten minutes, until an hour
  // has passed without.
  absl::Duration AfterOffence(absl::Time now);

  // Something worked: the next failure is a first one. Offences are not
  // forgotten so.
  void Reset() { failures_ = 0; }

 private:
  absl::Duration Jittered(absl::Duration whole);

  Random& random_;
  int failures_ = 0;
  std::deque<absl::Time> offences_;  // of the last ten minutes
  absl::Time strict_until_ = absl::InfinitePast();
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_BACKOFF_H_
