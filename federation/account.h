// What one peer has cost this node, and how it has behaved. Kept apart from the
// streams and errands with it: they begin anew whenever the peer announces
// another descriptor, and that must not wipe its slate.
#ifndef MINGA_FEDERATION_ACCOUNT_H_
#define MINGA_FEDERATION_ACCOUNT_H_

#include <string>

#include "absl/time/time.h"
#include "federation/budget.h"
#include "federation/conduct.h"
#include "node/base/random.h"

namespace minga::federation {

// Threads: the federation thread only.
struct Account {
  // `random` outlives it.
  Account(Random& random, const Allowances& most)
      : conduct(random, most), received(most), sent(most) {}

  Conduct conduct;
  Allowance received;
  Allowance sent;
  // New descriptors of it that are taken without an operator. One key may be
  // changed after the other; beyond that one an hour is in time, as keys count
  // beside their successors for weeks.
  Budget successions{4, absl::Hours(4)};
  // Comparisons of our feed that it may begin, each of which reads all of it:
  // one a night, some that are repeated, some that people ask for.
  Budget comparisons{8, absl::Hours(2)};
  // Why its newest descriptor, which counts already, was not taken; empty if
  // none waits.
  std::string descriptor_refused;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_ACCOUNT_H_
