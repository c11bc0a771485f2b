#include "node/exchange/project.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "node/exchange/generalise.h"
#include "policy/schema.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using policy::Level;

policy::Decision AllAt(Level level) {
  policy::Decision decision;
  decision.permitted = true;
  decision.levels.fill(level);
  return decision;
}

policy::Decision OnlyAt(RecordKind kind, absl::string_view field, Level level) {
  policy::Decision decision;
  decision.permitted = true;
  decision.levels[*policy::SchemaOf(kind).FindField(field)] = level;
  return decision;
}

template <typename Message>
Message Full() {
  Message message;
  FillEverything(message);
  return message;
}

// Paths that each field of the schema lets out at RAW.
template <typename Message>
std::map<std::string, std::set<std::string>> Coverage(RecordKind kind,
                                                      const Message& full) {
  std::map<std::string, std::set<std::string>> by_path;
  for (const policy::FieldDef& field : policy::SchemaOf(kind).fields) {
    const OwnedContent out =
        Project({kind, &full}, OnlyAt(kind, field.name, Level::Raw()),
                /*id=*/"", *Hierarchies::BuiltIn());
    for (const std::string& path : PathsSet(*out.message)) {
      by_path[path].insert(std::string(field.name));
    }
  }
  return by_path;
}

TEST_CASE("at SUPPRESS a filled message is empty but for its id") {
  const auto vacancy = Full<v1::Vacancy>();
  OwnedContent out =
      Project({RecordKind::kVacancy, &vacancy}, AllAt(Level::Suppress()), "v1",
              *Hierarchies::BuiltIn());
  CHECK(PathsSet(*out.message) == std::vector<std::string>{"id"});
  CHECK(Project({RecordKind::kVacancy, &vacancy}, AllAt(Level::Suppress()), "",
                *Hierarchies::BuiltIn())
            .message->ByteSizeLong() == 0);
  const auto profile = Full<v1::Profile>();
  CHECK(Project({RecordKind::kProfile, &profile}, AllAt(Level::Suppress()), "",
                *Hierarchies::BuiltIn())
            .message->ByteSizeLong() == 0);
}

TEST_CASE("each field of a vacancy is in one group or never leaves") {
  // Without confidentiality, so that the name can be seen at all.
  auto full = Full<v1::Vacancy>();
  full.mutable_employer()->set_confidential(false);
  const std::set<std::string> never = {
      "id", "sharing.cross_border", "sharing.countries",
      "sharing.reason_not_shared", "provenance"};
  const auto coverage = Coverage(RecordKind::kVacancy, full);
  for (const std::string& path : PathsSet(full)) {
    CAPTURE(path);
    const auto found = coverage.find(path);
    if (never.count(path) > 0) {
      CHECK(found == coverage.end());
      continue;
    }
    REQUIRE(found != coverage.end());
    CHECK(found->second.size() == 1);
  }
  for (const auto& [path, fields] : coverage) {
    CAPTURE(path);
    CHECK(never.count(path) == 0);
  }
}

TEST_CASE("each field of a profile is in one group or never leaves") {
  const auto full = Full<v1::Profile>();
  const std::set<std::string> never = {
      "id", "status", "modified_at.seconds", "modified_at.nanos", "free_text",
      "residence.municipality", "desired_occupations.text",
      "experience.occupation.text",
      // Shown only together with the field occupations.
      "experience.occupation.isco", "experience.occupation.national_scheme",
      "experience.occupation.national_code", "experience.occupation.esco_uri"};
  const auto coverage = Coverage(RecordKind::kProfile, full);
  for (const std::string& path : PathsSet(full)) {
    CAPTURE(path);
    const auto found = coverage.find(path);
    if (never.count(path) > 0 || absl::StartsWith(path, "identity.") ||
        absl::StartsWith(path, "sensitive.")) {
      CHECK(found == coverage.end());
    } else {
      REQUIRE(found != coverage.end());
      CHECK(found->second.size() == 1);
    }
  }
  // Everything at once shows no more than the groups do, but the occupations of
  // the experience.
  const OwnedContent all =
      Project({RecordKind::kProfile, &full}, AllAt(Level::Raw()), "",
              *Hierarchies::BuiltIn());
  for (const std::string& path : PathsSet(*all.message)) {
    CAPTURE(path);
    CHECK((coverage.count(path) == 1 ||
           absl::StartsWith(path, "experience.occupation.")));
    CHECK_FALSE(absl::StrContains(path, "text"));
  }
}

TEST_CASE("the tables and the schema know the same fields") {
  for (const RecordKind kind : {RecordKind::kVacancy, RecordKind::kProfile}) {
    const std::vector<absl::string_view> projected = ProjectedFields(kind);
    const std::set<std::string> rows(projected.begin(), projected.end());
    CHECK(rows.size() == projected.size());
    for (const policy::FieldDef& field : policy::SchemaOf(kind).fields) {
      const bool leaves =
          kind == RecordKind::kVacancy || !field.consent_section.empty();
      CAPTURE(std::string(field.name));
      CHECK(rows.count(std::string(field.name)) == (leaves ? 1 : 0));
    }
  }
}

TEST_CASE("a confidential employer does not show through its recruiting") {
  auto vacancy = Full<v1::Vacancy>();
  vacancy.mutable_employer()->set_confidential(true);
  vacancy.mutable_recruitment()->set_agency(false);
  vacancy.mutable_apply()->set_through_pes(true);
  const auto project = [&] {
    const OwnedContent out =
        Project({RecordKind::kVacancy, &vacancy}, AllAt(Level::Raw()), "v1",
                *Hierarchies::BuiltIn());
    return static_cast<const v1::Vacancy&>(*out.message);
  };
  CHECK(project().recruitment().recruiter_name().empty());
  CHECK(project().recruitment().recruiter_id().empty());
  CHECK(project().recruitment().licence().empty());
  CHECK(project().apply().email().empty());
  CHECK(project().apply().through_pes());

  // An agency between them may be named: it is not the employer.
  vacancy.mutable_recruitment()->set_agency(true);
  CHECK_FALSE(project().recruitment().recruiter_name().empty());
  CHECK_FALSE(project().apply().email().empty());
}

TEST_CASE("a confidential employer is not named") {
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.mutable_employer()->set_confidential(true);
  vacancy.mutable_employer()->set_legal_id("900.123");
  v1::Vacancy out;
  ProjectVacancy(vacancy, AllAt(Level::Raw()), out, *Hierarchies::BuiltIn());
  CHECK(out.employer().name().empty());
  CHECK(out.employer().legal_id().empty());
  CHECK(out.employer().confidential());
  CHECK(out.employer().isic() == "C2511");
}

TEST_CASE("notices of obligations go with the vacancy, once") {
  policy::Decision decision = AllAt(Level::Raw());
  decision.obligations.notices = {"LFT art. 7"};
  v1::Vacancy vacancy = SampleVacancy("v1");
  v1::Vacancy out;
  ProjectVacancy(vacancy, decision, out, *Hierarchies::BuiltIn());
  REQUIRE(out.notices_size() == 1);
  CHECK(out.notices(0).citation() == "LFT art. 7");
  v1::Vacancy again;
  ProjectVacancy(out, decision, again, *Hierarchies::BuiltIn());
  CHECK(again.notices_size() == 1);
  decision.levels[*policy::SchemaOf(RecordKind::kVacancy)
                       .FindField("quota_notice")] = Level::Suppress();
  v1::Vacancy without;
  ProjectVacancy(vacancy, decision, without, *Hierarchies::BuiltIn());
  CHECK(without.notices_size() == 0);
}

TEST_CASE("generalisation takes digits, widens and ends in nothing") {
  const Hierarchies& built_in = *Hierarchies::BuiltIn();
  CHECK(built_in.Code(Trait::kOccupation, "7212", 1) == "721");
  CHECK(built_in.Code(Trait::kOccupation, "7212", 3) == "7");
  CHECK(built_in.Code(Trait::kOccupation, "7212", 4).empty());
  CHECK(built_in.Code(Trait::kOccupation, "72", 1) == "72");
  CHECK(GeneraliseDay(built_in, "2026-12-17", 1) == "2026-12-01");
  v1::Range months;
  months.set_min(13);
  months.set_max(13);
  const auto bracket = GeneraliseRange(built_in, Trait::kExperience, months, 1);
  REQUIRE(bracket.has_value());
  CHECK(bracket->min() == 12);
  CHECK(bracket->max() == 23);
  v1::Range years;
  years.set_min(2013);
  years.set_max(2016);
  CHECK(YearBracket(years).min() == 2010);
  CHECK(YearBracket(years).max() == 2019);

  v1::Profile profile;
  v1::Experience& experience = *profile.add_experience();
  experience.mutable_occupation()->set_isco("7212");
  *experience.mutable_months() = months;
  const RecordKind kind = RecordKind::kProfile;
  policy::Decision decision = OnlyAt(kind, "experience", Level::Generalise(1));
  decision.levels[*policy::SchemaOf(kind).FindField("occupations")] =
      Level::Generalise(2);
  v1::Profile out;
  ProjectProfile(profile, decision, out, *Hierarchies::BuiltIn());
  REQUIRE(out.experience_size() == 1);
  CHECK(out.experience(0).occupation().isco() == "72");
  CHECK(out.experience(0).months().max() == 23);
  v1::Profile none;
  ProjectProfile(profile, OnlyAt(kind, "experience", Level::Generalise(2)),
                 none, *Hierarchies::BuiltIn());
  CHECK(none.ByteSizeLong() == 0);
}

TEST_CASE("projecting a projection changes nothing, at every level") {
  for (const Level level : {Level::Raw(), Level::Generalise(1),
                            Level::Generalise(2), Level::Generalise(3)}) {
    auto full = Full<v1::Profile>();
    full.mutable_availability()->set_from("2026-12-17");
    v1::Profile once;
    ProjectProfile(full, AllAt(level), once, *Hierarchies::BuiltIn());
    v1::Profile twice;
    ProjectProfile(once, AllAt(level), twice, *Hierarchies::BuiltIn());
    CAPTURE(level.ToString());
    CHECK(once.SerializeAsString() == twice.SerializeAsString());
  }
}

TEST_CASE("what a profile lists has no order") {
  v1::Profile one;
  one.add_sectors("A");
  one.add_sectors("C");
  one.add_skills()->set_label("soldar");
  one.add_skills()->set_label("pintar");
  v1::Profile other;
  other.add_sectors("C");
  other.add_sectors("A");
  other.add_sectors("C");
  other.add_skills()->set_label("pintar");
  other.add_skills()->set_label("soldar");
  v1::Profile first;
  v1::Profile second;
  ProjectProfile(one, AllAt(Level::Raw()), first, *Hierarchies::BuiltIn());
  ProjectProfile(other, AllAt(Level::Raw()), second, *Hierarchies::BuiltIn());
  CHECK(first.SerializeAsString() == second.SerializeAsString());
}

}  // namespace
}  // namespace minga::exchange
