// Tells stories: makes the region and has each step befall it.
#ifndef MINGA_TESTS_SIMULATION_REGION_TELLER_H_
#define MINGA_TESTS_SIMULATION_REGION_TELLER_H_

#include "absl/status/status.h"
#include "tests/simulation/region/region.h"
#include "tests/simulation/region/story.h"

namespace minga::region {

// OK if everything held all the time, and at "all is well" (at most two hours
// after faults ended); otherwise INTERNAL with the step and what did not hold.
// `figures`, if not null, receives what happened.
absl::Status Tell(const Story& story, Figures* figures = nullptr);

// A shorter story that fails, too: drops steps as long as it does, trying at
// most `tries` stories.
Story Shrink(const Story& story, int tries);

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_TELLER_H_
