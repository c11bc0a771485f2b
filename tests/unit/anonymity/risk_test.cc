#include "policy/anonymity/risk.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace minga::policy::anonymity {
namespace {

using Sizes = std::vector<std::uint64_t>;
using Pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

}  // namespace

TEST_CASE("the risks of a table follow from its classes", "[anonymity][risk]") {
  // Ten records in classes of 5, 3 and 2.
  const Risks risks = MeasureRisks(Sizes{5, 3, 0, 2});
  CHECK(risks.records == 10);
  CHECK(risks.classes == 3);
  CHECK(risks.smallest == 2);
  CHECK(risks.prosecutor_max == Approx(1.0 / 2));
  // (5 * 1/5 + 3 * 1/3 + 2 * 1/2) / 10
  CHECK(risks.prosecutor_mean == Approx(0.3));
  CHECK(risks.marketer == Approx(0.3));
  CHECK_FALSE(risks.journalist_max.has_value());
  CHECK_FALSE(risks.journalist_mean.has_value());
}

TEST_CASE("who knows the population finds fewer", "[anonymity][risk]") {
  // 5 of 50, 3 of 6, 2 of 20 people who look the same.
  const Risks risks = MeasureRisks(Pairs{{5, 50}, {3, 6}, {2, 20}});
  CHECK(risks.prosecutor_max == Approx(1.0 / 2));
  REQUIRE(risks.journalist_max.has_value());
  REQUIRE(risks.journalist_mean.has_value());
  CHECK(*risks.journalist_max == Approx(1.0 / 6));
  // (5/50 + 3/6 + 2/20) / 10
  CHECK(*risks.journalist_mean == Approx(0.07));
  CHECK(risks.marketer == Approx(0.07));
  // The rare look is rarer in the table than among the people, so that a person
  // is found more easily than a record: 2 classes of 1100 people.
  const Risks other = MeasureRisks(Pairs{{1, 100}, {99, 1000}});
  CHECK(*other.journalist_max == Approx(0.01));
  CHECK(*other.journalist_mean == Approx(2.0 / 1100));
  // (1/100 + 99/1000) / 100
  CHECK(other.marketer == Approx(0.00109));
}

TEST_CASE("a population has all records of the table", "[anonymity][risk]") {
  // The second class is missing in what is said to be the population; a class
  // that nobody of the table is in finds nobody.
  const Risks risks = MeasureRisks(Pairs{{4, 8}, {2, 0}, {0, 1}});
  CHECK(risks.records == 6);
  CHECK(risks.classes == 2);
  CHECK(*risks.journalist_max == Approx(1.0 / 2));
  // (4/8 + 2/2) / 6
  CHECK(*risks.journalist_mean == Approx(0.25));
  // If everybody is in the table, the three attackers know the same.
  const Risks whole = MeasureRisks(Pairs{{4, 4}, {2, 2}});
  CHECK(*whole.journalist_max == Approx(whole.prosecutor_max));
  CHECK(*whole.journalist_mean == Approx(whole.prosecutor_mean));
  CHECK(whole.marketer == Approx(2.0 / 6));
}

TEST_CASE("no records are no risk", "[anonymity][risk]") {
  for (const Risks& risks :
       {MeasureRisks(Sizes{}), MeasureRisks(Sizes{0, 0})}) {
    CHECK(risks.records == 0);
    CHECK(risks.smallest == 0);
    CHECK(risks.prosecutor_max == 0);
    CHECK(risks.marketer == 0);
  }
  CHECK_FALSE(MeasureRisks(Pairs{}).journalist_max.has_value());
  CHECK(ShareAtRisk(Sizes{}, 0.2) == 0);
}

TEST_CASE("records above a threshold are counted", "[anonymity][risk]") {
  const Sizes sizes = {5, 3, 2, 10};
  // More than 1/5: the classes of 3 and 2, not that of 5.
  CHECK(ShareAtRisk(sizes, 0.2) == Approx(5.0 / 20));
  CHECK(ShareAtRisk(sizes, 0.4) == Approx(2.0 / 20));
  CHECK(ShareAtRisk(sizes, 0.5) == 0);
  CHECK(ShareAtRisk(sizes, 0) == 1);
}

}  // namespace minga::policy::anonymity
