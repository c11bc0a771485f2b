// One exchange of 200 records, cut after its first byte, its second... CI tries
// one byte in MINGA_SIMULATION_CUT_STRIDE; tests/long_simulation.sh all.
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/simulation/region/region.h"

namespace minga::region {
namespace {

constexpr std::uint64_t kStride = 211;
// A put of so many makes a page.
constexpr std::uint64_t kPage = 10;
constexpr std::uint64_t kRecords = 200;
const std::vector<Country> kTwo = {Country::Of("CO"), Country::Of("EC")};

void Must(const absl::Status& status) {
  INFO(status);
  REQUIRE(status.ok());
}

// The exchange, from the first word to the last receipt: Colombia puts while
// Ecuador listens.
absl::Status Exchange(Region& region) {
  for (std::uint64_t put = 0; put < kRecords; put += kPage) {
    region.Find(kTwo[0])->PutVacancies(kPage, false);
    const absl::Status settled = region.Settle();
    if (!settled.ok()) return settled;
  }
  return region.Converge(absl::Minutes(10));
}

TEST_CASE("a link cut at any byte of an exchange converges", "[cut]") {
  std::uint64_t stride = kStride;
  if (const char* const text = std::getenv("MINGA_SIMULATION_CUT_STRIDE")) {
    REQUIRE(absl::SimpleAtoi(text, &stride));
    REQUIRE(stride > 0);
  }
  Region founded(1, kTwo);
  Must(founded.Found());
  founded.Stop();
  std::uint64_t bytes = 0;
  {
    Region region(1, founded);
    Must(region.Start());
    Must(Exchange(region));
    bytes = region.figures().bytes;
  }
  REQUIRE(bytes > 200 * kRecords);
  std::uint64_t cuts = 0;
  for (std::uint64_t at = 0; at < bytes; at += stride) {
    CAPTURE(at);
    Region region(1, founded);
    Must(region.Start());
    region.CutAt(kTwo[0], kTwo[1], at);
    Must(Exchange(region));
    REQUIRE(region.figures().cuts == 1);
    ++cuts;
  }
  std::printf("an exchange of %llu bytes was cut at %llu of them; %.1f s CPU\n",
              static_cast<unsigned long long>(bytes),
              static_cast<unsigned long long>(cuts),
              static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace minga::region
