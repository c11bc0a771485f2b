// Each obligation of the closed list, as far as it shapes what crosses; what
// people have to do is in duties_test.cc.
#include "node/exchange/obligations.h"

#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/subject.h"
#include "tests/unit/exchange/obliging.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using federation::ApplyResult;
using federation::InboundRow;
using storage::ViewState;

v1::Vacancy Shown(const Office& office, Country peer, absl::string_view id) {
  const storage::FeedRow row = office.Row(peer, VacancyKey(id));
  REQUIRE(row.state == ViewState::kShown);
  v1::Vacancy vacancy;
  REQUIRE(vacancy.ParseFromString(office.Projected(peer, row).body));
  return vacancy;
}

TEST_CASE("texts are cut between characters") {
  CHECK(FirstCharacters("ñandú", 0) == "");
  CHECK(FirstCharacters("ñandú", 1) == "ñ");
  CHECK(FirstCharacters("ñandú", 5) == "ñandú");
  CHECK(FirstCharacters("ñandú", 99) == "ñandú");
  CHECK(FirstCharacters("a€😀b", 3) == "a€😀");
  CHECK(FirstCharacters("\xff\xfe\xfd", 2) == "\xff\xfe");
}

TEST_CASE("the stricter terms win") {
  const absl::CivilDay june(2027, 6, 30);
  const Terms none;
  const Terms days{30};
  const Terms until{0, june, true};
  CHECK(Stricter(none, days) == days);
  CHECK(Stricter(days, none) == days);
  CHECK(Stricter(days, {20}) == Terms{20});
  CHECK(Stricter(days, until) == Terms{30, june, true});
  CHECK_FALSE(KeepUntil(none, june).has_value());
  CHECK(*KeepUntil(days, june - 100) == june - 70);
  CHECK(*KeepUntil(Terms{30, june}, june - 3) == june);
  // Other terms are another view, and the order of a digest's parts is fixed.
  CHECK(DigestOfShown("x", none) != DigestOfShown("x", days));
  CHECK(DigestOfShown("x", days) != DigestOfShown("x", {30, june}));
  CHECK(DigestOfShown("x", {30, june}) != DigestOfShown("x", {30, june, true}));
}

TEST_CASE("transforms change what is shown, for those whom they are for") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.mutable_texts(0)->set_description("Señal de éxito");
  vacancy.mutable_created_at()->set_seconds(1793491200 + 3661);
  vacancy.mutable_created_at()->set_nanos(5);
  vacancy.mutable_apply()->set_url("https://taller.example/trabajo");
  vacancy.mutable_apply()->set_email("jefe@taller.example");
  vacancy.mutable_apply()->set_phone("+5715550100");
  vacancy.mutable_apply()->set_instructions("Llame al taller.");
  office.Put(Wrap(vacancy));
  const storage::FeedRow before = office.Row(kEcuador, VacancyKey("v1"));
  office.Activate(Obliging(
      SampleNational(), "RECORD_KIND_VACANCY",
      "peers: 'EC' "
      "obligations { transform { operation: OPERATION_ROUND_TO_DAY "
      "field: 'timestamps' } } "
      "obligations { transform { operation: OPERATION_TRUNCATE_TEXT "
      "field: 'description' max_characters: 5 } } "
      "obligations { transform { operation: OPERATION_THROUGH_PES_ONLY "
      "field: 'apply_method' } }"));
  const v1::Vacancy cut = Shown(office, kEcuador, "v1");
  CHECK(cut.texts(0).description() == "Señal");
  CHECK(cut.texts(0).title() == vacancy.texts(0).title());
  CHECK(cut.created_at().seconds() == 1793491200);
  CHECK(cut.created_at().nanos() == 0);
  CHECK(cut.apply().through_pes());
  CHECK(PathsSet(cut.apply()) == std::vector<std::string>{"through_pes"});
  CHECK(office.Row(kEcuador, VacancyKey("v1")).seq != before.seq);
  // Both peers share levels, not transforms.
  const v1::Vacancy whole = Shown(office, kPeru, "v1");
  CHECK(whole.texts(0).description() == "Señal de éxito");
  CHECK(whole.created_at().nanos() == 5);
  CHECK(whole.apply().email() == "jefe@taller.example");
  // A time before 1970 belongs to its own day, and what was not shown is not.
  v1::Vacancy old;
  old.mutable_created_at()->set_seconds(-1);
  policy::Obligations obligations;
  obligations.transforms = {{policy::Transform::Operation::kRoundToDay, 0, 0},
                            {policy::Transform::Operation::kThroughPesOnly}};
  Transform(obligations, old);
  CHECK(old.created_at().seconds() == -86400);
  CHECK_FALSE(old.has_apply());
}

v1::Vacancy WithFee(std::int64_t hundredths) {
  v1::Vacancy vacancy = SampleVacancy("v1");  // 1,800,000.00 COP a month
  v1::Fee& fee = *vacancy.mutable_recruitment()->add_worker_fees();
  fee.set_amount_hundredths(hundredths);
  fee.set_currency("COP");
  return vacancy;
}

TEST_CASE("fees are compared with the first pay") {
  const v1::Vacancy none = SampleVacancy("v1");
  CHECK_FALSE(AsksTooMuch(none, 0));
  CHECK(AsksTooMuch(WithFee(1), 0));
  CHECK_FALSE(AsksTooMuch(WithFee(18000000), 10));  // exactly a tenth
  CHECK(AsksTooMuch(WithFee(18000001), 10));
  v1::Vacancy two = WithFee(10000000);
  *two.mutable_recruitment()->add_worker_fees() =
      two.recruitment().worker_fees(0);
  CHECK(AsksTooMuch(two, 10));
  CHECK_FALSE(AsksTooMuch(two, 12));

  v1::Vacancy fee = WithFee(18000000);
  SECTION("by the year") {
    fee.mutable_pay()->set_interval(v1::PAY_INTERVAL_YEAR);
    fee.mutable_pay()->set_min_hundredths(180000000LL * 12);
    CHECK_FALSE(AsksTooMuch(fee, 10));
    CHECK(AsksTooMuch(fee, 9));
  }
  SECTION("by the week: 52 make a year") {
    fee.mutable_pay()->set_interval(v1::PAY_INTERVAL_WEEK);
    fee.mutable_pay()->set_min_hundredths(41538462);
    CHECK_FALSE(AsksTooMuch(fee, 10));
    fee.mutable_pay()->set_min_hundredths(41538461);
    CHECK(AsksTooMuch(fee, 10));
  }
  SECTION("by the hour, if the hours are said") {
    fee.mutable_pay()->set_interval(v1::PAY_INTERVAL_HOUR);
    fee.mutable_pay()->set_min_hundredths(1000000);
    CHECK(AsksTooMuch(fee, 10));
    fee.mutable_weekly_hours()->set_min(44);  // 190.67 a month
    CHECK_FALSE(AsksTooMuch(fee, 10));
    CHECK(AsksTooMuch(fee, 9));
  }
  SECTION("what cannot be compared is too much") {
    SECTION("no pay") { fee.mutable_pay()->set_min_hundredths(0); }
    SECTION("no amount") {
      fee.mutable_recruitment()->mutable_worker_fees(0)->set_amount_hundredths(
          0);
    }
    SECTION("another currency") {
      fee.mutable_recruitment()->mutable_worker_fees(0)->set_currency("USD");
    }
    SECTION("no currency") {
      fee.mutable_pay()->clear_currency();
      fee.mutable_recruitment()->mutable_worker_fees(0)->clear_currency();
    }
    SECTION("by the day") {
      fee.mutable_pay()->set_interval(v1::PAY_INTERVAL_DAY);
    }
    SECTION("no interval") { fee.mutable_pay()->clear_interval(); }
    CHECK(AsksTooMuch(fee, 100));
  }
  SECTION("the largest amounts do not overflow") {
    fee.mutable_recruitment()->mutable_worker_fees(0)->set_amount_hundredths(
        INT64_MAX);
    fee.mutable_pay()->set_min_hundredths(INT64_MAX);
    CHECK_FALSE(AsksTooMuch(fee, 100));
    CHECK(AsksTooMuch(fee, 99));
  }
}

TEST_CASE("a vacancy that asks too much of the worker does not cross") {
  Office office;
  office.Prepare();
  policy::DocumentSource national =
      Obliging(VacanciesOnly(), "RECORD_KIND_VACANCY",
               "obligations { fee_rule { max_percent_of_first_pay: 10 } }");
  // The sample forbids every fee.
  const std::string forbid(kFeeAsked);
  national.text.replace(national.text.find(forbid), forbid.size(),
                        std::string(kDocumentsRetained));
  office.Activate(national);
  office.Put(Wrap(WithFee(18000000)));
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  office.Put(Wrap(WithFee(18000001)));
  const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "fee");
  // The rule that sets the bound, not one that permits.
  CHECK(absl::StrContains(row.explanation, "co.duty: Ley 1581/2012"));
}

TEST_CASE("a vacancy is offered at home first, with its notice") {
  Office office;
  office.Prepare();
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                           "obligations { national_first_days: 25 } "
                           "obligations { notice: 'Cuota: Ley 1, art. 2' }"));
  office.Put(Wrap(SampleVacancy("v1")));  // made on 2026-11-01
  CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "national-first");
  office.clock.Advance(absl::Hours(24 * 5));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  const v1::Vacancy shown = Shown(office, kEcuador, "v1");
  REQUIRE(shown.notices().size() == 1);
  CHECK(shown.notices(0).citation() == "Cuota: Ley 1, art. 2");
}

TEST_CASE("terms go with the record, and past the last day nothing leaves") {
  Office office;
  office.Prepare();
  v1::Vacancy open_ended = SampleVacancy("v1");
  open_ended.clear_closing_date();
  office.Put(Wrap(open_ended));
  const storage::FeedRow before = office.Row(kEcuador, VacancyKey("v1"));
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                           "obligations { retention_days: 90 } "
                           "obligations { retention_until: '2026-12-01' } "
                           "obligations { no_onward_transfer: true }"));
  const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(row.seq != before.seq);  // stricter terms are a change
  const federation::Projection sent = office.Projected(kEcuador, row);
  CHECK(sent.retention_days == 90);
  CHECK(sent.retention_until == absl::CivilDay(2026, 12, 1));
  CHECK(sent.no_onward_transfer);

  office.clock.Advance(absl::Hours(24 * 10));  // 1 December
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  office.clock.Advance(absl::Hours(24));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "expired");
}

ApplyResult Receive(Office& office, const InboundRow& row) {
  ApplyResult result;
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        result, office.offices.inbox->Apply(transaction, kEcuador, {row}, {}));
    return absl::OkStatus();
  });
  return result;
}

std::optional<ReceivedBody> Kept(const Office& office, const RecordKey& key,
                                 std::string& bytes) {
  std::optional<ReceivedBody> kept;
  const absl::Status read =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        const auto record = snapshot.records().Get(key);
        if (!record.ok() || !record->has_value()) return record.status();
        bytes = (*record)->body;
        kept = *DecodeReceived(bytes);
        return absl::OkStatus();
      });
  REQUIRE(read.ok());
  return kept;
}

std::uint64_t Ended(const Office& office) {
  std::uint64_t ended = 0;
  const absl::Status read =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        const auto count = office.offices.inbox->RetentionEnded(
            snapshot.documents(), kEcuador);
        if (count.ok()) ended = *count;
        return count.status();
      });
  REQUIRE(read.ok());
  return ended;
}

v1::Vacancy FromEcuador() {
  v1::Vacancy vacancy = SampleVacancy("q1");
  vacancy.clear_sharing();
  vacancy.clear_provenance();
  vacancy.clear_closing_date();
  vacancy.mutable_locations(0)->set_country("EC");
  vacancy.mutable_locations(0)->set_subdivision("EC-P");
  return vacancy;
}

TEST_CASE("a receiver carries the terms of both sides") {
  Office office;
  office.Prepare();
  const std::string body = FromEcuador().SerializeAsString();
  InboundRow row;
  row.seq = 1;
  row.key = {kEcuador, RecordKind::kVacancy, "q1"};
  row.upsert = true;
  row.body = body;
  row.retention_days = 90;
  row.retention_until = absl::CivilDay(2026, 12, 24);
  row.no_onward_transfer = true;
  CHECK(Receive(office, row).applied == 1);
  std::string bytes;
  std::optional<ReceivedBody> kept = Kept(office, row.key, bytes);
  REQUIRE(kept.has_value());
  CHECK(kept->keep_until == absl::CivilDay(2026, 12, 24));
  CHECK(kept->no_onward_transfer);
  CHECK(kept->message == body);

  SECTION("erased after the last day, and counted for the receipt") {
    office.clock.Advance(absl::Hours(24 * 33));
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
    CHECK(office.offices.exchange->Get(row.key).ok());
    CHECK(Ended(office) == 0);
    office.clock.Advance(absl::Hours(24));
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
    CHECK_FALSE(office.offices.exchange->Get(row.key).ok());
    CHECK(Ended(office) == 1);
    // Late: what should be gone is not taken again.
    const ApplyResult late = Receive(office, row);
    REQUIRE(late.rejected.size() == 1);
    CHECK(late.rejected[0].reason == "retention_until: has passed");
  }
  SECTION("our own law is stricter") {
    office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                             "obligations { retention_days: 7 }",
                             "DIRECTION_RECEIVE"));
    row.seq = 2;
    CHECK(Receive(office, row).applied == 1);
    kept = Kept(office, row.key, bytes);
    REQUIRE(kept.has_value());
    CHECK(kept->keep_until == absl::CivilDay(2026, 11, 28));
  }
  SECTION("without terms nothing is marked") {
    row.retention_days = 0;
    row.retention_until = absl::CivilDay::max();
    row.no_onward_transfer = false;
    CHECK(Receive(office, row).applied == 1);
    kept = Kept(office, row.key, bytes);
    REQUIRE(kept.has_value());
    CHECK_FALSE(kept->keep_until.has_value());
    CHECK_FALSE(kept->no_onward_transfer);
  }
  // What was received is in no feed, whatever is swept.
  office.AddPeer(Country::Of("BR"));
  office.Activate(SampleNational());
  for (const Country peer : {kEcuador, kPeru, Country::Of("BR")}) {
    CHECK(office.Feed(peer).empty());
  }
}

TEST_CASE("our own obligations about what comes in") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = FromEcuador();
  vacancy.mutable_texts(0)->set_description("Señal de éxito");
  v1::Fee& fee = *vacancy.mutable_recruitment()->add_worker_fees();
  fee.set_amount_hundredths(100);
  fee.set_currency("COP");
  const std::string body = vacancy.SerializeAsString();
  InboundRow row;
  row.seq = 1;
  row.key = {kEcuador, RecordKind::kVacancy, "q1"};
  row.upsert = true;
  row.body = body;
  const auto oblige = [&](absl::string_view obligations) {
    office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                             obligations, "DIRECTION_RECEIVE"));
    return Receive(office, row);
  };
  SECTION("fees") {
    CHECK(oblige("obligations { fee_rule { max_percent_of_first_pay: 1 } }")
              .applied == 1);
    office.Activate(
        Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                 "obligations { fee_rule { max_percent_of_first_pay: 0 } }",
                 "DIRECTION_RECEIVE"));
    // What is held must meet the new law too.
    CHECK_FALSE(office.offices.exchange->Get(row.key).ok());
    const ApplyResult result = Receive(office, row);
    REQUIRE(result.rejected.size() == 1);
    CHECK(absl::StartsWith(result.rejected[0].reason, "fee_rule: "));
    CHECK_FALSE(office.offices.exchange->Get(row.key).ok());
  }
  SECTION("transforms and notices") {
    CHECK(oblige("obligations { transform { operation: "
                 "OPERATION_TRUNCATE_TEXT field: 'description' "
                 "max_characters: 2 } } obligations { notice: 'Ley 9' }")
              .applied == 1);
    const auto found = office.offices.exchange->Get(row.key);
    REQUIRE(found.ok());
    CHECK(found->record->vacancy().texts(0).description() == "Se");
    REQUIRE(found->record->vacancy().notices().size() == 1);
    CHECK(found->record->vacancy().notices(0).citation() == "Ley 9");
  }
  SECTION("what comes in cannot be held") {
    office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                             "obligations { hold_for_officer: true }",
                             "[DIRECTION_SEND, DIRECTION_RECEIVE]"));
    CHECK(Receive(office, row).rejected.size() == 1);
  }
}

}  // namespace
}  // namespace minga::exchange
