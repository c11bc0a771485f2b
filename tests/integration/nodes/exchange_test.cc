// Two real nodes: what crosses, what does not, and what comes back.
#include <catch2/catch.hpp>

#include "tests/integration/nodes/federation_fixture.h"

namespace minga::testing {
namespace {

constexpr auto kVacancy = v1::RECORD_KIND_VACANCY;
constexpr auto kProfile = v1::RECORD_KIND_PROFILE;

using Admin = v1::AdminService::StubInterface;
using Pes = v1::PesService::StubInterface;

TEST_CASE("a vacancy crosses once both have signed, and not before",
          "[integration]") {
  TwoCountries two;
  MustPut(*two.co, {two.OpenVacancy("v1", "soldador de tubería")});
  CHECK(Views(*two.co, "EC", "shown", kVacancy) == 0);

  two.MustJoin();
  CHECK(WaitFor([&] { return Finds(*two.ec, "soldadores tuberia", "v1"); },
                kPatience));
  CHECK(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));
}

TEST_CASE("what came before our own signature is asked for again",
          "[integration]") {
  TwoCountries two;
  v1::Record ours = two.OpenVacancy("e1", "tejedora");
  ours.mutable_vacancy()->mutable_locations(0)->set_country("EC");
  MustPut(*two.ec, {ours});
  REQUIRE(AddPeer(*two.co, *two.ec).ok());
  REQUIRE(AddPeer(*two.ec, *two.co).ok());
  absl::StatusOr<std::string> note = DraftMou(*two.co, *two.ec);
  INFO(note.status());
  REQUIRE(note.ok());
  REQUIRE(SignMou(*two.co, *note).ok());
  // In force for Ecuador, which sends; Colombia has not seen its signature.
  REQUIRE(SignMou(*two.ec, *note).ok());
  CHECK(WaitFor([&] { return two.co->Peer("EC").records_rejected() > 0; },
                kPatience));
  CHECK(Held(*two.co, "EC", kVacancy) == 0);

  REQUIRE(SignMou(*two.co, *note).ok());
  CHECK(WaitFor([&] { return Finds(*two.co, "tejedora", "e1"); }, kPatience));
}

TEST_CASE("a record that the law withholds stays at home", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  v1::Record fee = two.OpenVacancy("fee", "obrero con cuota");
  v1::Fee& asked =
      *fee.mutable_vacancy()->mutable_recruitment()->add_worker_fees();
  asked.set_category(v1::FEE_CATEGORY_RECRUITMENT);
  asked.set_amount_hundredths(100000);
  asked.set_currency("COP");
  v1::Record home = two.OpenVacancy("home", "obrero de casa");
  home.mutable_vacancy()->mutable_sharing()->set_cross_border(false);
  MustPut(*two.co, {fee, home, two.OpenVacancy("free", "obrero libre")});

  REQUIRE(WaitFor([&] { return Finds(*two.ec, "obrero", "free"); }, kPatience));
  CHECK_FALSE(Finds(*two.ec, "obrero", "fee"));
  CHECK_FALSE(Finds(*two.ec, "obrero", "home"));
  CHECK(Held(*two.ec, "CO", kVacancy) == 1);

  v1::ExplainDecisionRequest why;
  why.mutable_key()->set_country("CO");
  why.mutable_key()->set_kind(kVacancy);
  why.mutable_key()->set_id("fee");
  why.set_peer("EC");
  const auto answer =
      rpc::Call(two.co->client().admin(), &Admin::ExplainDecision, why);
  REQUIRE(answer.ok());
  CHECK_FALSE(answer->permitted());
  bool cites_the_fee_ban = false;
  for (const v1::TracedRule& rule : answer->deciding()) {
    for (const std::string& citation : rule.citations()) {
      if (rule.forbids() && citation.find("1636") != std::string::npos) {
        cites_the_fee_ban = true;
      }
    }
  }
  CHECK(cites_the_fee_ban);
}

TEST_CASE("a withdrawal erases at the peer and comes back as a receipt",
          "[integration]") {
  TwoCountries two;
  two.MustJoin();
  MustPut(*two.co, {two.OpenVacancy("v1", "panadero")});
  REQUIRE(WaitFor([&] { return Finds(*two.ec, "panadero", "v1"); }, kPatience));

  v1::WithdrawRecordRequest withdraw;
  withdraw.mutable_key()->set_country("CO");
  withdraw.mutable_key()->set_kind(kVacancy);
  withdraw.mutable_key()->set_id("v1");
  withdraw.set_reason("closed");
  const auto told =
      rpc::Call(two.co->client().pes(), &Pes::WithdrawRecord, withdraw);
  REQUIRE(told.ok());
  CHECK(told->peers_told() == 1);

  v1::TraceRecordRequest trace;
  *trace.mutable_key() = withdraw.key();
  trace.set_peer("EC");
  v1::TraceRecordResponse traced;
  CHECK(WaitFor(
      [&] {
        auto answer =
            rpc::Call(two.co->client().admin(), &Admin::TraceRecord, trace);
        if (answer.ok()) traced = *answer;
        return traced.acknowledged();
      },
      kPatience));
  CHECK(traced.receipt_note().find("minga/receipt/v1") == 0);
  CHECK(Held(*two.ec, "CO", kVacancy) == 0);
  CHECK(WaitFor([&] { return !Finds(*two.ec, "panadero", "v1"); }, kPatience));
}

TEST_CASE("profiles cross only in classes of k, and consent withdraws them",
          "[integration]") {
  TwoCountries two;
  two.MustJoin();
  v1::PutRecordsRequest request;
  for (int i = 0; i < 300; ++i) {
    auto [profile, consent] =
        two.samples.Person(Country::Of("CO"), static_cast<std::uint64_t>(i));
    if (consent) (*request.mutable_consents())[profile.id()] = *consent;
    *request.add_records()->mutable_profile() = std::move(profile);
  }
  const auto put = rpc::Call(two.co->client().pes(), &Pes::PutRecords, request);
  INFO(put.status());
  REQUIRE(put.ok());
  const std::int64_t shown = Views(*two.co, "EC", "shown", kProfile);
  CHECK(shown >= 5);
  CHECK(Views(*two.co, "EC", "withheld", kProfile) > 0);
  CHECK(Views(*two.co, "EC", "held back", kProfile) > 0);
  REQUIRE(WaitFor([&] { return InStep(*two.co, *two.ec); }, kPatience));
  CHECK(Held(*two.ec, "CO", kProfile) == shown);

  // Nothing beside the pseudonym tells one person from another, or joins what
  // two peers see: the revision is the same number in every feed.
  v1::SearchRecordsRequest search;
  search.set_kind(kProfile);
  REQUIRE(WaitFor([&] { return two.ec->Status().index_lag_rows() == 0; },
                  kPatience));
  const auto found =
      rpc::Call(two.ec->client().pes(), &Pes::SearchRecords, search);
  REQUIRE(found.ok());
  REQUIRE(found->hits_size() > 0);
  v1::GetRecordRequest get;
  *get.mutable_key() = found->hits(0).key();
  const auto got = rpc::Call(two.ec->client().pes(), &Pes::GetRecord, get);
  REQUIRE(got.ok());
  CHECK(got->revision() == 0);

  for (const v1::Record& record : request.records()) {
    v1::SetConsentRequest none;
    none.set_person(record.profile().id());
    const auto withdrawn =
        rpc::Call(two.co->client().pes(), &Pes::SetConsent, none);
    INFO(withdrawn.status());
    REQUIRE(withdrawn.ok());
  }
  CHECK(Views(*two.co, "EC", "shown", kProfile) == 0);
  CHECK(WaitFor([&] { return Held(*two.ec, "CO", kProfile) == 0; }, kPatience));
}

TEST_CASE("the logs of both sides verify after an exchange", "[integration]") {
  TwoCountries two;
  two.MustJoin();
  MustPut(*two.co, {two.OpenVacancy("v1", "herrera")});
  REQUIRE(WaitFor([&] { return Finds(*two.ec, "herrera", "v1"); }, kPatience));
  for (NodeProcess* node : {two.co.get(), two.ec.get()}) {
    std::string output;
    CHECK(RunMinga("--data " + node->data() + " audit verify", &output) == 0);
    CHECK(output.find("the log holds") == 0);
  }
}

}  // namespace
}  // namespace minga::testing
