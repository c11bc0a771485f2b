// Random lives of regions from seeds. MINGA_SIMULATION_SEED and
// MINGA_SIMULATION_YEARS ask for other ones than CI's;
// tests/long_simulation.sh sets them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "tests/simulation/region/fate.h"
#include "tests/simulation/region/teller.h"

namespace minga::region {
namespace {

// What CI asks for.
constexpr std::uint64_t kSeeds = 200;
constexpr double kYears = 20;
constexpr std::uint64_t kFaults = 20'000;
// One life in so many is of the whole region.
constexpr std::uint64_t kWholeEvery = 40;
constexpr int kShrinkTries = 300;

std::uint64_t Asked(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  std::uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number
                                                            : otherwise;
}

double YearsOf(const Figures& figures) {
  return absl::ToDoubleHours(figures.simulated) / 24 / 365.25;
}

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Story LifeOf(std::uint64_t seed) {
  if (seed % kWholeEvery != 0) return MakeUp(seed, {});
  return MakeUp(seed, {.faults = 60, .days = 6, .countries = 11});
}

void Print(std::uint64_t seeds, const Figures& figures) {
  std::printf(
      "%llu seeds, %.2f simulated federation-years, %llu events, %llu faults, "
      "%llu pages checked when logged and sent, %llu times all checked at "
      "rest; %.1f s CPU\n",
      static_cast<unsigned long long>(seeds), YearsOf(figures),
      static_cast<unsigned long long>(figures.events),
      static_cast<unsigned long long>(figures.faults),
      static_cast<unsigned long long>(figures.pages),
      static_cast<unsigned long long>(figures.checks), CpuSeconds());
  std::fflush(stdout);
}

// What failed, in as few steps as can be found.
void TellWhatFailed(std::uint64_t seed, const Story& story,
                    const absl::Status& why) {
  std::printf("seed %llu failed: %s\n", static_cast<unsigned long long>(seed),
              why.ToString().c_str());
  std::fflush(stdout);
  const Story shorter = Shrink(story, kShrinkTries);
  std::printf("as a story, to be kept in tests/simulation/stories:\n%s# %s\n",
              shorter.ToString().c_str(), Tell(shorter).ToString().c_str());
  std::fflush(stdout);
}

TEST_CASE("random lives agree whenever they come to rest", "[lives]") {
  const bool one = std::getenv("MINGA_SIMULATION_SEED") != nullptr;
  const std::uint64_t first = Asked("MINGA_SIMULATION_SEED", 1);
  const std::uint64_t seeds = Asked("MINGA_SIMULATION_SEEDS", one ? 1 : kSeeds);
  const auto years = static_cast<double>(Asked("MINGA_SIMULATION_YEARS", 0));
  Figures figures;
  std::uint64_t lived = 0;
  int failed = 0;
  while (lived < seeds || YearsOf(figures) < years) {
    const std::uint64_t seed = first + lived++;
    const Story story = LifeOf(seed);
    const absl::Status told = Tell(story, &figures);
    // The first one in full: others are often of the same cause.
    if (!told.ok() && ++failed == 1) TellWhatFailed(seed, story, told);
    INFO("repeat with MINGA_SIMULATION_SEED=" << seed);
    INFO(told);
    CHECK(told.ok());
    if (years > 0 && lived % 100 == 0) Print(lived, figures);
  }
  Print(lived, figures);
  if (lived < kSeeds || failed > 0) return;
  CHECK(YearsOf(figures) >= kYears);
  CHECK(figures.faults >= kFaults);
}

}  // namespace
}  // namespace minga::region
