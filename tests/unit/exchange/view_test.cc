// What each peer sees, and when that changes.
#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;
using Outcome = storage::PutResult::Outcome;

v1::Vacancy ForPeru(v1::Vacancy vacancy) {
  vacancy.mutable_sharing()->add_countries("PE");
  return vacancy;
}

TEST_CASE("a vacancy is shown to the peers it is shared with") {
  Office office;
  office.Prepare();
  CHECK(office.Put(Wrap(ForPeru(SampleVacancy("v1")))) == Outcome::kInserted);

  const storage::FeedRow peru = office.Row(kPeru, VacancyKey("v1"));
  CHECK(peru.state == ViewState::kShown);
  CHECK(peru.seq == 1);
  CHECK(peru.reason == "permit");
  CHECK(peru.explanation ==
        "co.vacancy: Ley 1636/2013 art. 31; mou.all: Memorando cláusula 1");

  const storage::FeedRow ecuador = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(ecuador.state == ViewState::kWithheld);
  CHECK(ecuador.seq == 0);
  CHECK(ecuador.reason == "policy");
  CHECK(absl::StrContains(ecuador.explanation, "co.vacancy"));
  CHECK(office.Feed(kEcuador).empty());

  const std::vector<v1::AuditEntry> permits =
      office.Log(v1::AUDIT_EVENT_DECISION_PERMIT);
  REQUIRE(permits.size() == 1);
  CHECK(permits[0].peer() == "PE");
  CHECK(permits[0].record_id() == "v1");
  CHECK(permits[0].actor() == "pes");
  CHECK(permits[0].seq() == peru.seq);
  CHECK(office.BasisOf(permits[0]).reason() == "permit");
  CHECK(office.Log(v1::AUDIT_EVENT_DECISION_WITHHOLD).size() == 1);

  v1::Vacancy sent;
  REQUIRE(sent.ParseFromString(office.Projected(kPeru, peru).body));
  CHECK(sent.texts(0).title() == "Soldador de estructuras");
  CHECK_FALSE(sent.has_sharing());
  CHECK(sent.provenance().empty());
}

TEST_CASE("a forbidden vacancy names the article") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.mutable_recruitment()->add_worker_fees()->set_category(
      v1::FEE_CATEGORY_MEDICAL);
  office.Put(Wrap(vacancy));
  const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "policy");
  CHECK(row.explanation == "co.fee-asked: Ley 1636/2013 art. 36");
}

TEST_CASE("the state machine of a view: upsert, nothing, delete") {
  Office office;
  office.Prepare();
  v1::Vacancy vacancy = SampleVacancy("v1");
  office.Put(Wrap(vacancy));
  CHECK(office.Row(kEcuador, VacancyKey("v1")).seq == 1);
  const std::size_t entries = office.Log().size();

  SECTION("the same again changes nothing and logs nothing") {
    CHECK(office.Put(Wrap(vacancy)) == Outcome::kUnchanged);
    CHECK(office.Last(kEcuador) == 1);
    CHECK(office.Log().size() == entries);
  }
  SECTION("a change that no peer sees changes no view") {
    vacancy.set_provenance("another system");
    CHECK(office.Put(Wrap(vacancy)) == Outcome::kReplaced);
    CHECK(office.Last(kEcuador) == 1);
    CHECK(office.Log().size() == entries);
  }
  SECTION("a change that a peer sees moves the row to the end") {
    vacancy.set_openings(7);
    CHECK(office.Put(Wrap(vacancy)) == Outcome::kReplaced);
    CHECK(office.Row(kEcuador, VacancyKey("v1")).seq == 2);
    CHECK(office.Feed(kEcuador).size() == 1);
    CHECK(office.Log(v1::AUDIT_EVENT_DECISION_PERMIT).size() == 4);
  }
  SECTION("a closed one is withdrawn") {
    vacancy.set_status(v1::VACANCY_STATUS_CLOSED);
    office.Put(Wrap(vacancy));
    const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
    CHECK(row.state == ViewState::kGone);
    CHECK(row.seq == 2);
    CHECK(row.reason == "closed");
    CHECK(office.Log(v1::AUDIT_EVENT_WITHDRAWAL).size() == 2);
    office.Acknowledge(kEcuador, 2);

    vacancy.set_status(v1::VACANCY_STATUS_OPEN);
    office.Put(Wrap(vacancy));
    CHECK(office.Row(kEcuador, VacancyKey("v1")).seq == 3);
    CHECK(office.Row(kPeru, VacancyKey("v1")).seq == 3);
  }
  SECTION("one that may no longer be seen is withdrawn from that peer only") {
    office.Put(Wrap(ForPeru(vacancy)));
    CHECK(office.Row(kPeru, VacancyKey("v1")).seq == 1);
    const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
    CHECK(row.state == ViewState::kWithheld);
    CHECK(row.seq == 2);
  }
  SECTION("a withdrawn one is erased and its peers are told") {
    const auto told =
        office.offices.exchange->Withdraw("pes", VacancyKey("v1"), "filled");
    REQUIRE(told.ok());
    CHECK(*told == 2);
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "filled");
    CHECK(office.offices.exchange->Get(VacancyKey("v1")).status().code() ==
          absl::StatusCode::kNotFound);
    CHECK(office.offices.exchange->Withdraw("pes", VacancyKey("v1"), "")
              .status()
              .code() == absl::StatusCode::kNotFound);
    CHECK(office.Log(v1::AUDIT_EVENT_RECORD_ERASED).size() == 1);
    // The same id again is a new record.
    CHECK(office.Put(Wrap(vacancy)) == Outcome::kInserted);
    CHECK(office.Row(kEcuador, VacancyKey("v1")).seq == 3);
  }
}

TEST_CASE("bad records are answered, good ones go in") {
  Office office;
  office.Prepare();
  v1::Vacancy bad = SampleVacancy("v2");
  bad.mutable_pay()->set_min_hundredths(-5);
  v1::Vacancy other = SampleVacancy("v1");
  other.set_openings(9);
  const std::vector<PutOutcome> outcomes =
      office.PutAll({Wrap(SampleVacancy("v1")), Wrap(bad), v1::Record(),
                     Wrap(other), Wrap(SampleVacancy("v1"))});
  REQUIRE(outcomes.size() == 5);
  CHECK(outcomes[0].status.ok());
  CHECK(outcomes[0].revision > 0);
  CHECK(outcomes[1].status.message() ==
        "pay.min_hundredths: must not be negative, is `-5`");
  CHECK(outcomes[2].status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(outcomes[3].status.code() == absl::StatusCode::kAlreadyExists);
  CHECK(outcomes[4].status.ok());
  CHECK(outcomes[4].outcome == Outcome::kUnchanged);
  CHECK(outcomes[4].revision == outcomes[0].revision);
  CHECK(office.Feed(kPeru).size() == 1);
}

TEST_CASE("a dry run stores nothing") {
  Office office;
  office.Prepare();
  const v1::Record record = Wrap(SampleVacancy("v1"));
  const auto outcomes =
      office.offices.exchange->Put("pes", {&record}, {}, true);
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].status.ok());
  CHECK((*outcomes)[0].outcome == Outcome::kInserted);
  CHECK_FALSE(office.offices.exchange->Get(VacancyKey("v1")).ok());
  office.Put(record);
  const auto again = office.offices.exchange->Put("pes", {&record}, {}, true);
  REQUIRE(again.ok());
  CHECK((*again)[0].outcome == Outcome::kUnchanged);
}

TEST_CASE("without a policy, an agreement or a peer nothing leaves") {
  Office office;
  office.Put(Wrap(SampleVacancy("v1")));
  office.AddPeer(kEcuador);
  storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "policy");
  CHECK(office.Activate(SampleNational()) == 1);  // another reason
  CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "mou");
  CHECK(office.SignMou(kEcuador) == 1);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(office.offices.desk->NationalName() == "co.textproto");

  SECTION("and a restart finds the same law") {
    office.Restart();
    CHECK(office.offices.desk->NationalName() == "co.textproto");
    office.Put(Wrap(SampleVacancy("v2")));
    CHECK(office.Row(kEcuador, VacancyKey("v2")).state == ViewState::kShown);
  }
}

TEST_CASE("a broken policy leaves the one in force") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  const Digest before = office.offices.desk->InForce()->hash();
  const auto activated = office.offices.desk->Activate(
      "operator", PolicyDocument::kNational,
      {"bad.textproto", "national_policy { country: 'CO' rulez {} }"});
  CHECK(activated.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(absl::StrContains(activated.status().message(), "bad.textproto:1:"));
  CHECK(office.offices.desk->InForce()->hash() == before);
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
}

TEST_CASE("an override withdraws, and an agreement ends by date") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));

  SECTION("override") {
    const auto changed = office.offices.desk->Activate(
        "operator", PolicyDocument::kOverride,
        {"node.textproto",
         "node_override { country: 'CO' rules { id: 'stop' effect: "
         "EFFECT_FORBID directions: DIRECTION_SEND kinds: RECORD_KIND_VACANCY "
         "fields: '*' peers: 'PE' } }"});
    REQUIRE(changed.ok());
    CHECK(*changed == 1);
    const storage::FeedRow row = office.Row(kPeru, VacancyKey("v1"));
    CHECK(row.state == ViewState::kWithheld);
    CHECK(row.reason == "override");
    CHECK(row.seq == 2);
    CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  }
  SECTION("the vacancy's closing date") {
    office.clock.Set(absl::FromUnixSeconds(1798761600));  // 2027-01-01
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
    const storage::FeedRow row = office.Row(kPeru, VacancyKey("v1"));
    CHECK(row.state == ViewState::kGone);
    CHECK(row.reason == "expired");
  }
  SECTION("the agreement's last day") {
    v1::Vacancy open_ended = SampleVacancy("v1");
    open_ended.clear_closing_date();
    office.Put(Wrap(open_ended));
    office.clock.Set(absl::FromUnixSeconds(1814400000));  // 2027-07-01
    const auto next = office.offices.exchange->Housekeep(office.clock.Now());
    REQUIRE(next.ok());
    CHECK(*next == absl::FromUnixSeconds(1814400000 + 86400));
    const storage::FeedRow row = office.Row(kPeru, VacancyKey("v1"));
    CHECK(row.state == ViewState::kWithheld);
    CHECK(row.reason == "mou");
    CHECK(row.seq == 3);
  }
}

TEST_CASE("a suspended peer sees nothing and sees it again when resumed") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  office.SetPeerState(kPeru, storage::PeerState::kSuspended);
  storage::FeedRow row = office.Row(kPeru, VacancyKey("v1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "suspended");
  CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
  office.SetPeerState(kPeru, storage::PeerState::kActive);
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
}

TEST_CASE("a stale view is not sent and is evaluated again") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  const storage::FeedRow row = office.Row(kPeru, VacancyKey("v1"));
  // The day passes, and nobody has kept house yet.
  office.clock.Set(absl::FromUnixSeconds(1798761600));
  const absl::Status read =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        return office.offices.projector->Project(snapshot, kPeru, row).status();
      });
  CHECK(read.code() == absl::StatusCode::kFailedPrecondition);
  office.offices.projector->Reevaluate(kPeru, {VacancyKey("v1")});
  office.Write([](storage::Transaction&) { return absl::OkStatus(); });
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kGone);
}

TEST_CASE("a view is explained") {
  Office office;
  office.Prepare();
  office.Put(Wrap(ForPeru(SampleVacancy("v1"))));
  const auto peru = office.offices.exchange->Explain(VacancyKey("v1"), kPeru);
  REQUIRE(peru.ok());
  CHECK(peru->decision.permitted);
  REQUIRE(peru->row.has_value());
  CHECK(peru->row->state == ViewState::kShown);
  const auto ecuador =
      office.offices.exchange->Explain(VacancyKey("v1"), kEcuador);
  REQUIRE(ecuador.ok());
  CHECK_FALSE(ecuador->decision.permitted);
  CHECK_FALSE(ecuador->explanation.nearest.empty());
  CHECK(office.offices.exchange->Explain(VacancyKey("v9"), kPeru)
            .status()
            .code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a sweep that a crash interrupted is finished") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  // As a crash leaves it: the peer is suspended, the mark stands.
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    auto row = transaction.peers().Get(kPeru);
    (*row)->state = storage::PeerState::kSuspended;
    absl::Status put = transaction.peers().Put(**row);
    return put.ok() ? transaction.documents().Put("sweep", "under way") : put;
  });
  office.Restart();
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "suspended");
}

}  // namespace
}  // namespace minga::exchange
