// Budgets, and what becomes of a peer that does not behave.
#include "federation/conduct.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "federation/budget.h"

namespace minga::federation {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'795'000'000);

TEST_CASE("a budget is spent at once or as it comes back") {
  Budget budget(1000, absl::Seconds(100));
  CHECK_FALSE(budget.Empty(kStart));
  CHECK(budget.Ready() == absl::InfinitePast());
  budget.Spend(kStart, 1500);  // the last spender may overdraw it
  CHECK(budget.Empty(kStart));
  CHECK(budget.Empty(kStart + absl::Seconds(49)));
  CHECK(budget.Ready() > kStart + absl::Seconds(49));
  CHECK(budget.Ready() < kStart + absl::Seconds(51));
  CHECK_FALSE(budget.Empty(budget.Ready()));
  // Idle time saves no more than the whole.
  budget.Spend(kStart + absl::Hours(1), 1000);
  CHECK(budget.Empty(kStart + absl::Hours(1)));
  // A clock set back does not stop it for the time it was set back by.
  CHECK(budget.Empty(kStart));
  CHECK_FALSE(budget.Empty(kStart + absl::Seconds(2)));
}

TEST_CASE("records and bytes bound each other") {
  Allowances most;
  most.records_per_day = 100;
  most.megabytes_per_day = 1;
  Allowance allowance(most);
  allowance.Spend(kStart, 1, 2'000'000);
  CHECK(allowance.Empty(kStart));
  CHECK(allowance.Ready() > kStart + absl::Hours(23));
}

TEST_CASE("whoever offends waits, and goes on offending is suspended") {
  SeededRandom random(5);
  Conduct conduct(random, {});
  absl::Time now = kStart;
  int offences = 0;
  std::string verdict;
  while (verdict.empty()) {
    REQUIRE(conduct.Admit(now).ok());
    conduct.OnOffence(now, "page has an unknown field");
    ++offences;
    const absl::Status refused = conduct.Admit(now);
    CHECK(absl::IsResourceExhausted(refused));
    CHECK(absl::StrContains(refused.message(), "page has an unknown field"));
    now = conduct.slowed_until();
    verdict = conduct.TakeVerdict();
    REQUIRE(offences < 100);
  }
  CHECK(offences == kOffencesSuspend);
  CHECK(now > kStart + absl::Minutes(25));  // time enough to repair
  CHECK(verdict ==
        "10 offences within an hour, the last: page has an unknown field");
  CHECK(conduct.TakeVerdict().empty());
}

TEST_CASE("offences of another hour are forgotten") {
  SeededRandom random(5);
  Conduct conduct(random, {});
  absl::Time now = kStart;
  for (int i = 0; i < 50; ++i) {
    conduct.OnOffence(now, "garbage");
    now += absl::Minutes(7);
    CHECK(conduct.TakeVerdict().empty());
  }
}

TEST_CASE("a peer that knocks on while it has to wait is suspended") {
  SeededRandom random(5);
  Conduct conduct(random, {});
  conduct.OnOffence(kStart, "garbage");
  int refused = 0;
  std::string verdict;
  while (verdict.empty() && refused < 100'000) {
    CHECK_FALSE(conduct.Admit(kStart).ok());
    ++refused;
    verdict = conduct.TakeVerdict();
  }
  CHECK(refused == (kOffencesSuspend - 1) * kRefusalsPerOffence);
  CHECK(absl::StrContains(verdict, "garbage"));
}

TEST_CASE("calls beyond the allowance are refused") {
  SeededRandom random(5);
  Allowances most;
  most.calls_per_minute = 6;
  Conduct conduct(random, most);
  for (int i = 0; i < 6; ++i) CHECK(conduct.Admit(kStart).ok());
  CHECK(absl::IsResourceExhausted(conduct.Admit(kStart)));
  CHECK(conduct.Admit(kStart + absl::Seconds(11)).ok());
  CHECK(conduct.TakeVerdict().empty());
}

}  // namespace
}  // namespace minga::federation
