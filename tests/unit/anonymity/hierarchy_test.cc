#include "policy/anonymity/hierarchy.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "policy/anonymity/table.h"

namespace minga::policy::anonymity {
namespace {

constexpr char kRegions[] =
    "EC-P;EC;*\n"
    "EC-G;EC;*\n"
    "\n"
    "CO-DC;CO;*\r\n"
    "\"CO;ANT\";CO;*\n"
    "EC-P;EC;*\n";

std::string ErrorOf(const std::string& text) {
  return std::string(Hierarchy::Parse("region", text).status().message());
}

}  // namespace

TEST_CASE("a hierarchy file is read", "[anonymity][hierarchy]") {
  const auto region = Hierarchy::Parse("region", kRegions);
  INFO(region.status().ToString());
  REQUIRE(region.ok());
  CHECK(region->levels() == 3);
  CHECK(region->size(0) == 4);
  CHECK(region->size(1) == 2);
  CHECK(region->size(2) == 1);
  const absl::StatusOr<ValueId> medellin = region->Find("CO;ANT");
  REQUIRE(medellin.ok());
  CHECK(region->Label(0, region->Generalise(0, *medellin)) == "CO;ANT");
  CHECK(region->Label(1, region->Generalise(1, *medellin)) == "CO");
  CHECK(region->Leaves(1, region->Generalise(1, *medellin)) == 2);
  CHECK(region->Leaves(2, region->Generalise(2, *medellin)) == 4);
  CHECK(region->Find("PE-LIM").status().message() ==
        "the hierarchy region has no value `PE-LIM`");
}

TEST_CASE("a hierarchy file that does not hold together is refused",
          "[anonymity][hierarchy]") {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"", "region:1: the hierarchy is empty"},
      {"a;b\nc\n", "region:2: expected 2 columns, found 1"},
      {"a;x;1\nb;x;2\n",
       "region:2: `x` is generalised to `2`, and to something else on a line "
       "before"},
      {"a;x\na;y\n",
       "region:2: `a` is generalised to `y`, and to something else on a line "
       "before"},
      {"1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17\n",
       "region:1: 17 levels; at most 16"},
  };
  for (const auto& [text, message] : refused) {
    INFO(text);
    CHECK(ErrorOf(text) == message);
  }
  CHECK(ErrorOf("a;b\n" + std::string(kTableLineBytesMax + 1, ';')) ==
        "region:2: a line of 1048577 bytes; at most 1048576");
  std::string many;
  for (std::size_t i = 0; i <= kHierarchyValuesMax; ++i) {
    many += std::to_string(i) + "\n";
  }
  CHECK(ErrorOf(many) == "region:200001: more than 200000 values");
}

TEST_CASE("a table goes on after a header that was refused",
          "[anonymity][table]") {
  const std::vector<Hierarchy> hierarchies = {
      *Hierarchy::Parse("region", "EC;*\nCO;*\n"),
      *Hierarchy::Parse("sector", "A;*\n")};
  TableReader reader(hierarchies, "people", ',');
  CHECK(reader.AddLine("region,note").message() ==
        "people:1: no column `sector` in the first line");
  CHECK(reader.AddLine("EC,A").message() ==
        "people:2: no column `region` in the first line");
  REQUIRE(reader.AddLine("sector,region").ok());
  REQUIRE(reader.AddLine("A,EC").ok());
  CHECK(reader.AddLine("A,PE").message() ==
        "people:5: the hierarchy region has no value `PE`");
  CHECK(reader.histogram().records() == 1);
}

}  // namespace minga::policy::anonymity
