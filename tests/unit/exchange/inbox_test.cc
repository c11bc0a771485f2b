// What peers send, honest and not.
#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "federation/restored.h"
#include "node/base/status.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using federation::ApplyResult;
using federation::InboundRejection;
using federation::InboundRow;

RecordKey FromEcuador(absl::string_view id) {
  return {kEcuador, RecordKind::kVacancy, std::string(id)};
}

// A vacancy as Ecuador's node projects it.
v1::Vacancy Received(absl::string_view id) {
  v1::Vacancy vacancy = SampleVacancy(id);
  vacancy.clear_sharing();
  vacancy.clear_provenance();
  vacancy.mutable_locations(0)->set_country("EC");
  vacancy.mutable_locations(0)->set_subdivision("EC-P");
  return vacancy;
}

InboundRow Upsert(SeqNo seq, const RecordKey& key, const std::string& body) {
  InboundRow row;
  row.seq = seq;
  row.key = key;
  row.upsert = true;
  row.body = body;
  row.revision = seq;
  return row;
}

ApplyResult Apply(Office& office, const std::vector<InboundRow>& rows) {
  ApplyResult result;
  std::vector<InboundRejection> rejected =
      office.offices.inbox->Validate(kEcuador, rows);
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        result, office.offices.inbox->Apply(transaction, kEcuador, rows,
                                            std::move(rejected)));
    return absl::OkStatus();
  });
  return result;
}

TEST_CASE("a received vacancy is stored, found and withdrawn") {
  Office office;
  office.Prepare();
  const std::string body = Received("q1").SerializeAsString();
  const ApplyResult result =
      Apply(office, {Upsert(1, FromEcuador("q1"), body)});
  CHECK(result.applied == 1);
  CHECK(result.rejected.empty());
  const auto found = office.offices.exchange->Get(FromEcuador("q1"));
  REQUIRE(found.ok());
  CHECK(found->record->vacancy().texts(0).title() == "Soldador de estructuras");
  CHECK(office.Log(v1::AUDIT_EVENT_RECORD_RECEIVED).size() == 1);
  // It is not ours to show to others.
  CHECK(office.Feed(kPeru).empty());

  SECTION("again is harmless") {
    CHECK(Apply(office, {Upsert(1, FromEcuador("q1"), body)}).applied == 1);
    CHECK(office.Log(v1::AUDIT_EVENT_RECORD_RECEIVED).size() == 1);
  }
  SECTION("a DELETE erases it, also twice") {
    InboundRow row;
    row.seq = 2;
    row.key = FromEcuador("q1");
    row.reason = "closed";
    CHECK(Apply(office, {row}).withdrawn == 1);
    CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());
    CHECK(Apply(office, {row}).withdrawn == 1);
    CHECK(office.Log(v1::AUDIT_EVENT_RECORD_WITHDRAWN).size() == 1);
  }
  SECTION("an update that is refused takes the old one along") {
    v1::Vacancy bad = Received("q1");
    bad.mutable_pay()->set_min_hundredths(-1);
    const std::string bytes = bad.SerializeAsString();
    CHECK(
        Apply(office, {Upsert(2, FromEcuador("q1"), bytes)}).rejected.size() ==
        1);
    CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());
  }
  SECTION("a suspended peer's records are not shown") {
    office.SetPeerState(kEcuador, storage::PeerState::kSuspended);
    CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());
  }
  SECTION("withdrawing it is not ours") {
    CHECK(office.offices.exchange->Withdraw("pes", FromEcuador("q1"), "")
              .status()
              .code() == absl::StatusCode::kFailedPrecondition);
  }
  SECTION("a removed peer's records go") {
    office.Write([](storage::Transaction& transaction) -> absl::Status {
      federation::PageHeader page;
      page.origin = kEcuador;
      MINGA_RETURN_IF_ERROR(federation::RememberErasures(
          transaction.documents(), page, {{3, "proof"}}));
      return transaction.peers().Remove(kEcuador);
    });
    REQUIRE(office.offices.desk->PeerChanged("operator", kEcuador).ok());
    const absl::Status read =
        office.database->Read([](const storage::Snapshot& snapshot) {
          const auto count =
              snapshot.records().Count(kEcuador, RecordKind::kVacancy);
          CHECK(count->records == 0);
          CHECK_FALSE(snapshot.feeds().Head(kEcuador).ok());
          CHECK(snapshot.documents().List("withdrawn")->empty());
          return count.status();
        });
    CHECK(read.ok());
  }
}

TEST_CASE("what finds no room is asked for again when there is some") {
  Office office;
  office.Prepare();
  office.held_max = {.records = 2, .bytes = 1 << 20};
  office.Restart();
  const auto at_cursor = [&](SeqNo seq) {
    office.Write([&](storage::Transaction& transaction) {
      return transaction.peers().SetCursor(kEcuador, {7, seq});
    });
  };
  const auto next_day = [&]() -> storage::Cursor {
    office.clock.Advance(absl::Hours(24));
    absl::StatusOr<absl::Time> next = office.clock.Now();
    while (next.ok() && *next <= office.clock.Now()) {
      next = office.offices.exchange->Housekeep(office.clock.Now());
    }
    storage::Cursor cursor;
    office.Write([&](storage::Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(cursor, transaction.peers().CursorOf(kEcuador));
      return next.status();
    });
    return cursor;
  };
  const std::string body1 = Received("q1").SerializeAsString();
  const std::string body2 = Received("q2").SerializeAsString();
  const std::string body3 = Received("q3").SerializeAsString();
  const ApplyResult result =
      Apply(office, {Upsert(1, FromEcuador("q1"), body1),
                     Upsert(2, FromEcuador("q2"), body2),
                     Upsert(3, FromEcuador("q3"), body3)});
  CHECK(result.applied == 2);
  REQUIRE(result.rejected.size() == 1);
  CHECK(absl::StartsWith(result.rejected[0].reason, "quota: "));
  // A comparison finds that it was told, so it is not missing.
  int told = 0;
  office.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const auto row,
                           transaction.views().Find(FromEcuador("q3")));
    CHECK((row.has_value() && !row->held));
    return transaction.views().Told(kEcuador,
                                    [&](const storage::ViewItem&) { ++told; });
  });
  CHECK(told == 3);
  at_cursor(3);
  CHECK(next_day() == storage::Cursor{7, 3});

  InboundRow gone;
  gone.seq = 4;
  gone.key = FromEcuador("q1");
  gone.reason = "closed";
  CHECK(Apply(office, {gone}).withdrawn == 1);
  CHECK(next_day() == storage::Cursor{7, 0});
  // Once.
  at_cursor(4);
  CHECK(next_day() == storage::Cursor{7, 4});
}

TEST_CASE("hostile rows are rejected with a reason, the rest is applied") {
  Office office;
  office.Prepare();
  const std::string good = Received("q1").SerializeAsString();
  v1::Vacancy colombian = Received("q2");
  colombian.mutable_locations(0)->set_country("CO");
  v1::Vacancy shared = Received("q3");
  shared.mutable_sharing()->set_cross_border(true);
  v1::Profile named;
  named.set_id(std::string(52, 'a'));
  named.mutable_identity()->set_name("Ana Pérez");
  v1::Profile unnamed;
  unnamed.set_id("person-7");
  const RecordKey pseudonym{kEcuador, RecordKind::kProfile,
                            std::string(52, 'a')};
  const RecordKey person{kEcuador, RecordKind::kProfile, "person-7"};
  struct Case {
    RecordKey key;
    std::string body;
    std::string reason;
  };
  std::vector<Case> cases = {
      {VacancyKey("q1"), good, "key: must be of the peer's country"},
      {FromEcuador("q1"), "", "body: must have 1.."},
      {FromEcuador("q1"), "\xff\xff\xff", "body: is not a message"},
      {FromEcuador("q1"), good + "\xba\x06\x01x", "unknown field"},
      {FromEcuador("q9"), good, "id: is not that of the row"},
      {FromEcuador("q 1"), good, "id: "},
      {FromEcuador("q2"), colombian.SerializeAsString(),
       "locations[0].country: must be the origin's"},
      {FromEcuador("q3"), shared.SerializeAsString(),
       "sharing: must not cross"},
      {{kEcuador, RecordKind::kApplication, "a1"}, good, "kind: `application`"},
      {pseudonym, named.SerializeAsString(), "identity: must not cross"},
      {person, unnamed.SerializeAsString(), "id: must be a pseudonym"},
      {FromEcuador("q1"), std::string(200 * 1024, 'x'), "body: must have 1.."},
  };
  std::vector<InboundRow> rows;
  SeqNo seq = 0;
  for (const Case& one : cases)
    rows.push_back(Upsert(++seq, one.key, one.body));
  rows.push_back(Upsert(++seq, FromEcuador("q7"), good));
  rows.back().retention_days = -1;
  const std::string last = Received("q8").SerializeAsString();
  rows.push_back(Upsert(++seq, FromEcuador("q8"), last));

  const ApplyResult result = Apply(office, rows);
  CHECK(result.applied == 1);
  REQUIRE(result.rejected.size() == cases.size() + 1);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i, result.rejected[i].reason);
    CHECK(result.rejected[i].seq == i + 1);
    CHECK(absl::StrContains(result.rejected[i].reason, cases[i].reason));
  }
  CHECK(office.offices.exchange->Get(FromEcuador("q8")).ok());
  const std::vector<v1::AuditEntry> entries =
      office.Log(v1::AUDIT_EVENT_RECORD_REJECTED);
  CHECK(entries.size() == cases.size() + 1);
  for (const v1::AuditEntry& entry : entries) {
    CHECK(entry.record_id() != "person-7");
    CHECK_FALSE(absl::StrContains(entry.detail(), "Ana"));
  }
}

TEST_CASE("our law decides what comes in") {
  Office office;
  office.AddPeer(kEcuador);
  office.Activate(SampleNational());
  const std::string body = Received("q1").SerializeAsString();
  const ApplyResult result =
      Apply(office, {Upsert(1, FromEcuador("q1"), body)});
  REQUIRE(result.rejected.size() == 1);
  CHECK(absl::StartsWith(result.rejected[0].reason, "policy: "));
  CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());

  // An agreement later lets in what was refused: it is asked for again.
  office.Write([](storage::Transaction& transaction) {
    return transaction.peers().SetCursor(kEcuador, {5, 40});
  });
  const auto cursor = [&office] {
    storage::Cursor held;
    const absl::Status read =
        office.database->Read([&](const storage::Snapshot& snapshot) {
          const auto found = snapshot.peers().CursorOf(kEcuador);
          if (found.ok()) held = *found;
          return found.status();
        });
    REQUIRE(read.ok());
    return held;
  };
  office.SignMou(kEcuador);
  CHECK(cursor() == storage::Cursor{5, 0});
  CHECK(Apply(office, {Upsert(1, FromEcuador("q1"), body)}).applied == 1);

  // Once nothing is refused, a change leaves the cursor alone.
  office.Write([](storage::Transaction& transaction) {
    return transaction.peers().SetCursor(kEcuador, {5, 40});
  });
  office.Activate(VacanciesOnly());
  CHECK(cursor() == storage::Cursor{5, 40});
  CHECK(office.offices.exchange->Get(FromEcuador("q1")).ok());

  // A law that no longer lets them in erases what is held.
  policy::DocumentSource closed = VacanciesOnly();
  const std::string receive = "\"!record.imported\"";
  closed.text.replace(closed.text.find(receive), receive.size(),
                      "\"record.imported\"");
  office.Activate(closed);
  CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());
  CHECK(office.Log(v1::AUDIT_EVENT_RECORD_WITHDRAWN).size() == 1);
  office.Activate(SampleNational());
  CHECK(cursor() == storage::Cursor{5, 0});
}

TEST_CASE("a record is kept as long as was agreed") {
  Office office;
  office.Prepare();
  v1::Vacancy open_ended = Received("q1");
  open_ended.clear_closing_date();
  const std::string body = open_ended.SerializeAsString();
  InboundRow row = Upsert(1, FromEcuador("q1"), body);
  row.retention_days = 10;
  Apply(office, {row});
  office.clock.Advance(absl::Hours(24 * 10));
  // Bringing it again does not prolong its stay.
  Apply(office, {row});
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.offices.exchange->Get(FromEcuador("q1")).ok());
  office.clock.Advance(absl::Hours(24));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());
}

TEST_CASE("what a new epoch does not bring again goes") {
  Office office;
  office.Prepare();
  const std::string one = Received("q1").SerializeAsString();
  const std::string two = Received("q2").SerializeAsString();
  const std::string three = Received("q3").SerializeAsString();
  Apply(office,
        {Upsert(1, FromEcuador("q1"), one), Upsert(2, FromEcuador("q2"), two),
         Upsert(3, FromEcuador("q3"), three)});
  int erased = 0;
  const auto settle = [&](int limit) {
    office.Write([&](storage::Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          erased, office.offices.inbox->Settle(transaction, kEcuador, limit));
      return absl::OkStatus();
    });
  };
  settle(10);
  CHECK(erased == 0);
  office.Write([&](storage::Transaction& transaction) {
    return office.offices.inbox->BeginEpoch(transaction, kEcuador, 77);
  });
  Apply(office, {Upsert(1, FromEcuador("q2"), two)});
  CHECK(office.offices.exchange->Get(FromEcuador("q1")).ok());
  settle(1);
  CHECK(erased == 1);
  settle(10);
  CHECK(erased == 1);
  CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q1")).ok());
  CHECK(office.offices.exchange->Get(FromEcuador("q2")).ok());
  CHECK_FALSE(office.offices.exchange->Get(FromEcuador("q3")).ok());
}

TEST_CASE("what one node projects another accepts") {
  Office office;
  office.Prepare();
  const v1::Consent consent = SampleConsent();
  office.Put(Wrap(SampleVacancy("v1")));
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
  }
  std::vector<InboundRow> rows;
  std::vector<std::string> bodies;
  for (const storage::FeedRow& row : office.Feed(kPeru)) {
    bodies.push_back(office.Projected(kPeru, row).body);
    InboundRow inbound = Upsert(row.seq, row.key, "");
    if (!row.wire_id.empty()) inbound.key.id = row.wire_id;
    rows.push_back(inbound);
  }
  REQUIRE(rows.size() == 4);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].body = bodies[i];
  const std::vector<InboundRejection> rejected =
      office.offices.inbox->Validate(kColombia, rows);
  for (const InboundRejection& one : rejected) FAIL_CHECK(one.reason);
}

}  // namespace
}  // namespace minga::exchange
