// Skills: which are displayed while people come and go.
#include <catch2/catch.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.pb.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/people.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

v1::Profile Skilled(const std::string& id,
                    const std::vector<std::string>& skills) {
  v1::Profile profile = SampleProfile(id, "7212", "CO-DC");
  for (const std::string& skill : skills) {
    profile.add_skills()->set_label(skill);
  }
  return profile;
}

std::set<std::string> SkillsShown(const Office& office, const std::string& id) {
  std::set<std::string> skills;
  const storage::FeedRow row = office.Row(kPeru, ProfileKey(id));
  REQUIRE(row.state == ViewState::kShown);
  const v1::Profile shown = Displayed(office, kPeru, row);
  for (const v1::Skill& skill : shown.skills()) skills.insert(skill.label());
  return skills;
}

TEST_CASE("a skill is shown if enough of the class have it") {
  using Skills = std::set<std::string>;
  Office office;
  office.Prepare();
  const v1::Consent consent = SampleConsent();
  office.Put(Wrap(Skilled("p1", {"weld", "tig", "harp"})), &consent);
  office.Put(Wrap(Skilled("p2", {"tig", "weld"})), &consent);
  office.Put(Wrap(Skilled("p3", {"weld"})), &consent);
  CHECK(SkillsShown(office, "p1") == Skills{"weld"});
  CHECK(SkillsShown(office, "p3") == Skills{"weld"});

  SECTION("no other one is added under the same pseudonym") {
    office.Put(Wrap(Skilled("p4", {"tig", "weld"})), &consent);
    CHECK(SkillsShown(office, "p4") == Skills{"weld"});
    CHECK(SkillsShown(office, "p1") == Skills{"weld"});
    REQUIRE(office.offices.anonymity->StartEpoch("operator", kPeru).ok());
    CHECK(SkillsShown(office, "p1") == Skills{"tig", "weld"});
    CHECK(SkillsShown(office, "p4") == Skills{"tig", "weld"});
    CHECK(SkillsShown(office, "p3") == Skills{"weld"});
  }
  SECTION("it goes when too few are left with it") {
    office.Put(Wrap(Skilled("p4", {})), &consent);
    office.Put(Wrap(Skilled("p3", {})), &consent);
    for (const char* id : {"p1", "p2", "p3"}) {
      CHECK(SkillsShown(office, id).empty());
    }
  }
  CheckAnonymous(office, kPeru, 3);
}

TEST_CASE("who leaves a class is shown no other skill, and on its rung") {
  Office office;
  office.Prepare();
  Activate(office, kPeru, TwoRungs());
  const v1::Consent consent = SampleConsent();
  const auto put = [&](const char* id, const char* region, const char* skill) {
    v1::Profile profile = Skilled(id, {skill});
    profile.mutable_residence()->set_subdivision(region);
    office.Put(Wrap(profile), &consent);
  };
  put("a1", "CO-AMA", "tig");
  put("a2", "CO-AMA", "weld");
  put("a3", "CO-AMA", "weld");
  CHECK(SkillsShown(office, "a1").empty());
  put("d1", "CO-DC", "tig");
  put("d2", "CO-VAC", "tig");
  put("d3", "CO-HUI", "tig");
  CHECK(SkillsShown(office, "d1").size() == 1);
  REQUIRE(office.offices.exchange->SetConsent("pes", "a3", nullptr).ok());
  // There are enough with it, but of a1 it was not shown before.
  CHECK(Shown(office, "a1") == "7212 CO");
  CHECK(SkillsShown(office, "a1").empty());

  REQUIRE(office.offices.exchange->SetConsent("pes", "a1", nullptr).ok());
  REQUIRE(office.offices.exchange->SetConsent("pes", "a1", &consent).ok());
  CHECK(Shown(office, "a1") == "7212 CO");
  CHECK(SkillsShown(office, "a1").empty());
  const auto answer = office.offices.anonymity->Show(kPeru);
  REQUIRE(answer.ok());
  CHECK(answer->rungs(0).shown() == 0);
  CHECK(answer->rungs(1).shown() == 5);
}

TEST_CASE("of many skills the most common are shown") {
  Office office;
  office.Prepare();
  const v1::Consent consent = SampleConsent();
  for (int person = 0; person < 6; ++person) {
    std::vector<std::string> skills;
    for (int i = 0; i < 14; ++i) {
      if (i < 4 && person > 3) continue;
      skills.push_back(absl::StrCat("skill ", i));
    }
    office.Put(Wrap(Skilled(absl::StrCat("p", person), skills)), &consent);
  }
  REQUIRE(office.offices.anonymity->StartEpoch("operator", kPeru).ok());
  const std::set<std::string> shown = SkillsShown(office, "p0");
  CHECK(shown.size() == 10);
  CHECK(shown.count("skill 0") == 0);
  CheckAnonymous(office, kPeru, 3);
}

}  // namespace
}  // namespace minga::exchange
