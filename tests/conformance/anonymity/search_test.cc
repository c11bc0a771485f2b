// The search on the public data sets, against looking at every generalisation.
#include "policy/anonymity/search.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "tests/conformance/anonymity/data_set.h"

namespace minga::policy::anonymity {
namespace {

// Records in classes of fewer than `k`, counted by sorting.
std::uint64_t InSmallClasses(const DataSet& set, const Levels& levels,
                             std::uint32_t k) {
  std::vector<std::pair<std::vector<ValueId>, std::uint32_t>> rows;
  for (std::size_t i = 0; i < set.histogram.size(); ++i) {
    std::vector<ValueId> row;
    for (std::size_t a = 0; a < levels.size(); ++a) {
      row.push_back(
          set.hierarchies[a].Generalise(levels[a], set.histogram.Tuple(i)[a]));
    }
    rows.emplace_back(std::move(row), set.histogram.Count(i));
  }
  std::sort(rows.begin(), rows.end());
  std::uint64_t small = 0;
  for (std::size_t i = 0; i < rows.size();) {
    std::uint64_t members = 0;
    const std::size_t first = i;
    for (; i < rows.size() && rows[i].first == rows[first].first; ++i) {
      members += rows[i].second;
    }
    if (members < k) small += members;
  }
  return small;
}

class Losses {
 public:
  explicit Losses(const DataSet& set) : set_(set) {
    for (std::size_t a = 0; a < set.hierarchies.size(); ++a) {
      by_level_.push_back(LossByLevel(set.hierarchies[a], set.histogram, a));
    }
  }

  // Without suppression.
  double Of(const Levels& levels) const {
    double loss = 0;
    for (std::size_t a = 0; a < levels.size(); ++a) {
      loss += by_level_[a][static_cast<std::size_t>(levels[a])];
    }
    return loss / static_cast<double>(levels.size());
  }

  // True if no column can be made coarser without losing `bound` or more.
  bool IsMaximal(Levels levels, double bound) const {
    for (std::size_t a = 0; a < levels.size(); ++a) {
      if (levels[a] + 1 == set_.hierarchies[a].levels()) continue;
      ++levels[a];
      if (Of(levels) < bound) return false;
      --levels[a];
    }
    return true;
  }

 private:
  const DataSet& set_;
  std::vector<std::vector<double>> by_level_;
};

// Looks at every generalisation that would lose less: none may be anonymous.
// What is finer than one that is not anonymous is not either, so that classes
// are counted for the coarsest of them only.
bool NoneIsBetter(const DataSet& set, const Generalisation& found,
                  std::uint32_t k) {
  const Losses losses(set);
  const double bound = found.loss - 1e-9;
  Levels levels(set.hierarchies.size());
  while (true) {
    if (losses.Of(levels) < bound && losses.IsMaximal(levels, bound) &&
        InSmallClasses(set, levels, k) == 0) {
      return false;
    }
    std::size_t a = 0;
    while (a < levels.size() && ++levels[a] == set.hierarchies[a].levels()) {
      levels[a++] = 0;
    }
    if (a == levels.size()) return true;
  }
}

}  // namespace

TEST_CASE("the search finds what loses least on public data",
          "[anonymity][conformance]") {
  for (const std::string name :
       {"adult", "cahousing", "cmc", "italia", "mgm"}) {
    DYNAMIC_SECTION(name) {
      const auto folder = FindDataSet(name);
      if (!folder.has_value()) {
        WARN("SKIPPED: no data set " << name);
        return;
      }
      const absl::StatusOr<DataSet> set = LoadDataSet(*folder);
      INFO(set.status().ToString());
      REQUIRE(set.ok());
      if (name == "italia") {
        // Two of its files are no hierarchies: a range is in two others, and
        // two provinces have a town of one name.
        REQUIRE(set->refused.size() == 2);
        CHECK(set->refused[0].find("age:6: `0~20` is generalised to") == 0);
        CHECK(set->refused[1].find("city_birth:") == 0);
      } else {
        CHECK(set->refused.empty());
      }
      for (const std::uint32_t k : {2u, 5u, 25u}) {
        Aim aim;
        aim.k = k;
        const auto found =
            FindGeneralisation(set->hierarchies, set->histogram, aim);
        INFO(found.status().ToString());
        REQUIRE(found.ok());
        CHECK(InSmallClasses(*set, found->levels, k) == 0);
        CHECK(found->suppressed == 0);
        CHECK(NoneIsBetter(*set, *found, k));
        CHECK(found->counted < found->lattice);
      }
    }
  }
}

}  // namespace minga::policy::anonymity
