// People who were erased and a database that is older than that.
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "node/exchange/audit_entries.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

// Six people who look alike.
void PutSix(Office& office) {
  const v1::Consent consent = SampleConsent();
  std::vector<v1::Record> records;
  for (const char* id : {"p1", "p2", "p3", "p4", "p5", "p6"}) {
    records.push_back(Wrap(SampleProfile(id, "7212", "CO-AMA")));
  }
  for (const PutOutcome& outcome : office.PutAll(records, &consent)) {
    REQUIRE(outcome.status.ok());
  }
}

bool Readable(const Office& office, const char* id) {
  const auto found = office.offices.exchange->Get(ProfileKey(id));
  if (!found.ok()) CHECK(absl::IsNotFound(found.status()));
  return found.ok();
}

void KeepHouse(Office& office) {
  const absl::Time now = office.clock.Now();
  absl::StatusOr<absl::Time> next = now;
  for (int round = 0; next.ok() && *next <= now && round < 100; ++round) {
    next = office.offices.exchange->Housekeep(now);
  }
  REQUIRE(next.ok());
  CHECK(*next > now);
}

}  // namespace

TEST_CASE("an older database does not bring back who was erased since") {
  Office office;
  office.Prepare();
  PutSix(office);
  office.Acknowledge(kPeru, office.Last(kPeru));
  const std::string wire_id = office.Row(kPeru, ProfileKey("p1")).wire_id;
  const std::string backup = office.BackUp();
  REQUIRE(office.offices.exchange->ErasePerson("pes", "p1").ok());
  REQUIRE(office.offices.exchange->ErasePerson("pes", "p5").ok());
  office.PutBack(backup);

  // Nothing is readable, even before anybody has looked.
  CHECK_FALSE(Readable(office, "p1"));
  CHECK_FALSE(Readable(office, "p5"));
  CHECK(Readable(office, "p2"));
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
  const auto known_as = [&](Country peer, const char* id) {
    return office.Row(peer, ProfileKey(id)).wire_id;
  };

  SECTION("housekeeping erases them again and tells the peers") {
    std::map<std::pair<Country, std::string>, std::string> names;
    for (const char* id : {"p1", "p5"}) {
      for (const Country peer : {kPeru, kEcuador}) {
        names[{peer, id}] = known_as(peer, id);
      }
    }
    CHECK(names[{kPeru, "p1"}] == wire_id);
    KeepHouse(office);
    for (const char* id : {"p1", "p5"}) {
      for (const Country peer : {kPeru, kEcuador}) {
        // Under the name that the peer knows, and nothing under ours.
        CHECK(known_as(peer, id).empty());
        const storage::FeedRow row =
            office.Row(peer, ProfileKey(names[{peer, id}]));
        CHECK(row.state == ViewState::kGone);
        CHECK(row.reason == "erased");
        CHECK(row.seq > 0);
      }
      office.Write([&](storage::Transaction& transaction) {
        const auto record = transaction.records().Get(ProfileKey(id));
        REQUIRE(record.ok());
        CHECK_FALSE(record->has_value());
        return absl::OkStatus();
      });
    }
    const std::vector<v1::AuditEntry> erased =
        office.Log(v1::AUDIT_EVENT_PERSON_ERASED);
    REQUIRE(erased.size() == 2);
    for (const v1::AuditEntry& entry : erased) {
      CHECK(entry.detail() == "key-destroyed");
      CHECK(entry.subject().empty());
      CHECK(entry.record_id().empty());
    }
    for (const char* id : {"p2", "p3", "p4", "p6"}) {
      CHECK(office.Row(kPeru, ProfileKey(id)).state == ViewState::kShown);
      CHECK(Readable(office, id));
    }
    // Once is enough.
    office.Restart();
    KeepHouse(office);
    CHECK(office.Log(v1::AUDIT_EVENT_PERSON_ERASED).size() == 2);
  }
  SECTION("who asks for erasure before that is erased") {
    const std::string name = known_as(kEcuador, "p1");
    const auto erasure = office.offices.exchange->ErasePerson("pes", "p1");
    REQUIRE(erasure.ok());
    REQUIRE(erasure->peers.size() == 2);
    CHECK(erasure->peers[0].peer == kEcuador);
    CHECK(erasure->peers[0].erase_by.has_value());
    CHECK(office.Row(kEcuador, ProfileKey(name)).seq == erasure->peers[0].seq);
  }
  SECTION("who comes back begins anew, under another name") {
    const v1::Consent consent = SampleConsent();
    office.Put(Wrap(SampleProfile("p1", "7212", "CO-AMA")), &consent);
    KeepHouse(office);
    CHECK(Readable(office, "p1"));
    const storage::FeedRow row = office.Row(kPeru, ProfileKey("p1"));
    CHECK(row.state == ViewState::kShown);
    CHECK(row.wire_id != wire_id);
    CHECK(office.Row(kPeru, ProfileKey(wire_id)).state == ViewState::kGone);
    CHECK(office.Row(kPeru, ProfileKey("p5")).state == ViewState::kGone);
  }
}

TEST_CASE("an erasure says what proves it") {
  Office office;
  office.Prepare();
  PutSix(office);
  std::map<Country, std::string> names;
  for (const Country peer : {kPeru, kEcuador}) {
    names[peer] = office.Row(peer, ProfileKey("p2")).wire_id;
  }
  const auto erasure = office.offices.exchange->ErasePerson("pes", "p2");
  REQUIRE(erasure.ok());
  const v1::AuditEntry entry = office.Log()[erasure->log_entry];
  CHECK(entry.event() == v1::AUDIT_EVENT_PERSON_ERASED);
  REQUIRE(erasure->peers.size() == 2);
  for (const Erasure::Withdrawal& withdrawal : erasure->peers) {
    const storage::FeedRow row =
        office.Row(withdrawal.peer, ProfileKey(names[withdrawal.peer]));
    CHECK(row.seq == withdrawal.seq);
    CHECK(row.erase_by == withdrawal.erase_by);
    CHECK(withdrawal.epoch > 0);
  }

  SECTION("whom no peer was shown, none is told of") {
    office.Put(Wrap(SampleProfile("p9", "7212", "CO-AMA")));
    const auto alone = office.offices.exchange->ErasePerson("pes", "p9");
    REQUIRE(alone.ok());
    CHECK(alone->peers.empty());
  }
  SECTION("an unknown person leaves no entry") {
    const std::size_t before = office.Log().size();
    CHECK(absl::IsNotFound(
        office.offices.exchange->ErasePerson("pes", "nobody").status()));
    CHECK(office.Log().size() == before);
  }
}

}  // namespace minga::exchange
