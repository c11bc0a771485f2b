#include "node/exchange/hierarchies.h"

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/exchange/generalise.h"
#include "node/exchange/project.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

using policy::Level;
using Interval = Hierarchies::Interval;

std::string ErrorOf(const std::string& trait, const std::string& text) {
  const auto parsed = Hierarchies::Parse({{trait, trait + ".csv", text}});
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

std::shared_ptr<const Hierarchies> With(const std::string& trait,
                                        const std::string& text) {
  auto parsed = Hierarchies::Parse({{trait, trait + ".csv", text}});
  INFO(parsed.status().ToString());
  REQUIRE(parsed.ok());
  return *parsed;
}

// What the room showed before there were files, number by number.
Interval Around(const std::vector<Interval>& brackets, std::int64_t number) {
  for (const Interval& bracket : brackets) {
    if (number <= bracket.max) return bracket;
  }
  return brackets.back();
}

policy::Decision ProfileAt(Level level) {
  policy::Decision decision;
  decision.permitted = true;
  const policy::KindSchema& schema = policy::SchemaOf(RecordKind::kProfile);
  for (const absl::string_view field :
       {"occupations", "experience", "education", "region", "mobility",
        "availability"}) {
    decision.levels[*schema.FindField(field)] = level;
  }
  return decision;
}

v1::Profile Welder() {
  v1::Profile profile;
  profile.add_desired_occupations()->set_isco("7212");
  v1::Experience& experience = *profile.add_experience();
  experience.mutable_occupation()->set_isco("7212");
  experience.mutable_months()->set_min(30);
  experience.mutable_months()->set_max(30);
  profile.mutable_education()->mutable_isced_level()->set_min(3);
  profile.mutable_education()->mutable_isced_level()->set_max(3);
  profile.mutable_residence()->set_country("EC");
  profile.mutable_residence()->set_subdivision("EC-G");
  profile.mutable_mobility()->add_countries("CO");
  profile.mutable_mobility()->set_relocate(true);
  profile.mutable_availability()->set_from("2026-12-17");
  profile.mutable_availability()->mutable_notice_days()->set_min(20);
  profile.mutable_availability()->mutable_notice_days()->set_max(20);
  profile.mutable_availability()->mutable_weekly_hours()->set_min(40);
  profile.mutable_availability()->mutable_weekly_hours()->set_max(40);
  return profile;
}

}  // namespace

TEST_CASE("the built-in hierarchies bracket numbers as documented",
          "[hierarchies]") {
  const std::vector<std::pair<Trait, std::vector<Interval>>> expected = {
      {Trait::kExperience,
       {{0, 11}, {12, 23}, {24, 59}, {60, 119}, {120, 1200}}},
      {Trait::kEducation, {{0, 2}, {3, 4}, {5, 8}}},
      {Trait::kNoticeDays, {{0, 15}, {16, 30}, {31, 60}, {61, 366}}},
      {Trait::kWeeklyHours, {{0, 19}, {20, 34}, {35, 168}}},
  };
  const Hierarchies& built_in = *Hierarchies::BuiltIn();
  for (const auto& [trait, brackets] : expected) {
    for (std::int64_t low = 0; low <= brackets.back().max; ++low) {
      const std::int64_t high = std::min(brackets.back().max, low + low % 40);
      INFO(static_cast<int>(trait) << ": " << low << " to " << high);
      const auto shown = built_in.Bracket(trait, {low, high}, 1);
      REQUIRE(shown.has_value());
      CHECK(shown->min == Around(brackets, low).min);
      CHECK(shown->max == Around(brackets, high).max);
      CHECK(built_in.Bracket(trait, *shown, 1) == shown);
      CHECK(built_in.Bracket(trait, {low, high}, 0) == Interval{low, high});
    }
  }
  CHECK_FALSE(built_in.Bracket(Trait::kExperience, {3, 3}, 2).has_value());
  CHECK(built_in.Silent(Trait::kExperience, 2));
  CHECK(built_in.Silent(Trait::kEducation, 2));
  CHECK_FALSE(built_in.Silent(Trait::kExperience, 1));
  CHECK_FALSE(built_in.Silent(Trait::kNoticeDays, 1));
  CHECK(built_in.Bracket(Trait::kAge, {23, 23}, 1) == Interval{15, 24});
}

TEST_CASE("the built-in hierarchies shorten codes as documented",
          "[hierarchies]") {
  const Hierarchies& built_in = *Hierarchies::BuiltIn();
  const std::string isco = "7212";
  for (std::size_t length = 1; length <= isco.size(); ++length) {
    const std::string code = isco.substr(0, length);
    for (int step = 0; step <= 4; ++step) {
      CHECK(built_in.Code(Trait::kOccupation, code, step) ==
            code.substr(0, static_cast<std::size_t>(4 - step)));
    }
  }
  CHECK(built_in.Silent(Trait::kOccupation, 4));
  CHECK(built_in.Code(Trait::kRegion, "MX-CMX", 1) == "MX");
  CHECK(built_in.Code(Trait::kRegion, "MX", 1) == "MX");
  CHECK(built_in.Silent(Trait::kRegion, 2));
  CHECK(built_in.Code(Trait::kMobility, "CO", 1).empty());
  CHECK(GeneraliseDay(built_in, "2026-12-17", 1) == "2026-12-01");
  CHECK(GeneraliseDay(built_in, "2026-12-01", 1) == "2026-12-01");
  CHECK(GeneraliseDay(built_in, "", 1).empty());
}

TEST_CASE("the built-in hierarchies are the files of deploy", "[hierarchies]") {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::vector<HierarchyFile> files;
  for (const absl::string_view name : Hierarchies::Names()) {
    std::ifstream in(absl::StrCat(root, "/deploy/anonymity/", name, ".csv"));
    INFO(std::string(name));
    REQUIRE(in.good());
    files.push_back({std::string(name), absl::StrCat(name, ".csv"),
                     std::string(std::istreambuf_iterator<char>(in), {})});
  }
  const auto parsed = Hierarchies::Parse(files);
  INFO(parsed.status().ToString());
  REQUIRE(parsed.ok());
  CHECK((*parsed)->digest() == Hierarchies::BuiltIn()->digest());
}

TEST_CASE("other hierarchies show people otherwise", "[hierarchies]") {
  const auto parsed = Hierarchies::Parse({
      {"experience", "e.csv", "0-35;0-35;0-1200\n36-1200;36-1200;0-1200\n"},
      {"occupation", "o.csv",
       "7212;721;72;7;*\n7213;721;72;7;*\n2221;2221;22;2;*\n"},
      {"region", "r.csv", "EC-G;EC-G;EC\nEC-P;EC-P;EC\nEC-W;EC-G;EC\n"},
      {"mobility", "m.csv", "CO;CO\nPE;*\n"},
      {"available-from", "f.csv", "*;prefix:4\n"},
  });
  INFO(parsed.status().ToString());
  REQUIRE(parsed.ok());
  const Hierarchies& other = **parsed;
  CHECK(other.digest() != Hierarchies::BuiltIn()->digest());
  CHECK(With("occupation", "7212;721;72;7;*\n")->digest() != other.digest());
  v1::Profile in = Welder();
  in.mutable_residence()->set_subdivision("EC-W");
  in.mutable_mobility()->add_countries("PE");
  in.add_desired_occupations()->set_isco("2330");  // not listed: not shown
  v1::Profile one;
  ProjectProfile(in, ProfileAt(Level::Generalise(1)), one, other);
  REQUIRE(one.desired_occupations_size() == 1);
  CHECK(one.desired_occupations(0).isco() == "721");
  CHECK(one.experience(0).months().max() == 35);
  CHECK(one.residence().country() == "EC");
  CHECK(one.residence().subdivision() == "EC-G");
  REQUIRE(one.mobility().countries_size() == 1);
  CHECK(one.mobility().countries(0) == "CO");
  CHECK(one.availability().from() == "2026-01-01");
  v1::Profile two;
  ProjectProfile(in, ProfileAt(Level::Generalise(2)), two, other);
  CHECK(two.desired_occupations(0).isco() == "72");
  CHECK(two.experience(0).months().max() == 1200);
  CHECK(two.residence().subdivision().empty());
  CHECK(two.residence().country() == "EC");
  // What is coarse already is shown the same, or made coarser.
  v1::Profile again;
  ProjectProfile(one, ProfileAt(Level::Generalise(1)), again, other);
  CHECK(again.SerializeAsString() == one.SerializeAsString());
  v1::Profile coarser;
  ProjectProfile(one, ProfileAt(Level::Generalise(2)), coarser, other);
  CHECK(coarser.SerializeAsString() == two.SerializeAsString());
}

TEST_CASE("a level that is not known is not shown as one", "[hierarchies]") {
  v1::Profile in = Welder();
  in.mutable_education()->clear_isced_level();
  v1::Profile out;
  ProjectProfile(in, ProfileAt(Level::Generalise(1)), out,
                 *Hierarchies::BuiltIn());
  CHECK_FALSE(out.education().has_isced_level());
}

TEST_CASE("a hierarchy that does not fit is refused with its place",
          "[hierarchies]") {
  const std::vector<std::array<std::string, 3>> refused = {
      {"experiance", "0;0\n",
       "experiance.csv:1: there is no hierarchy of "
       "`experiance`; there are those of occupation, region, education, "
       "experience, available-from, notice-days, weekly-hours, mobility, age"},
      {"experience", "0-1200;*\n",
       "experience.csv:1: expected 3 columns, found 2"},
      {"age", "0-120\n", "age.csv:1: expected 2 columns or more, found 1"},
      {"experience", "*;prefix:1;*\n",
       "experience.csv:1: numbers take no rule"},
      {"experience", "0-11;0-11;*\n13-1200;13-1200;*\n",
       "experience.csv:2: `13-1200` leaves a gap before it; expected it to "
       "begin with 12"},
      {"experience", "0-11;0-11;*\n\n11-1200;11-1200;*\n",
       "experience.csv:3: `11-1200` overlaps with another; expected it to "
       "begin with 12"},
      {"weekly-hours", "0-34;0-34\n35-100;35-100\n",
       "weekly-hours.csv:2: expected the last interval to end with 168, found "
       "100"},
      {"weekly-hours", "0-34;few\n35-168;35-168\n",
       "weekly-hours.csv:1: expected an interval or `*`, found `few`"},
      {"weekly-hours", "few;0-34\n35-168;35-168\n",
       "weekly-hours.csv:1: expected a number or an interval such as `0-11`, "
       "found `few`"},
      {"weekly-hours", "0-34;0-40\n35-168;35-168\n",
       "weekly-hours.csv:1: `0-40` is not what the intervals shown as it are "
       "together"},
      {"weekly-hours", "0-9;0-168\n10-34;10-34\n35-168;0-168\n",
       "weekly-hours.csv:1: `0-168` is not what the intervals shown as it are "
       "together"},
      {"region", "*;prefix:4;*\n",
       "region.csv:1: `prefix:4` makes no code of region"},
      {"region", "EC-G;CO;*\n",
       "region.csv:1: `CO` is no code of region that can stand for `EC-G`"},
      {"region", "Guayas;EC;*\n",
       "region.csv:1: `Guayas` is no code of region that can stand for "
       "`Guayas`"},
      {"occupation", "7212;721;72;7;*\nwelder;721;72;7;*\n",
       "occupation.csv:2: `welder` is no code of occupation that can stand for "
       "`welder`"},
      {"available-from", "2026-12-01;2026-12\n",
       "available-from.csv:1: days are not listed: expected a rule"},
      {"available-from", "*;prefix:5\n",
       "available-from.csv:1: `prefix:5` makes no code of available-from"},
      {"mobility", "CO;andes\n",
       "mobility.csv:1: `andes` is no code of mobility that can stand for "
       "`CO`"},
      {"mobility", "CO;*\nCO;CO\n",
       "mobility.csv:2: `CO` is generalised to `CO`, and to something else on "
       "a line before"},
  };
  for (const auto& [trait, text, message] : refused) {
    INFO(text);
    CHECK(ErrorOf(trait, text) == message);
  }
  const auto twice = Hierarchies::Parse(
      {{"age", "a.csv", "0-120;*\n"}, {"age", "b.csv", "0-120;*\n"}});
  CHECK(twice.status().message() == "b.csv:1: a second hierarchy of `age`");
}

}  // namespace minga::exchange
