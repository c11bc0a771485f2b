// How far an officer's release reaches: what shows more is held again, what
// shows less is not.
#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/exchange/judge.h"
#include "node/exchange/obligations.h"
#include "node/exchange/policy_diff.h"
#include "node/exchange/release_desk.h"
#include "tests/unit/exchange/obliging.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

// The sample law, under which an officer sees every vacancy first, with
// `duties` of vacancies more.
policy::DocumentSource Holding(absl::string_view duties = "") {
  return Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                  absl::StrCat(duties,
                               " obligations { hold_for_officer: true "
                               "}"));
}

// `law`, which lets `fields` of vacancies out no finer than `level`.
policy::DocumentSource Without(policy::DocumentSource law,
                               absl::string_view fields,
                               absl::string_view level = "LEVEL_SUPPRESS") {
  law.text.erase(law.text.rfind('}'));
  absl::StrAppend(&law.text,
                  "rules { id: 'co.less' effect: EFFECT_FORBID directions: "
                  "DIRECTION_SEND kinds: RECORD_KIND_VACANCY fields: ",
                  fields, " level: ", level,
                  " citations { statute: 'Ley 1581/2012' article: 'art. 17' "
                  "certainty: CERTAINTY_VERIFIED } }\n}\n");
  return law;
}

// What the desk says of the record and Ecuador.
HeldRecord Listed(const Office& office, const RecordKey& key) {
  const auto page = office.offices.releases->List(kEcuador, RecordKey(), 100);
  INFO(page.status());
  REQUIRE(page.ok());
  for (const HeldRecord& held : page->held) {
    if (held.key == key) return held;
  }
  FAIL("not listed");
  return HeldRecord();
}

storage::FeedRow Release(Office& office, const RecordKey& key,
                         absl::string_view reason = "Licencia vista") {
  const auto row =
      office.offices.releases->Release("officer:ana", key, kEcuador, reason);
  INFO(row.status());
  REQUIRE(row.ok());
  return *row;
}

v1::Vacancy Sent(const Office& office, const storage::FeedRow& row) {
  v1::Vacancy vacancy;
  REQUIRE(vacancy.ParseFromString(office.Projected(kEcuador, row).body));
  return vacancy;
}

TEST_CASE("a release under narrow law ends with wider law") {
  Office office;
  office.Prepare();
  const RecordKey key = VacancyKey("v1");
  office.Activate(Without(Holding(), "'pay'"));
  office.Put(Wrap(SampleVacancy("v1")));
  const storage::FeedRow narrow = Release(office, key);
  REQUIRE(narrow.state == ViewState::kShown);
  CHECK_FALSE(Sent(office, narrow).has_pay());
  CHECK(Listed(office, key).released);
  CHECK(Listed(office, key).reason == "Licencia vista");
  CHECK(Listed(office, key).beyond.empty());

  office.clock.Advance(absl::Hours(1));
  office.Activate(Holding());
  const storage::FeedRow again = office.Row(kEcuador, key);
  CHECK(again.state == ViewState::kWithheld);
  CHECK(again.reason == kReasonHeld);
  CHECK(again.seq > narrow.seq);  // the peer is told to erase it
  CHECK(again.erase_by.has_value());
  const HeldRecord held = Listed(office, key);
  CHECK_FALSE(held.released);
  CHECK(held.beyond == "pay RAW instead of SUPPRESS");
  CHECK(held.actor == "officer:ana");
  CHECK(held.reason == "Licencia vista");
  CHECK(held.at == office.clock.Now() - absl::Hours(1));
  CHECK(office.offices.releases
            ->Revoke("officer:ana", key, kEcuador, "no se mostraba")
            .status()
            .code() == absl::StatusCode::kFailedPrecondition);

  SECTION("until an officer has seen it") {
    const storage::FeedRow wide = Release(office, key, "También el pago");
    CHECK(wide.state == ViewState::kShown);
    CHECK(Sent(office, wide).has_pay());
    CHECK(Listed(office, key).released);
    CHECK(Listed(office, key).reason == "También el pago");
    // What shows less than was seen waits for nobody.
    office.Activate(Without(Holding(), "'pay'"));
    CHECK(office.Row(kEcuador, key).state == ViewState::kShown);
  }
  SECTION("or until the law shows no more than was released") {
    office.Activate(Without(Holding(), "'pay'"));
    const storage::FeedRow back = office.Row(kEcuador, key);
    CHECK(back.state == ViewState::kShown);
    CHECK_FALSE(Sent(office, back).has_pay());
    CHECK(Listed(office, key).released);
    CHECK(Listed(office, key).beyond.empty());
  }
  SECTION("another content makes the old release nothing") {
    v1::Vacancy changed = SampleVacancy("v1");
    changed.set_openings(7);
    office.Put(Wrap(changed));
    CHECK(Listed(office, key).actor.empty());
    CHECK(Listed(office, key).beyond.empty());
    office.Activate(Without(Holding(), "'pay'"));
    CHECK(office.Row(kEcuador, key).reason == kReasonHeld);
  }
  SECTION("a restart changes nothing") {
    office.Restart();
    CHECK(office.Row(kEcuador, key).reason == kReasonHeld);
    CHECK(Listed(office, key).beyond == "pay RAW instead of SUPPRESS");
  }
}

TEST_CASE("a release stands under stricter law") {
  Office office;
  office.Prepare();
  const RecordKey key = VacancyKey("v1");
  office.Activate(Holding("obligations { retention_days: 90 }"));
  office.Put(Wrap(SampleVacancy("v1")));
  REQUIRE(Release(office, key).state == ViewState::kShown);
  const auto stands = [&](const policy::DocumentSource& law) {
    office.Activate(law);
    const bool shown = office.Row(kEcuador, key).state == ViewState::kShown;
    CHECK(Listed(office, key).released == shown);
    CHECK(Listed(office, key).beyond.empty() == shown);
    return shown;
  };
  CHECK(stands(Without(Holding("obligations { retention_days: 90 }"),
                       "'occupation.isco'",
                       "LEVEL_GENERALISE generalise_steps: 2")));
  CHECK(Sent(office, office.Row(kEcuador, key)).occupation().isco() == "72");
  CHECK(
      stands(Holding("obligations { retention_days: 30 } "
                     "obligations { no_onward_transfer: true } "
                     "obligations { retention_until: '2027-01-31' }")));
  CHECK(
      stands(Holding("obligations { retention_days: 90 } "
                     "obligations { transform { operation: "
                     "OPERATION_TRUNCATE_TEXT field: 'description' "
                     "max_characters: 10 } }")));
  // The terms that it was released on are gone, or milder.
  CHECK_FALSE(stands(Holding()));
  CHECK(Listed(office, key).beyond == "retention_days unlimited instead of 90");
  CHECK_FALSE(stands(Holding("obligations { retention_days: 120 }")));
  CHECK(stands(Holding("obligations { retention_days: 90 }")));
  // What is not shown at all is within every release; nobody is waited for.
  office.Activate(Without(Holding(), "'title'"));
  CHECK(office.Row(kEcuador, key).reason == kReasonPolicy);
  CHECK(Listed(office, key).released);
}

TEST_CASE("a wider consent ends a release") {
  Office office;
  office.Prepare();
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_PROFILE",
                           "obligations { hold_for_officer: true }"));
  v1::Consent narrow = SampleConsent();
  narrow.clear_sections();
  for (const char* section : {"basic", "occupation"}) {
    narrow.add_sections(section);
  }
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &narrow);
  }
  for (const char* id : {"p1", "p2", "p3"}) Release(office, ProfileKey(id));
  const RecordKey key = ProfileKey("p1");
  REQUIRE(office.Row(kEcuador, key).state == ViewState::kShown);

  const v1::Consent wide = SampleConsent();
  REQUIRE(office.offices.exchange->SetConsent("pes", "p1", &wide).ok());
  CHECK(office.Row(kEcuador, key).reason == kReasonHeld);
  CHECK_FALSE(Listed(office, key).released);
  CHECK(absl::StrContains(Listed(office, key).beyond, "instead of SUPPRESS"));
  // The class is too small without it; the others are released as before.
  CHECK(office.Row(kEcuador, ProfileKey("p2")).reason == kReasonClass);
  CHECK(Listed(office, ProfileKey("p2")).released);

  REQUIRE(office.offices.exchange->SetConsent("pes", "p1", &narrow).ok());
  office.Acknowledge(kEcuador, office.Last(kEcuador));
  CHECK(Listed(office, key).released);

  SECTION("and so does a smaller class") {
    policy::DocumentSource law =
        Obliging(SampleNational(), "RECORD_KIND_PROFILE",
                 "obligations { hold_for_officer: true }");
    law.text = absl::StrReplaceAll(law.text, {{"min_k: 3", "min_k: 2"}});
    office.Activate(law);
    CHECK(office.Row(kEcuador, key).reason == kReasonHeld);
    CHECK(Listed(office, key).beyond == "min_k 2 instead of 3");
  }
}

TEST_CASE("a release that does not say what was shown does not stand") {
  Office office;
  office.Prepare();
  const RecordKey key = VacancyKey("v1");
  office.Activate(Holding());
  office.Put(Wrap(SampleVacancy("v1")));
  const storage::FeedRow shown = Release(office, key);
  REQUIRE(shown.state == ViewState::kShown);
  const std::string scope = GENERATE(std::string(), std::string(" "),
                                     std::string(" of another version"));
  office.Write([&](storage::Transaction& transaction) {
    return transaction.documents().Put(
        "hold/vacancy/v1/EC",
        absl::StrCat(shown.revision, scope,
                     "\n1793491200000000\nofficer:luz\nVista\nayer"));
  });
  // Already before its view is made anew.
  const HeldRecord held = Listed(office, key);
  CHECK_FALSE(held.released);
  CHECK(held.beyond == "the release does not say what was shown");
  CHECK(held.actor == "officer:luz");
  CHECK(held.reason == "Vista\nayer");
  CHECK(held.at == absl::FromUnixSeconds(1793491200));
  SECTION("and is held when the view is made anew") {
    office.Activate(Holding("obligations { erase_within_hours: 5 }"));
    CHECK(office.Row(kEcuador, key).reason == kReasonHeld);
    CHECK(Release(office, key).state == ViewState::kShown);
  }
  SECTION("and may be released again at once") {
    CHECK(Release(office, key).state == ViewState::kShown);
    CHECK(Listed(office, key).released);
    CHECK(Listed(office, key).actor == "officer:ana");
  }
}

TEST_CASE("a release that was revoked does not come back with an older copy") {
  Office office;
  office.Prepare();
  const RecordKey key = VacancyKey("v1");
  office.Activate(Holding());
  office.Put(Wrap(SampleVacancy("v1")));
  REQUIRE(Release(office, key).state == ViewState::kShown);
  const std::string copy = office.BackUp();
  REQUIRE(office.offices.releases
              ->Revoke("officer:ana", key, kEcuador, "la licencia venció")
              .ok());
  office.PutBack(copy);
  REQUIRE(office.Row(kEcuador, key).state == ViewState::kShown);
  const auto restored = office.offices.recovery->AtStart(/*older=*/true);
  INFO(restored.status());
  REQUIRE(restored.ok());
  absl::StatusOr<absl::Time> next = office.clock.Now();
  while (next.ok() && *next <= office.clock.Now()) {
    next = office.offices.exchange->Housekeep(office.clock.Now());
  }
  CHECK(next.ok());
  CHECK(office.Row(kEcuador, key).state != ViewState::kShown);
  // What is put again waits for an officer.
  office.Put(Wrap(SampleVacancy("v1")));
  CHECK(office.Row(kEcuador, key).reason == kReasonHeld);
}

TEST_CASE("a comparison of laws tells who would wait for an officer") {
  Office office;
  office.Prepare();
  office.Activate(Without(Holding(), "'pay'"));
  office.Put(Wrap(SampleVacancy("v1")));
  office.Put(Wrap(SampleVacancy("v2")));
  REQUIRE(Release(office, VacancyKey("v1")).state == ViewState::kShown);
  const auto differences = [&](const policy::DocumentSource& law) {
    const auto found = office.offices.diff->Compare(
        PolicyDocument::kNational, law,
        [](std::int64_t, std::int64_t) { return true; });
    INFO(found.status());
    REQUIRE(found.ok());
    return *found;
  };
  const std::vector<Difference> wider = differences(Holding());
  REQUIRE(wider.size() == 1);
  CHECK(wider[0].peer == kEcuador);
  CHECK(wider[0].change == ViewChange::kWithdrawn);
  CHECK(wider[0].records == 1);
  CHECK(wider[0].examples == std::vector<std::string>{"v1"});
  CHECK(wider[0].reason ==
        "would wait for an officer (held), no longer co.less: Ley 1581/2012 "
        "art. 17");
  const std::vector<Difference> stricter =
      differences(Without(Holding(), "['pay', 'openings']"));
  REQUIRE(stricter.size() == 1);
  CHECK(stricter[0].change == ViewChange::kCoarser);
  CHECK(stricter[0].field == "openings");
}

}  // namespace
}  // namespace minga::exchange
