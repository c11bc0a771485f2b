// What a stricter law, a later day or a missing notice takes back.
#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/facts.h"
#include "node/exchange/subject.h"
#include "tests/unit/exchange/house.h"
#include "tests/unit/exchange/obliging.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using federation::InboundRow;
using storage::ViewState;

const RecordKey& Foreign() {
  static const auto* const key =
      new RecordKey{kEcuador, RecordKind::kVacancy, "q1"};
  return *key;
}

// Takes in vacancy "q1" of Ecuador, kept `retention_days`.
void Receive(Office& office, int retention_days = 0) {
  v1::Vacancy vacancy = SampleVacancy("q1");
  vacancy.clear_sharing();
  vacancy.clear_provenance();
  vacancy.clear_closing_date();
  vacancy.mutable_locations(0)->set_country("EC");
  vacancy.mutable_locations(0)->set_subdivision("EC-P");
  const std::string body = vacancy.SerializeAsString();
  InboundRow row;
  row.seq = 1;
  row.key = Foreign();
  row.upsert = true;
  row.body = body;
  row.revision = 1;
  row.retention_days = retention_days;
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        const federation::ApplyResult result,
        office.offices.inbox->Apply(transaction, kEcuador, {row}, {}));
    CHECK(result.applied == 1);
    return absl::OkStatus();
  });
}

storage::StoredRecord Held(const Office& office) {
  storage::StoredRecord held;
  const absl::Status read = office.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const auto record,
                               snapshot.records().Get(Foreign()));
        if (!record.has_value()) return absl::NotFoundError("nothing held");
        held = *record;
        return absl::OkStatus();
      });
  INFO(read.ToString());
  REQUIRE(read.ok());
  return held;
}

// `national` with a rule that forbids `fields` of vacancies.
policy::DocumentSource Forbidding(policy::DocumentSource national,
                                  absl::string_view fields,
                                  absl::string_view direction) {
  national.text.erase(national.text.rfind('}'));
  absl::StrAppend(&national.text,
                  "rules { id: 'co.less' effect: EFFECT_FORBID directions: ",
                  direction, " kinds: RECORD_KIND_VACANCY fields: ", fields,
                  " level: LEVEL_SUPPRESS "
                  "citations { statute: 'Ley 1581/2012' article: 'art. 17' "
                  "certainty: CERTAINTY_VERIFIED } }\n}\n");
  return national;
}

TEST_CASE("what is held is narrowed to what the law lets in now") {
  Office office;
  office.Prepare();
  Receive(office, 30);
  const storage::StoredRecord before = Held(office);
  const policy::DocumentSource less = Forbidding(
      SampleNational(), "['pay', 'employer.name']", "DIRECTION_RECEIVE");
  office.Activate(less);
  const storage::StoredRecord after = Held(office);
  const auto old_body = DecodeReceived(before.body);
  const auto body = DecodeReceived(after.body);
  REQUIRE(old_body.ok());
  REQUIRE(body.ok());
  CHECK(body->keep_until == old_body->keep_until);
  CHECK(body->epoch == old_body->epoch);
  v1::Vacancy vacancy;
  REQUIRE(vacancy.ParseFromArray(body->message.data(),
                                 static_cast<int>(body->message.size())));
  CHECK_FALSE(vacancy.has_pay());
  CHECK(vacancy.employer().name().empty());
  CHECK(vacancy.texts(0).title() == "Soldador de estructuras");
  // A row of its own: the index comes to see it.
  CHECK(after.row > before.row);
  const auto log = office.Log(v1::AUDIT_EVENT_RECORD_RECEIVED);
  REQUIRE(log.size() == 2);
  CHECK(log[1].detail() == "policy");

  SECTION("once") {
    office.Activate(Obliging(less, "RECORD_KIND_VACANCY",
                             "obligations { erase_within_hours: 24 }"));
    CHECK(Held(office).row == after.row);
  }
  SECTION("texts are cut and notices added too") {
    office.Activate(
        Obliging(less, "RECORD_KIND_VACANCY",
                 "obligations { transform { operation: OPERATION_TRUNCATE_TEXT "
                 "field: 'description' max_characters: 2 } } "
                 "obligations { notice: 'Ley 9' }",
                 "DIRECTION_RECEIVE"));
    const auto found = office.offices.exchange->Get(Foreign());
    REQUIRE(found.ok());
    CHECK(found->record->vacancy().texts(0).description() == "Ta");
    REQUIRE(found->record->vacancy().notices().size() == 1);
  }
}

TEST_CASE("a record past its last day is not shown before it is erased") {
  Office office;
  office.Prepare();
  Receive(office, 10);
  office.indexer->Start();
  REQUIRE(office.indexer->CatchUp().ok());
  const auto found = [&office] {
    storage::SearchQuery query;
    query.text = "soldador";
    const auto page = office.offices.exchange->Search(query);
    REQUIRE(page.ok());
    return page->hits.size();
  };
  office.clock.Advance(absl::Hours(24 * 10));
  CHECK(office.offices.exchange->Get(Foreign()).ok());
  CHECK(found() == 1);
  office.clock.Advance(absl::Hours(24));
  CHECK(found() == 0);
  CHECK(office.offices.exchange->Get(Foreign()).status().code() ==
        absl::StatusCode::kNotFound);
  CHECK(Held(office).key == Foreign());
}

TEST_CASE("a consent holds from the day it names") {
  Office office;
  office.Prepare();
  v1::Consent consent = SampleConsent();
  consent.set_given_on("2026-11-25");
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
  }
  CHECK(office.Row(kPeru, ProfileKey("p1")).reason == "consent");
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 11, 24));
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kWithheld);
  house.KeepOn(absl::CivilDay(2026, 11, 25));
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
}

TEST_CASE("without the notice that the law asks for nothing crosses") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  office.Activate(Obliging(
      Forbidding(SampleNational(), "'quota_notice'", "DIRECTION_SEND"),
      "RECORD_KIND_VACANCY", "peers: 'EC' obligations { notice: 'Ley 9' }"));
  const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "obligation");
  CHECK(row.explanation == "the notice that the law asks for may not be shown");
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
}

TEST_CASE("what an officer released is explained as it is seen") {
  Office office;
  office.Prepare();
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                           "obligations { hold_for_officer: true }"));
  office.Put(Wrap(SampleVacancy("v1")));
  const Exchange& exchange = *office.offices.exchange;
  CHECK_FALSE(exchange.Explain(VacancyKey("v1"), kPeru)->decision.permitted);
  REQUIRE(office.offices.releases
              ->Release("officer:ana", VacancyKey("v1"), kPeru, "vista")
              .ok());
  const auto released = exchange.Explain(VacancyKey("v1"), kPeru);
  REQUIRE(released.ok());
  CHECK(released->decision.permitted);
  CHECK(released->decision.levels[0].raw());
  CHECK(released->row->state == ViewState::kShown);
  CHECK_FALSE(exchange.Explain(VacancyKey("v1"), kEcuador)->decision.permitted);
}

}  // namespace
}  // namespace minga::exchange
