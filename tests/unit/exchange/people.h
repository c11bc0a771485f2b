// People at a peer: what it sees of them, counted as it would count.
#ifndef MINGA_TESTS_UNIT_EXCHANGE_PEOPLE_H_
#define MINGA_TESTS_UNIT_EXCHANGE_PEOPLE_H_

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/anonymity.pb.h"
#include "minga/v1/profile.pb.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {

// What the peer is sent for `row`; checks that nothing is in it that never
// leaves.
inline v1::Profile Displayed(const Office& office, Country peer,
                             const storage::FeedRow& row) {
  v1::Profile profile;
  REQUIRE(profile.ParseFromString(office.Projected(peer, row).body));
  CHECK(profile.id() == row.wire_id);
  CHECK_FALSE(profile.has_identity());
  CHECK_FALSE(profile.has_sensitive());
  CHECK(profile.free_text().empty());
  CHECK(profile.residence().municipality().empty());
  return profile;
}

struct DisplayCounts {
  int people = 0;
  // By what is displayed without pseudonym, skills and languages.
  std::map<std::string, int> classes;
  // By that and one skill or language.
  std::map<std::pair<std::string, std::string>, int> values;
};

inline DisplayCounts DisplaysOf(const Office& office, Country peer) {
  DisplayCounts counts;
  for (const storage::FeedRow& row : office.Feed(peer)) {
    if (row.key.kind != RecordKind::kProfile) continue;
    if (row.state != storage::ViewState::kShown) continue;
    const v1::Profile profile = Displayed(office, peer, row);
    v1::Profile alike = profile;
    alike.clear_id();
    alike.clear_skills();
    alike.clear_languages();
    const std::string klass = alike.SerializeAsString();
    ++counts.people;
    ++counts.classes[klass];
    for (const v1::Skill& skill : profile.skills()) {
      ++counts.values[{klass, skill.SerializeAsString()}];
    }
    for (const v1::LanguageSkill& language : profile.languages()) {
      ++counts.values[{klass, language.SerializeAsString()}];
    }
  }
  return counts;
}

inline void CheckAnonymous(const Office& office, Country peer, int k) {
  const DisplayCounts counts = DisplaysOf(office, peer);
  for (const auto& [klass, people] : counts.classes) CHECK(people >= k);
  for (const auto& [value, people] : counts.values) CHECK(people >= k);
}

inline void Activate(Office& office, Country peer, const v1::Ladder& ladder) {
  const auto epoch =
      office.offices.anonymity->Activate("operator", peer, ladder);
  INFO(epoch.status());
  REQUIRE(epoch.ok());
}

// How Peru sees the person: occupation and region, or why it does not.
inline std::string Shown(const Office& office, const std::string& id) {
  const storage::FeedRow row = office.Row(kPeru, ProfileKey(id));
  if (row.state != storage::ViewState::kShown) return row.reason;
  const v1::Profile profile = Displayed(office, kPeru, row);
  std::string text;
  for (const v1::Occupation& occupation : profile.desired_occupations()) {
    absl::StrAppend(&text, occupation.isco());
  }
  const v1::Location& region = profile.residence();
  return absl::StrCat(
      text, " ",
      region.subdivision().empty() ? region.country() : region.subdivision());
}

// All that the policy permits, then the region a step coarser.
inline v1::Ladder TwoRungs() {
  v1::Ladder ladder;
  ladder.add_rungs();
  v1::RungLevel& region = *ladder.add_rungs()->add_levels();
  region.set_field("region");
  region.set_steps(1);
  return ladder;
}

// Welders of a region each.
inline void PutPeople(
    Office& office,
    const std::vector<std::pair<std::string, std::string>>& people) {
  const v1::Consent consent = SampleConsent();
  for (const auto& [id, region] : people) {
    office.Put(Wrap(SampleProfile(id, "7212", region)), &consent);
  }
}

}  // namespace minga::exchange

#endif  // MINGA_TESTS_UNIT_EXCHANGE_PEOPLE_H_
