#include "node/base/clock.h"

#include <catch2/catch.hpp>
#include <string>

namespace minga {
namespace {

TEST_CASE("a simulated clock moves only when told", "[base][clock]") {
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  SimulatedClock clock(start);
  CHECK(clock.Now() == start);
  CHECK(clock.Now() == start);
  clock.Advance(absl::Hours(2));
  CHECK(clock.Now() == start + absl::Hours(2));
  clock.Set(start - absl::Hours(1));  // an operator corrects the machine
  CHECK(clock.Now() == start - absl::Hours(1));
}

TEST_CASE("the system clock lies between two looks at it", "[base][clock]") {
  const SystemClock clock;
  const absl::Time before = absl::Now();
  const absl::Time now = clock.Now();
  CHECK(before <= now);
  CHECK(now <= absl::Now());
}

TEST_CASE("a day is a day in UTC", "[base][clock]") {
  const absl::Time midnight =
      absl::FromCivil(absl::CivilSecond(2026, 12, 1), absl::UTCTimeZone());
  CHECK(DayOf(midnight) == absl::CivilDay(2026, 12, 1));
  CHECK(DayOf(midnight - absl::Nanoseconds(1)) == absl::CivilDay(2026, 11, 30));
  CHECK(DayOf(midnight + absl::Hours(24) - absl::Nanoseconds(1)) ==
        absl::CivilDay(2026, 12, 1));
}

TEST_CASE("every day of two centuries is read as it is printed",
          "[base][clock]") {
  int days = 0;
  for (absl::CivilDay day(1899, 12, 31); day < absl::CivilDay(2101, 1, 1);
       ++day) {
    const auto parsed = ParseDay(FormatDay(day));
    if (!parsed.ok() || *parsed != day) FAIL(FormatDay(day));
    ++days;
  }
  CHECK(days == 73'415);
  CHECK(FormatDay(absl::CivilDay(2026, 3, 4)) == "2026-03-04");
  CHECK(FormatDay(absl::CivilDay(7, 3, 4)) == "0007-03-04");
}

TEST_CASE("what is no real day in that form is refused", "[base][clock]") {
  for (const char* bad :
       {"", "2026-12-1", "2026-12-011", "2026/12/01", "26-12-01", "2026-13-01",
        "2026-00-01", "2026-01-00", "2026-04-31", "2026-02-29", "1900-02-29",
        "0000-01-01", " 026-12-01", "+026-12-01", "-026-12-01", "2026-+1-01",
        "2026-12-0x", "2026-12-01 ", "2026-12-01T"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(ParseDay(bad).status()));
  }
  CHECK(ParseDay("2024-02-29").ok());
  CHECK(ParseDay("2000-02-29").ok());
  CHECK(ParseDay("2026-02-30").status().message() ==
        "`2026-02-30` is not a day of the form `2026-12-01`");
}

}  // namespace
}  // namespace minga
