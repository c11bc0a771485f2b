// What was seen of a person bounds what is shown under the same pseudonym.
#include "node/exchange/seen.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/exchange/content.h"
#include "node/exchange/project.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/people.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using policy::Level;

const policy::KindSchema& Schema() {
  return policy::SchemaOf(RecordKind::kProfile);
}

Level SeenOf(const v1::Profile& profile, absl::string_view field,
             Level level = Level::Raw()) {
  ProfileLevels levels{};
  levels.fill(Level::Raw());
  levels[*Schema().FindField(field)] = level;
  return SeenLevels(profile, levels,
                    *Hierarchies::BuiltIn())[*Schema().FindField(field)];
}

TEST_CASE("a code that is coarse already was seen as coarse") {
  v1::Profile profile = SampleProfile("p1", "72", "CO-AMA");
  CHECK(SeenOf(profile, "occupations") == Level::Generalise(2));
  CHECK(SeenOf(profile, "occupations", Level::Generalise(3)) ==
        Level::Generalise(3));
  profile.mutable_desired_occupations(0)->set_isco("7212");
  CHECK(SeenOf(profile, "occupations") == Level::Raw());
  profile.mutable_desired_occupations(0)->set_isco("72");
  profile.mutable_desired_occupations(0)->set_national_code("1");
  CHECK(SeenOf(profile, "occupations") == Level::Raw());

  CHECK(SeenOf(profile, "region") == Level::Raw());
  profile.mutable_residence()->clear_subdivision();
  CHECK(SeenOf(profile, "region") == Level::Generalise(1));

  v1::Availability& from = *profile.mutable_availability();
  from.set_from("2026-12-01");
  CHECK(SeenOf(profile, "availability") == Level::Generalise(1));
  from.set_from("2026-12-02");
  CHECK(SeenOf(profile, "availability") == Level::Raw());
}

TEST_CASE("nothing was seen of a field that says nothing") {
  v1::Profile profile = SampleProfile("p1", "7212", "CO-AMA");
  for (const char* field :
       {"education", "experience", "mobility", "availability", "sectors",
        "licences", "contract", "recognition"}) {
    INFO(field);
    CHECK(SeenOf(profile, field).suppressed());
  }
  CHECK(SeenOf(profile, "contactable") == Level::Raw());
  profile.mutable_education()->mutable_isced_level()->set_min(3);
  profile.mutable_education()->mutable_isced_level()->set_max(3);
  CHECK(SeenOf(profile, "education") == Level::Raw());
  profile.add_sectors("C");
  CHECK(SeenOf(profile, "sectors") == Level::Raw());
}

v1::Profile RandomProfile(Random& random) {
  const auto one_of = [&](const std::vector<std::string>& values) {
    return values[random.Below(values.size())];
  };
  const auto range = [&](v1::Range& out, std::uint64_t most) {
    out.set_min(static_cast<std::int32_t>(random.Below(most)));
    out.set_max(out.min() + static_cast<std::int32_t>(random.Below(3)) * 12);
  };
  v1::Profile profile = SampleProfile(
      "p1", one_of({"", "7", "72", "721", "7212"}), one_of({"", "CO-AMA"}));
  if (random.Below(3) == 0) {
    profile.add_desired_occupations()->set_isco(one_of({"5", "512", "5120"}));
  }
  if (random.Below(4) == 0) {
    profile.mutable_desired_occupations(0)->set_national_code("12");
  }
  if (random.Below(2) == 0) {
    v1::Experience& experience = *profile.add_experience();
    experience.mutable_occupation()->set_isco(one_of({"", "72", "7212"}));
    if (random.Below(2) == 0) range(*experience.mutable_months(), 100);
  }
  if (random.Below(2) == 0) {
    v1::Education& education = *profile.mutable_education();
    if (random.Below(3) > 0) range(*education.mutable_isced_level(), 6);
    education.set_isced_field(one_of({"", "", "0715"}));
  }
  if (random.Below(2) == 0) {
    profile.mutable_mobility()->set_relocate(true);
    if (random.Below(2) == 0) profile.mutable_mobility()->add_countries("EC");
  }
  if (random.Below(2) == 0) {
    v1::Availability& from = *profile.mutable_availability();
    from.set_from(one_of({"", "2026-12-01", "2026-12-17"}));
    if (random.Below(2) == 0) range(*from.mutable_notice_days(), 60);
  }
  return profile;
}

TEST_CASE("who is seen again at the levels that were seen looks the same") {
  SeededRandom random(72);
  const Hierarchies& hierarchies = *Hierarchies::BuiltIn();
  int coarser = 0;
  for (int i = 0; i < 5000; ++i) {
    const v1::Profile profile = RandomProfile(random);
    policy::Decision decision;
    decision.permitted = true;
    for (std::size_t f = 0; f < Schema().fields.size(); ++f) {
      const auto steps = static_cast<std::uint64_t>(
          std::max(0, Schema().fields[f].generalise_steps));
      const std::uint64_t step = random.Below(steps + 2);
      decision.levels[f] = step == steps + 1 ? Level::Suppress()
                           : step == 0
                               ? Level::Raw()
                               : Level::Generalise(static_cast<int>(step));
    }
    v1::Profile once, again;
    ProjectProfile(profile, decision, once, hierarchies);
    policy::Decision seen = decision;
    seen.levels = SeenLevels(profile, decision.levels, hierarchies);
    ProjectProfile(profile, seen, again, hierarchies);
    INFO(profile.DebugString() << once.DebugString() << again.DebugString());
    REQUIRE(SerialiseContent(once) == SerialiseContent(again));
    for (std::size_t f = 0; f < Schema().fields.size(); ++f) {
      REQUIRE(seen.levels[f] <= decision.levels[f]);
      coarser += seen.levels[f] < decision.levels[f] ? 1 : 0;
    }
  }
  CHECK(coarser > 5000);
}

TEST_CASE("a record that says more shows no more under the same pseudonym") {
  Office office;
  office.Prepare();
  Activate(office, kPeru, TwoRungs());
  const v1::Consent consent = SampleConsent();
  const auto put = [&](const char* isco, bool sectors) {
    for (const char* id : {"p1", "p2", "p3"}) {
      v1::Profile profile = SampleProfile(id, isco, "CO-AMA");
      if (sectors) profile.add_sectors("C");
      office.Put(Wrap(profile), &consent);
    }
  };
  put("72", false);
  const std::string name = office.Row(kPeru, ProfileKey("p1")).wire_id;
  const std::string body =
      office.Projected(kPeru, office.Row(kPeru, ProfileKey("p1"))).body;
  CHECK(Shown(office, "p1") == "72 CO-AMA");

  put("7212", true);
  CHECK(Shown(office, "p1") == "72 CO-AMA");
  CHECK(office.Row(kPeru, ProfileKey("p1")).wire_id == name);
  CHECK(office.Projected(kPeru, office.Row(kPeru, ProfileKey("p1"))).body ==
        body);
  CheckAnonymous(office, kPeru, 3);

  REQUIRE(office.offices.anonymity->StartEpoch("operator", kPeru).ok());
  CHECK(Shown(office, "p1") == "7212 CO-AMA");
  CHECK(office.Row(kPeru, ProfileKey("p1")).wire_id != name);
}

}  // namespace
}  // namespace minga::exchange
