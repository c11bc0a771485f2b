#include "policy/anonymity/standing.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "policy/anonymity/risk.h"
#include "policy/anonymity/table.h"

namespace minga::policy::anonymity {
namespace {

Histogram Read(const std::vector<Hierarchy>& hierarchies,
               const std::vector<std::string>& lines) {
  TableReader reader(hierarchies, "people", ',');
  REQUIRE(reader.AddLine("age,town").ok());
  for (const std::string& line : lines) REQUIRE(reader.AddLine(line).ok());
  return reader.histogram();
}

}  // namespace

TEST_CASE("everybody stands on the first rung with enough company",
          "[anonymity][standing]") {
  const std::vector<Hierarchy> hierarchies = {
      *Hierarchy::Parse("age", "20;2x;*\n21;2x;*\n30;3x;*\n"),
      *Hierarchy::Parse("town", "a;*\nb;*\n")};
  const Histogram people =
      Read(hierarchies, {"20,a", "20,a", "20,b", "21,b", "30,a", "21,a"});
  CHECK_FALSE(people.Find({2, 1}).has_value());
  // As they are: two of 20 in a. Then 20 and 21 in b. Then the other two.
  const std::vector<Levels> rungs = {{0, 0}, {1, 0}, {2, 1}};
  const Standing standing = StandOn(hierarchies, people, 2, rungs);
  REQUIRE(standing.classes.size() == 3);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(standing.classes[c].rung == c);
    CHECK(standing.classes[c].records == 2);
  }
  CHECK(standing.hidden == 0);
  const auto class_of = [&](ValueId age, ValueId town) {
    return standing.class_of[*people.Find({age, town})];
  };
  CHECK(class_of(0, 0) == 0);
  CHECK(class_of(0, 1) == 1);
  CHECK(class_of(1, 1) == 1);
  CHECK(class_of(2, 0) == 2);
  CHECK(class_of(1, 0) == 2);

  // Of the same towns: a third person of 20 in a, and nobody else but a child
  // of 21 in b; on the last rung all four look like everybody.
  const Histogram all = Read(hierarchies, {"20,a", "20,a", "20,a", "21,b"});
  using Counts = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  const Counts counts =
      CountPopulation(hierarchies, people, standing, rungs, all);
  CHECK(counts == Counts{{2, 3}, {2, 1}, {2, 4}});
  // (2/3 + 2/2 + 2/4) / 6: a class of one in the population has two here.
  CHECK(*MeasureRisks(counts).journalist_max == Approx(0.5));
  CHECK(MeasureRisks(counts).marketer == Approx(13.0 / 36));

  const Standing strict = StandOn(hierarchies, people, 3, {{0, 0}, {1, 0}});
  REQUIRE(strict.classes.size() == 1);
  CHECK(strict.classes[0].rung == 1);
  CHECK(strict.classes[0].records == 3);
  CHECK(strict.hidden == 3);
  CHECK(strict.class_of[*people.Find({2, 0})] == Standing::kHidden);
}

}  // namespace minga::policy::anonymity
