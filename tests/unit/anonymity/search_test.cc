#include "policy/anonymity/search.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/anonymity/table.h"

namespace minga::policy::anonymity {
namespace {

struct Sample {
  std::vector<Hierarchy> hierarchies;
  Histogram histogram{1};
};

// Hierarchies that halve a number of values at each level, and records that
// prefer small values.
Sample RandomSample(std::uint32_t seed) {
  std::mt19937 random(seed);
  Sample sample;
  const std::size_t attributes = 1 + random() % 4;
  for (std::size_t a = 0; a < attributes; ++a) {
    const unsigned steps = static_cast<unsigned>(random() % 4);
    const bool to_one = random() % 4 != 0;
    std::string text;
    for (unsigned value = 0; value < (1u << steps); ++value) {
      absl::StrAppend(&text, value);
      for (unsigned step = 1; step <= steps; ++step) {
        if (step < steps || to_one) absl::StrAppend(&text, ";", value >> step);
      }
      text += "\n";
    }
    sample.hierarchies.push_back(*Hierarchy::Parse(absl::StrCat("a", a), text));
  }
  sample.histogram = Histogram(attributes);
  const int records = 1 + static_cast<int>(random() % 120);
  std::vector<ValueId> tuple(attributes);
  for (int i = 0; i < records; ++i) {
    for (std::size_t a = 0; a < attributes; ++a) {
      const auto values =
          static_cast<std::uint32_t>(sample.hierarchies[a].size(0));
      tuple[a] =
          static_cast<ValueId>(std::min(random() % values, random() % values));
    }
    sample.histogram.Add(tuple);
  }
  return sample;
}

// The least loss of all nodes, by the definition; below 0 if none is anonymous.
double LeastLoss(const Sample& sample, const Aim& aim) {
  const std::size_t attributes = sample.hierarchies.size();
  Levels levels = aim.finest;
  levels.resize(attributes);
  const Levels first = levels;
  double least = -1;
  while (true) {
    std::map<std::vector<ValueId>, std::uint32_t> classes;
    std::map<std::vector<ValueId>, double> losses;
    for (std::size_t i = 0; i < sample.histogram.size(); ++i) {
      std::vector<ValueId> shown;
      double loss = 0;
      for (std::size_t a = 0; a < attributes; ++a) {
        const Hierarchy& h = sample.hierarchies[a];
        shown.push_back(h.Generalise(levels[a], sample.histogram.Tuple(i)[a]));
        if (h.size(0) > 1) {
          loss += (h.Leaves(levels[a], shown.back()) - 1.0) /
                  (static_cast<double>(h.size(0)) - 1.0);
        }
      }
      classes[shown] += sample.histogram.Count(i);
      losses[shown] = loss / static_cast<double>(attributes);
    }
    const double records = static_cast<double>(sample.histogram.records());
    double out = 0;
    double sum = 0;
    for (const auto& [shown, members] : classes) {
      if (members < aim.k) {
        out += members;
        sum += members;
      } else {
        sum += members * losses[shown];
      }
    }
    if (out <= std::floor(aim.suppression_limit * records) && out < records &&
        (least < 0 || sum / records < least)) {
      least = sum / records;
    }
    std::size_t a = 0;
    while (a < attributes && ++levels[a] == sample.hierarchies[a].levels()) {
      levels[a] = first[a];
      ++a;
    }
    if (a == attributes) return least;
  }
}

}  // namespace

TEST_CASE("the search loses no more than the best of all generalisations",
          "[anonymity][search]") {
  int found_some = 0;
  int found_none = 0;
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    INFO("seed " << seed);
    const Sample sample = RandomSample(seed);
    std::mt19937 random(seed);
    Aim aim;
    aim.k = static_cast<std::uint32_t>(1 + random() % 8);
    if (random() % 2 == 0)
      aim.suppression_limit = 0.01 * static_cast<double>(random() % 40);
    if (random() % 3 == 0) {
      for (const Hierarchy& hierarchy : sample.hierarchies) {
        aim.finest.push_back(static_cast<int>(
            random() % static_cast<unsigned>(hierarchy.levels())));
      }
    }
    const double least = LeastLoss(sample, aim);
    const absl::StatusOr<Generalisation> found =
        FindGeneralisation(sample.hierarchies, sample.histogram, aim);
    if (least < 0) {
      ++found_none;
      CHECK(absl::IsNotFound(found.status()));
      continue;
    }
    ++found_some;
    INFO(found.status().ToString());
    REQUIRE(found.ok());
    CHECK(found->loss == Approx(least).margin(1e-12));
  }
  CHECK(found_some > 300);
  CHECK(found_none > 10);
}

TEST_CASE("of levels that lose the same the finest is taken",
          "[anonymity][search]") {
  const std::vector<Hierarchy> hierarchies = {*Hierarchy::Parse(
      "isco", "7212;721;72;7;*\n7213;721;72;7;*\n2221;222;22;2;*\n")};
  Histogram histogram(1);
  histogram.Add({0}, 3);
  histogram.Add({1}, 1);
  histogram.Add({2}, 5);
  Aim aim;
  aim.k = 3;
  const auto found = FindGeneralisation(hierarchies, histogram, aim);
  REQUIRE(found.ok());
  CHECK(found->levels == Levels{1});
  CHECK(found->classes == 2);
  aim.finest = {2};
  CHECK(FindGeneralisation(hierarchies, histogram, aim)->levels == Levels{2});
  // Everybody has this sector: it can be shown.
  const std::vector<Hierarchy> two = {*Hierarchy::Parse("sector", "A;*\n"),
                                      hierarchies[0]};
  Histogram both(2);
  both.Add({0, 0}, 3);
  CHECK(FindGeneralisation(two, both, Aim{3, 0, {}})->levels == Levels{0, 0});
}

TEST_CASE("an aim out of its limits is refused", "[anonymity][search]") {
  const Sample sample = RandomSample(7);
  const auto error = [&](const Aim& aim) {
    return std::string(
        FindGeneralisation(sample.hierarchies, sample.histogram, aim)
            .status()
            .message());
  };
  Aim aim;
  aim.k = 0;
  CHECK(error(aim) == "expected k of 1 to 1000000, found 0");
  aim.k = 5;
  aim.suppression_limit = 1.5;
  CHECK(error(aim) == "expected a suppression limit of 0 to 1, found 1.5");
  aim.suppression_limit = 0;
  aim.finest.assign(sample.hierarchies.size(), 99);
  CHECK(error(aim).find("has no level 99; its levels are 0 to") !=
        std::string::npos);
  CHECK(absl::IsNotFound(
      FindGeneralisation(sample.hierarchies,
                         Histogram(sample.hierarchies.size()), Aim())
          .status()));
  CHECK(absl::IsInvalidArgument(
      FindGeneralisation({}, sample.histogram, Aim()).status()));
}

TEST_CASE("classes are exact where keys do not fit a number",
          "[anonymity][search]") {
  // 12 columns of 100 values: 100^12 is more than 2^64.
  std::vector<Hierarchy> hierarchies;
  std::string text;
  for (int value = 0; value < 100; ++value) absl::StrAppend(&text, value, "\n");
  for (int a = 0; a < 12; ++a) {
    hierarchies.push_back(*Hierarchy::Parse(absl::StrCat("a", a), text));
  }
  Histogram histogram(12);
  std::vector<ValueId> tuple(12);
  for (ValueId i = 0; i < 100; ++i) {
    tuple[i % 12] = i;
    histogram.Add(tuple, 3);
  }
  Aim aim;
  aim.k = 3;
  const auto found = FindGeneralisation(hierarchies, histogram, aim);
  REQUIRE(found.ok());
  CHECK(found->classes == histogram.size());
  aim.k = 4;
  CHECK(absl::IsNotFound(
      FindGeneralisation(hierarchies, histogram, aim).status()));
}

TEST_CASE("a table is read by the names of its columns", "[anonymity][table]") {
  const std::vector<Hierarchy> hierarchies = {
      *Hierarchy::Parse("sex", "f;*\nm;*\n"),
      *Hierarchy::Parse("age", "20;2x\n21;2x\n30;3x\n")};
  TableReader reader(hierarchies, "people.csv", ';');
  CHECK(reader.AddLine("id;age;\"sex\"").ok());
  CHECK(reader.AddLine("1;20;f").ok());
  CHECK(reader.AddLine("2;20;f\r").ok());
  CHECK(reader.AddLine("").ok());
  CHECK(reader.AddLine("3;30;m").ok());
  CHECK(reader.AddLine("3;31;m").message() ==
        "people.csv:6: the hierarchy age has no value `31`");
  CHECK(reader.AddLine("3;30").message() ==
        "people.csv:7: expected 3 columns, found 2");
  CHECK(reader.histogram().records() == 3);
  CHECK(reader.histogram().size() == 2);
  TableReader other(hierarchies, "people.csv", ';');
  CHECK(other.AddLine("id;age").message() ==
        "people.csv:1: no column `sex` in the first line");
}

}  // namespace minga::policy::anonymity
