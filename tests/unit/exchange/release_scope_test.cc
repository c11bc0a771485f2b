// What of a record a release covers: the order of scopes, and their form.
#include "node/exchange/release_scope.h"

#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "absl/strings/match.h"
#include "policy/rule.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

// Some permission for vacancies.
policy::Decision SomeDecision(std::mt19937& random) {
  const auto below = [&random](unsigned bound) { return random() % bound; };
  policy::Decision decision;
  decision.permitted = true;
  for (std::size_t i = 0;
       i < policy::SchemaOf(RecordKind::kVacancy).fields.size(); ++i) {
    const std::array<policy::Level, 4> levels = {
        policy::Level::Suppress(), policy::Level::Generalise(2),
        policy::Level::Generalise(1), policy::Level::Raw()};
    decision.levels[i] = levels[below(levels.size())];
  }
  policy::Obligations& duties = decision.obligations;
  duties.min_k = static_cast<int>(below(3));
  duties.retention_days = static_cast<int>(below(3)) * 30;
  if (below(2) == 0) duties.retention_until = absl::CivilDay(2027, 1, 31);
  duties.no_onward_transfer = below(2) == 0;
  if (below(2) == 0) {
    duties.transforms.push_back({policy::Transform::Operation::kTruncateText, 1,
                                 static_cast<int>(50 + 50 * below(2))});
  }
  if (below(2) == 0) duties.notices.emplace_back("Cuota: Ley 1636/2013");
  if (below(2) == 0) duties.notices.emplace_back("Otra: art. 2");
  return decision;
}

ReleaseScope Scope(const policy::Decision& decision) {
  return ScopeOf(RecordKind::kVacancy, decision);
}

TEST_CASE("what is as strict or stricter is within a release") {
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  int beyond = 0;
  for (int i = 0; i < 500; ++i) {
    const policy::Decision released = SomeDecision(random);
    const policy::Decision other = SomeDecision(random);
    CHECK(Beyond(Scope(released), Scope(released)).empty());
    policy::Decision both = released;
    policy::Tighten(both.obligations, other.obligations);
    for (std::size_t field = 0; field < both.levels.size(); ++field) {
      both.levels[field] =
          policy::Meet(both.levels[field], other.levels[field]);
    }
    CHECK(Beyond(Scope(released), Scope(both)).empty());
    CHECK(Beyond(Scope(other), Scope(both)).empty());
    // The other way only if nothing was tightened.
    CHECK(Beyond(Scope(both), Scope(released)).empty() ==
          (Scope(both) == Scope(released)));
    if (!Beyond(Scope(released), Scope(other)).empty()) ++beyond;

    const std::string line = EncodeScope(Scope(other));
    CHECK_FALSE(absl::StrContains(line, "\n"));
    const auto decoded = DecodeScope(RecordKind::kVacancy, line);
    REQUIRE(decoded.ok());
    CHECK(*decoded == Scope(other));
  }
  CHECK(beyond > 400);
}

TEST_CASE("each thing that is beyond a release is told") {
  policy::Decision decision;
  decision.permitted = true;
  decision.levels[0] = policy::Level::Raw();
  policy::Obligations& duties = decision.obligations;
  duties.min_k = 5;
  duties.retention_until = absl::CivilDay(2027, 1, 31);
  duties.no_onward_transfer = true;
  duties.transforms = {{policy::Transform::Operation::kTruncateText, 1, 100}};
  duties.notices = {"Cuota"};
  const ReleaseScope released = Scope(decision);
  const auto told = [&](const auto& change) {
    policy::Decision now = decision;
    change(now);
    return Beyond(released, Scope(now));
  };
  using policy::Decision;
  CHECK(told([](Decision& now) { now.levels[1] = policy::Level::Raw(); }) ==
        "description RAW instead of SUPPRESS");
  CHECK(told([](Decision& now) { now.obligations.min_k = 4; }) ==
        "min_k 4 instead of 5");
  CHECK(told([](Decision& now) {
          now.obligations.retention_until = absl::CivilDay::max();
        }) == "retention_until unlimited instead of 2027-01-31");
  CHECK(told([](Decision& now) {
          now.obligations.no_onward_transfer = false;
        }) == "no_onward_transfer is not asked for");
  CHECK(told([](Decision& now) {
          now.obligations.transforms[0].max_characters = 101;
        }) == "description is transformed less");
  CHECK(told([](Decision& now) { now.obligations.transforms.clear(); }) ==
        "description is transformed less");
  CHECK(told([](Decision& now) { now.obligations.notices = {"Otra"}; }) ==
        "without a notice that it had");
  CHECK(told([](Decision& now) {
          now.obligations.min_k = 0;
          now.obligations.no_onward_transfer = false;
        }) == "min_k 0 instead of 5; no_onward_transfer is not asked for");
  const auto other = DecodeScope(RecordKind::kProfile, EncodeScope(released));
  REQUIRE(other.ok());
  CHECK_FALSE(Beyond(*other, released).empty());
}

TEST_CASE("what is no scope is refused") {
  for (const char* line :
       {"", "-", "- 0:0:0 0 - 0 -", "- 0:0:0 0 - 0 - - -", "- x:0:0 0 - 0 - -",
        "- 0 0 - 0 - -", "- 0:0 0 - 0 - -", "- 0:0:0 x - 0 - -",
        "- 0:0:0 0 2027-02-30 0 - -", "title 0:0:0 0 - 0 - -",
        "title:256 0:0:0 0 - 0 - -", "title:-1 0:0:0 0 - 0 - -",
        "- 0:0:0 0 - 0 description:2 -", "- 0:0:0 0 - 0 description:x:1 -",
        "- 0:0:0 0 - 0 - 00", "- 0:0:0 0 - 0 - zz"}) {
    INFO(line);
    CHECK_FALSE(DecodeScope(RecordKind::kVacancy, line).ok());
  }
  // A field of another version's schema shows nothing under ours.
  const auto known =
      DecodeScope(RecordKind::kVacancy, "title:255,none:255 0:0:0 0 - 0 - -");
  REQUIRE(known.ok());
  CHECK(known->levels[0].raw());
}

}  // namespace
}  // namespace minga::exchange
