// Fate makes up stories from seeds.
#ifndef MINGA_TESTS_SIMULATION_REGION_FATE_H_
#define MINGA_TESTS_SIMULATION_REGION_FATE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "tests/simulation/region/story.h"

namespace minga::region {

struct FateOptions {
  int faults = 100;   // at least
  int days = 35;      // at least
  int countries = 0;  // 0: two to four, as the seed wants
};

Story MakeUp(std::uint64_t seed, const FateOptions& options);

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_FATE_H_
