// One exchange of 200 records, cut after its first byte, its second... CI tries
// one byte in MINGA_SIMULATION_CUT_STRIDE; tests/long_cut.sh all, from
// MINGA_SIMULATION_CUT_FROM and before MINGA_SIMULATION_CUT_UNTIL at a time.
#include <algorithm>
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

// A put of so many makes a page.
constexpr std::uint64_t kPage = 10;
constexpr std::uint64_t kRecords = 200;
const std::vector<Country> kTwo = {Country::Of("CO"), Country::Of("EC")};

void Must(const absl::Status& status) {
  INFO(status);
  REQUIRE(status.ok());
}

std::uint64_t Asked(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return otherwise;
  std::uint64_t value = 0;
  REQUIRE(absl::SimpleAtoi(text, &value));
  return value;
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
  const std::uint64_t stride = Asked("MINGA_SIMULATION_CUT_STRIDE", 211);
  REQUIRE(stride > 0);
  const std::uint64_t from = Asked("MINGA_SIMULATION_CUT_FROM", 0);
  Region founded(1, kTwo);
  Must(founded.Found());
  founded.Stop();
  std::uint64_t bytes = 0;
  {
    Region region(1, founded);
    Must(region.Start());
    Must(Exchange(region));
    bytes = region.figures().bytes;
    REQUIRE(region.figures().rows == kRecords);
  }
  const std::uint64_t until =
      std::min(bytes, Asked("MINGA_SIMULATION_CUT_UNTIL", bytes));
  std::uint64_t cuts = 0;
  for (std::uint64_t at = from; at < until; at += stride) {
    CAPTURE(at);
    Region region(1, founded);
    Must(region.Start());
    region.CutAt(kTwo[0], kTwo[1], at);
    Must(Exchange(region));
    REQUIRE(region.figures().cuts == 1);
    REQUIRE(region.figures().rows >= kRecords);
    ++cuts;
  }
  std::printf(
      "an exchange of %llu bytes was cut at %llu of them, from byte %llu "
      "on; %.1f s CPU\n",
      static_cast<unsigned long long>(bytes),
      static_cast<unsigned long long>(cuts),
      static_cast<unsigned long long>(from),
      static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace minga::region
