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

TEST_CASE("a rule shortens any value", "[anonymity][hierarchy]") {
  auto isco =
      Hierarchy::Parse("occupation", "*;prefix:3;prefix:2;prefix:1;*\r\n");
  INFO(isco.status().ToString());
  REQUIRE(isco.ok());
  CHECK(isco->levels() == 5);
  CHECK(isco->size(0) == 0);
  CHECK(isco->rule() == std::vector<int>{-1, 3, 2, 1, 0});
  CHECK(absl::IsNotFound(isco->Find("7212").status()));
  const absl::StatusOr<ValueId> welder = isco->FindOrAdd("7212");
  REQUIRE(welder.ok());
  CHECK(*isco->FindOrAdd("7212") == *welder);
  CHECK(*isco->Find("7212") == *welder);
  const std::vector<std::string> labels = {"7212", "721", "72", "7", "*"};
  for (int level = 0; level < 5; ++level) {
    CHECK(isco->Label(level, isco->Generalise(level, *welder)) ==
          labels[static_cast<std::size_t>(level)]);
  }
  // A shorter code stays until it is long enough.
  const absl::StatusOr<ValueId> metal = isco->FindOrAdd("72");
  REQUIRE(metal.ok());
  CHECK(isco->Label(1, isco->Generalise(1, *metal)) == "72");
  CHECK(isco->Generalise(2, *metal) == isco->Generalise(2, *welder));
  CHECK(isco->Leaves(2, isco->Generalise(2, *metal)) == 2);
  CHECK(isco->size(0) == 2);
  // Characters, not bytes.
  CHECK(PrefixOf("\xC3\xB1"
                 "and\xC3\xBA",
                 2) ==
        "\xC3\xB1"
        "a");
  CHECK(PrefixOf("EC-P", 0).empty());
  CHECK(PrefixOf("EC", 5) == "EC");
}

TEST_CASE("a malformed rule is refused", "[anonymity][hierarchy]") {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"*;prefix:x\n",
       "region:1: `prefix:x` in a rule: expected `prefix:0` to `prefix:64`, or "
       "`*`"},
      {"*;prefix:65\n",
       "region:1: `prefix:65` in a rule: expected `prefix:0` to `prefix:64`, "
       "or `*`"},
      {"\n*;prefix:2;prefix:3\n",
       "region:2: `prefix:3` in a rule: expected `prefix:0` to `prefix:2`, or "
       "`*`"},
      {"*;*;prefix:1\n",
       "region:1: `prefix:1` in a rule: expected `prefix:0` to `prefix:0`, or "
       "`*`"},
      {"*;prefix:1;EC\n",
       "region:1: `EC` in a rule: expected `prefix:0` to `prefix:1`, or `*`"},
      {"*;prefix:1\nEC;*\n",
       "region:2: a rule stands alone, without other lines"},
      {"EC;*\n*;prefix:1\n",
       "region:2: a rule stands alone, without other lines"},
  };
  for (const auto& [text, message] : refused) {
    INFO(text);
    CHECK(ErrorOf(text) == message);
  }
  // ARX writes a missing value so.
  const auto plain = Hierarchy::Parse("region", "*;*;*\nEC;Andes;*\n");
  REQUIRE(plain.ok());
  CHECK(plain->rule().empty());
  CHECK(plain->size(0) == 2);
}

TEST_CASE("a number is found in its interval", "[anonymity][hierarchy]") {
  const auto months =
      Hierarchy::Parse("months", "12-23;1;*\n0-11;0;*\n60-119;5;*\n24;2;*\n");
  INFO(months.status().ToString());
  REQUIRE(months.ok());
  const auto leaf = [&](const std::string& value) {
    const absl::StatusOr<ValueId> found = months->Find(value);
    return found.ok() ? months->Label(0, *found) : "none";
  };
  CHECK(leaf("0") == "0-11");
  CHECK(leaf("11") == "0-11");
  CHECK(leaf("12") == "12-23");
  CHECK(leaf("24") == "24");
  CHECK(leaf("007") == "0-11");
  CHECK(leaf("12-23") == "12-23");
  CHECK(leaf("25") == "none");
  CHECK(leaf("120") == "none");
  CHECK(leaf("-1") == "none");
  CHECK(leaf("1.5") == "none");
  CHECK(leaf("99999999999999999999") == "none");
  CHECK(months->Line(*months->Find("24")) == 4);
  // Overlapping ones are values like others.
  const auto ranges = Hierarchy::Parse("ranges", "0-11;*\n11-20;*\n");
  REQUIRE(ranges.ok());
  CHECK_FALSE(ranges->Find("5").ok());
  CHECK(ranges->Find("11-20").ok());
  // Codes are no numbers.
  const auto codes = Hierarchy::Parse("codes", "0110;0\n2110;2\n");
  REQUIRE(codes.ok());
  CHECK_FALSE(codes->Find("110").ok());
  CHECK(ParseInterval("3-5") == Interval{3, 5});
  for (const std::string bad : {"", "-", "5-3", "a", "1-", "-1", "1-2-3"}) {
    INFO(bad);
    CHECK_FALSE(ParseInterval(bad).has_value());
  }
}

TEST_CASE("a table takes new values into a rule", "[anonymity][table]") {
  std::vector<Hierarchy> hierarchies = {
      *Hierarchy::Parse("region", "*;prefix:2;*\n"),
      *Hierarchy::Parse("sector", "A;*\n")};
  TableReader reader(&hierarchies, "people", ',');
  REQUIRE(reader.AddLine("region,sector").ok());
  REQUIRE(reader.AddLine("EC-P,A").ok());
  REQUIRE(reader.AddLine("EC-G,A").ok());
  CHECK(reader.AddLine("EC-G,B").message() ==
        "people:4: the hierarchy sector has no value `B`");
  CHECK(hierarchies[0].size(0) == 2);
  CHECK(hierarchies[0].size(1) == 1);
  CHECK(reader.histogram().records() == 2);
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
