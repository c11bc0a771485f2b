// What changes by itself, on its very day, and what that costs.
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/due.h"
#include "node/exchange/subject.h"
#include "tests/unit/exchange/dates.h"
#include "tests/unit/exchange/house.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using federation::InboundRow;
using storage::ViewState;

constexpr absl::CivilDay kToday(2026, 11, 21);

TEST_CASE("a day touches the records whose day it is") {
  Office office;
  office.Prepare();
  std::vector<v1::Record> records = {Wrap(Closing("v1", "2026-11-25")),
                                     Wrap(Closing("v2", "2026-11-27")),
                                     Wrap(Closing("v3", "2026-12-31"))};
  for (int i = 0; i < 50; ++i) {
    records.push_back(Wrap(Timeless(absl::StrCat("t", i))));
  }
  office.PutAll(records);
  House house(office);
  house.KeepOn(kToday);
  CHECK(DueDay(office, VacancyKey("v1")) == absl::CivilDay(2026, 11, 26));
  CHECK(DueDay(office, VacancyKey("t1")) == absl::CivilDay::max());

  house.KeepOn(absl::CivilDay(2026, 11, 25));
  CHECK(house.evaluated() == 0);
  CHECK_FALSE(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);

  house.KeepOn(absl::CivilDay(2026, 11, 26));
  CHECK(house.evaluated() == 1);
  CHECK_FALSE(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "expired");
  CHECK(office.Row(kPeru, VacancyKey("v2")).state == ViewState::kShown);
  CHECK(DueDay(office, VacancyKey("v1")) == absl::CivilDay::max());

  SECTION("also after days in which the node was down") {
    office.Restart();
    House again(office);
    again.KeepOn(absl::CivilDay(2027, 2, 1));
    CHECK(again.evaluated() == 2);
    CHECK_FALSE(again.swept());
    CHECK(office.Row(kPeru, VacancyKey("v2")).reason == "expired");
    CHECK(office.Row(kPeru, VacancyKey("v3")).reason == "expired");
    CHECK(office.Row(kPeru, VacancyKey("t1")).state == ViewState::kShown);
  }
  SECTION("a put moves the day, a withdrawal takes it away") {
    office.Put(Wrap(Closing("v2", "2026-12-05")));
    CHECK(DueDay(office, VacancyKey("v2")) == absl::CivilDay(2026, 12, 6));
    office.Put(Wrap(Timeless("v2")));
    CHECK(DueDay(office, VacancyKey("v2")) == absl::CivilDay::max());
    office.Put(Wrap(Closing("v2", "2026-11-27")));
    REQUIRE(
        office.offices.exchange->Withdraw("pes", VacancyKey("v2"), "").ok());
    house.KeepOn(absl::CivilDay(2026, 12, 1));
    CHECK(house.evaluated() == 0);
    CHECK(office.Row(kPeru, VacancyKey("v2")).reason == "withdrawn");
  }
  SECTION("a clock that is set back shows again what was over too early") {
    house.KeepOn(absl::CivilDay(2026, 11, 24));
    CHECK(house.swept());
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
    CHECK(DueDay(office, VacancyKey("v1")) == absl::CivilDay(2026, 11, 26));
    house.KeepOn(absl::CivilDay(2026, 11, 26));
    CHECK_FALSE(house.swept());
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "expired");
  }
}

TEST_CASE("rules begin and end on their days") {
  Office office;
  office.Prepare();
  // As Chile's law of data protection: until its day the old rule, from then on
  // another one that asks more.
  policy::DocumentSource law = Lawful("true || vacancy.remote",
                                      "id: 'co.old' valid_until: '2026-11-30'");
  const std::string old_id = "id: 'co.vacancy' ";
  law.text.erase(law.text.find(old_id), old_id.size());
  const policy::DocumentSource fresh =
      Lawful("has(vacancy.written_contract) && vacancy.written_contract",
             "valid_from: '2026-12-01'");
  const std::size_t from = fresh.text.find("rules {");
  law.text.insert(
      law.text.find("rules {"),
      fresh.text.substr(from, fresh.text.find("rules {", from + 1) - from));
  office.Activate(law);
  v1::Vacancy written = Timeless("v1");
  written.mutable_recruitment()->set_written_contract(true);
  office.PutAll(
      {Wrap(written), Wrap(Timeless("v2")), Wrap(Closing("v3", "2027-01-15"))});
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 11, 30));
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(office.Row(kPeru, VacancyKey("v2")).state == ViewState::kShown);
  // The sweep of the law's day comes first and finds it anew.
  CHECK(DueDay(office, VacancyKey("v3")) == absl::CivilDay::max());

  house.KeepOn(absl::CivilDay(2026, 12, 1));
  CHECK(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(office.Row(kPeru, VacancyKey("v2")).state == ViewState::kWithheld);
  CHECK(office.Row(kPeru, VacancyKey("v2")).reason == "policy");

  house.KeepOn(absl::CivilDay(2026, 12, 2));
  CHECK_FALSE(house.swept());
  CHECK(house.evaluated() == 0);
}

TEST_CASE("a vacancy is found again on its day after a date of the law") {
  Office office;
  office.Prepare();
  office.Activate(Lawful("true || vacancy.remote", "valid_from: '2026-11-24'"));
  office.Put(Wrap(Closing("v1", "2026-12-10")));
  House house(office);
  house.KeepOn(kToday);
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kWithheld);
  house.KeepOn(absl::CivilDay(2026, 11, 24));
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(DueDay(office, VacancyKey("v1")) == absl::CivilDay(2026, 12, 11));
  house.KeepOn(absl::CivilDay(2026, 12, 11));
  CHECK_FALSE(house.swept());
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "expired");
}

TEST_CASE("conditions and obligations that count days") {
  Office office;
  office.Prepare();
  House house(office);

  SECTION("the age of a vacancy") {
    office.Activate(Lawful("has(vacancy.age_days) && vacancy.age_days >= 30"));
    office.Put(Wrap(Timeless("v1")));  // of 2026-11-01
    house.KeepOn(absl::CivilDay(2026, 11, 30));
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kWithheld);
    house.KeepOn(absl::CivilDay(2026, 12, 1));
    CHECK_FALSE(house.swept());
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  }
  SECTION("the closing date against the day") {
    office.Activate(
        Lawful("has(vacancy.closing_date) && as_of < vacancy.closing_date"));
    office.Put(Wrap(Closing("v1", "2026-11-25")));
    house.KeepOn(absl::CivilDay(2026, 11, 24));
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
    house.KeepOn(absl::CivilDay(2026, 11, 25));
    CHECK_FALSE(house.swept());
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "policy");
    house.KeepOn(absl::CivilDay(2026, 11, 26));
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "expired");
  }
  SECTION("the nationals first") {
    office.Activate(Lawful("true || vacancy.remote",
                           "obligations { national_first_days: 25 }"));
    office.Put(Wrap(Timeless("v1")));
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "national-first");
    CHECK(DueDay(office, VacancyKey("v1")) == absl::CivilDay(2026, 11, 26));
    house.KeepOn(absl::CivilDay(2026, 11, 25));
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "national-first");
    house.KeepOn(absl::CivilDay(2026, 11, 26));
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
    house.KeepOn(absl::CivilDay(2026, 11, 28));
    CHECK(house.evaluated() == 0);
  }
  SECTION("a recruiter's licence") {
    office.Activate(
        Lawful("has(vacancy.is_agency) && "
               "(!vacancy.is_agency || (has(vacancy.licensed_recruiter) && "
               "vacancy.licensed_recruiter))"));
    v1::Vacancy agency = Timeless("v1");
    agency.mutable_recruitment()->set_agency(true);
    agency.mutable_recruitment()->set_licence("L-1");
    agency.mutable_recruitment()->set_licence_valid_until("2026-11-24");
    office.PutAll({Wrap(agency), Wrap(Timeless("v2"))});
    house.KeepOn(absl::CivilDay(2026, 11, 24));
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
    house.KeepOn(absl::CivilDay(2026, 11, 25));
    CHECK(house.evaluated() == 1);
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "policy");
    CHECK(office.Row(kPeru, VacancyKey("v2")).state == ViewState::kShown);
  }
}

TEST_CASE("a minor grows up on the birthday") {
  Office office;
  office.Prepare();
  policy::DocumentSource law = SampleNational();
  const std::string active = "when: \"profile.active\"";
  law.text.replace(
      law.text.find(active), active.size(),
      "when: \"profile.active && has(profile.minor) && !profile.minor\"");
  office.Activate(law);
  const v1::Consent consent = SampleConsent();
  for (const char* id : {"p1", "p2", "p3"}) {
    v1::Profile profile = SampleProfile(id, "7212", "CO-AMA");
    profile.mutable_identity()->set_birth_date("2008-11-25");
    office.Put(Wrap(profile), &consent);
  }
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 11, 24));
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kWithheld);
  house.KeepOn(absl::CivilDay(2026, 11, 25));
  CHECK(house.evaluated() == 3);
  CHECK_FALSE(house.swept());
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
}

// Four people who look alike; the consent of p1 ends on 2026-12-01.
void PutFour(Office& office) {
  for (const char* id : {"p1", "p2", "p3", "p4"}) {
    v1::Consent consent = SampleConsent();
    if (id == std::string("p1")) consent.set_expires("2026-12-01");
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
  }
}

TEST_CASE("a consent ends on its day, and nothing else is read") {
  Office office;
  office.Prepare();
  PutFour(office);
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 12, 1));
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
  house.KeepOn(absl::CivilDay(2026, 12, 2));
  CHECK_FALSE(house.swept());
  CHECK(house.evaluated() <= 1);
  CHECK(office.Row(kPeru, ProfileKey("p1")).reason == "consent");
  CHECK(office.Row(kPeru, ProfileKey("p2")).state == ViewState::kShown);
  CHECK(office.Log(v1::AUDIT_EVENT_CONSENT_WITHDRAWN).size() == 1);
}

TEST_CASE("a person whose key is damaged keeps nobody else's consent alive") {
  Office office;
  office.Prepare();
  PutFour(office);
  v1::Consent shorter = SampleConsent();
  shorter.set_expires("2026-12-01");
  REQUIRE(office.offices.exchange->SetConsent("pes", "p2", &shorter).ok());
  office.RunSql(
      "UPDATE person SET key = key + 1000 WHERE subject ="
      " (SELECT subject FROM subject WHERE id = 'p1')");
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 12, 2));
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kWithheld);
  CHECK(office.Row(kPeru, ProfileKey("p1")).reason == "unreadable");
  CHECK(office.Row(kPeru, ProfileKey("p2")).reason == "consent");
  // Two are left of a class of at least three.
  CHECK(office.Row(kPeru, ProfileKey("p3")).state == ViewState::kHeldBack);
  CHECK(office.Log(v1::AUDIT_EVENT_CONSENT_WITHDRAWN).size() == 1);
  const std::size_t entries = office.Log().size();

  SECTION("it is found again every day, and logged once") {
    house.KeepOn(absl::CivilDay(2026, 12, 3));
    CHECK(office.Log().size() == entries);
  }
  SECTION("and can be erased") {
    CHECK(office.offices.exchange->ErasePerson("pes", "p1").ok());
    CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kGone);
    CHECK_FALSE(office.offices.exchange->Get(ProfileKey("p1")).ok());
  }
}

TEST_CASE("what was received is kept until its day and found by it") {
  Office office;
  office.Prepare();
  std::vector<InboundRow> rows;
  std::vector<std::string> bodies;
  for (int i = 0; i < 20; ++i) {
    v1::Vacancy vacancy = Timeless(absl::StrCat("q", i));
    vacancy.clear_sharing();
    vacancy.clear_provenance();
    bodies.push_back(vacancy.SerializeAsString());
  }
  for (int i = 0; i < 20; ++i) {
    InboundRow row;
    row.seq = static_cast<SeqNo>(i) + 1;
    row.key = {kEcuador, RecordKind::kVacancy, absl::StrCat("q", i)};
    row.upsert = true;
    row.body = bodies[static_cast<std::size_t>(i)];
    row.revision = row.seq;
    if (i < 3) row.retention_days = 10 + i;
    rows.push_back(row);
  }
  office.Write([&](storage::Transaction& transaction) {
    return office.offices.inbox->Apply(transaction, kEcuador, rows, {})
        .status();
  });
  const auto held = [&](int i) {
    return office.offices.exchange->Get(rows[static_cast<std::size_t>(i)].key)
        .ok();
  };
  House house(office);
  house.KeepOn(kToday + 10);
  CHECK(held(0));
  house.KeepOn(kToday + 11);
  CHECK(house.evaluated() == 1);
  CHECK_FALSE(house.swept());
  CHECK_FALSE(held(0));
  CHECK(held(1));
  CHECK(office.Log(v1::AUDIT_EVENT_RECORD_WITHDRAWN).size() == 1);
  house.KeepOn(kToday + 100);
  CHECK(house.evaluated() == 2);
  CHECK_FALSE(held(2));
  CHECK(held(3));
}

TEST_CASE("a database from before the days is filled by one sweep") {
  Office office;
  office.Prepare();
  office.PutAll({Wrap(Closing("v1", "2026-11-25")), Wrap(Timeless("v2"))});
  House house(office);
  house.KeepOn(kToday);
  office.RunSql(
      "UPDATE record SET due = NULL; DELETE FROM document WHERE name IN"
      " ('sweep-by', 'swept-by')");
  House upgraded(office);
  upgraded.KeepOn(kToday);
  CHECK(upgraded.swept());
  CHECK(DueDay(office, VacancyKey("v1")) == absl::CivilDay(2026, 11, 26));
  upgraded.KeepOn(kToday + 1);
  CHECK_FALSE(upgraded.swept());
}

}  // namespace
}  // namespace minga::exchange
