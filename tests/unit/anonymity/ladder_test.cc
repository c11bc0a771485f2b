#include "policy/anonymity/ladder.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/anonymity/search.h"

namespace minga::policy::anonymity {
namespace {

// `steps` halvings of 2^steps values, the last to one.
Hierarchy Halving(const std::string& name, unsigned steps) {
  std::string text;
  for (unsigned value = 0; value < (1u << steps); ++value) {
    absl::StrAppend(&text, value);
    for (unsigned step = 1; step <= steps; ++step) {
      absl::StrAppend(&text, ";", value >> step);
    }
    text += "\n";
  }
  return *Hierarchy::Parse(name, text);
}

Histogram Skewed(const std::vector<Hierarchy>& hierarchies, unsigned seed,
                 int records) {
  std::mt19937 random(seed);
  Histogram histogram(hierarchies.size());
  std::vector<ValueId> tuple(hierarchies.size());
  for (int i = 0; i < records; ++i) {
    for (std::size_t a = 0; a < tuple.size(); ++a) {
      const auto values = hierarchies[a].size(0);
      tuple[a] = static_cast<ValueId>(random() % values * (random() % values) /
                                      values);
    }
    histogram.Add(tuple);
  }
  return histogram;
}

// By the definition, tuple by tuple: how many are shown on each rung.
std::vector<std::uint64_t> ShownOn(const std::vector<Hierarchy>& hierarchies,
                                   const Histogram& histogram, std::uint32_t k,
                                   const Ladder& ladder) {
  std::vector<bool> shown(histogram.size());
  std::vector<std::uint64_t> on_rung;
  for (const Rung& rung : ladder.rungs) {
    std::map<std::vector<ValueId>, std::vector<std::size_t>> classes;
    for (std::size_t i = 0; i < histogram.size(); ++i) {
      if (shown[i]) continue;
      std::vector<ValueId> row;
      for (std::size_t a = 0; a < hierarchies.size(); ++a) {
        row.push_back(
            hierarchies[a].Generalise(rung.levels[a], histogram.Tuple(i)[a]));
      }
      classes[row].push_back(i);
    }
    on_rung.push_back(0);
    for (const auto& [row, members] : classes) {
      std::uint64_t size = 0;
      for (const std::size_t i : members) size += histogram.Count(i);
      if (size < k) continue;
      on_rung.back() += size;
      for (const std::size_t i : members) shown[i] = true;
    }
  }
  return on_rung;
}

}  // namespace

TEST_CASE("a ladder is a chain on which everybody has enough company",
          "[anonymity][ladder]") {
  const std::vector<Hierarchy> hierarchies = {
      Halving("occupation", 4), Halving("region", 3), Halving("education", 2)};
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    const Histogram histogram =
        Skewed(hierarchies, seed, 20 + static_cast<int>(seed) * 25);
    LadderAim aim;
    aim.k = 2 + seed % 7;
    aim.finest = {static_cast<int>(seed % 2), 0, 0};
    const absl::StatusOr<Ladder> ladder =
        PlanLadder(hierarchies, histogram, aim);
    INFO(ladder.status().ToString());
    REQUIRE(ladder.ok());
    REQUIRE_FALSE(ladder->rungs.empty());
    CHECK(ladder->rungs[0].levels[0] >= aim.finest[0]);
    std::uint64_t all = ladder->hidden;
    for (std::size_t r = 0; r < ladder->rungs.size(); ++r) {
      all += ladder->rungs[r].shown;
      for (std::size_t a = 0; r > 0 && a < hierarchies.size(); ++a) {
        CHECK(ladder->rungs[r].levels[a] >= ladder->rungs[r - 1].levels[a]);
      }
    }
    CHECK(all == histogram.records());
    CHECK(ladder->hidden < aim.k);
    const auto on_rung = ShownOn(hierarchies, histogram, aim.k, *ladder);
    std::vector<Levels> levels;
    for (std::size_t r = 0; r < on_rung.size(); ++r) {
      CHECK(on_rung[r] == ladder->rungs[r].shown);
      levels.push_back(ladder->rungs[r].levels);
    }
    // No worse than one way for all.
    Aim one;
    one.k = aim.k;
    one.finest = aim.finest;
    const auto single = FindGeneralisation(hierarchies, histogram, one);
    REQUIRE(single.ok());
    CHECK(ladder->loss <= single->loss + 1e-12);
    // Standing on the same ladder again changes nothing.
    const auto again = Climb(hierarchies, histogram, aim.k, levels);
    REQUIRE(again.ok());
    CHECK(again->loss == Approx(ladder->loss));
    CHECK(again->hidden == ladder->hidden);
  }
}

TEST_CASE("what is no ladder is refused", "[anonymity][ladder]") {
  const std::vector<Hierarchy> hierarchies = {Halving("a", 2), Halving("b", 1)};
  const Histogram histogram = Skewed(hierarchies, 1, 50);
  CHECK(Climb(hierarchies, histogram, 5, {{0, 0}, {1, 1}, {2, 1}}).ok());
  CHECK(Climb(hierarchies, histogram, 5, {{1, 0}, {0, 1}}).status().message() ==
        "rung 2: level 0 of a is not one from that of the rung before to 2");
  CHECK(Climb(hierarchies, histogram, 5, {{0, 2}}).status().message() ==
        "rung 1: level 2 of b is not one from that of the rung before to 1");
  CHECK(Climb(hierarchies, histogram, 5, {{0}}).status().message() ==
        "rung 1 has 1 levels; expected 2");
  LadderAim aim;
  aim.k = 51;
  CHECK(absl::IsNotFound(PlanLadder(hierarchies, histogram, aim).status()));
}

}  // namespace minga::policy::anonymity
