// Consent and erasure.
#include <catch2/catch.hpp>

#include "node/exchange/audit_entries.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

// Four people who look alike.
void PutFour(Office& office) {
  const v1::Consent consent = SampleConsent();
  std::vector<v1::Record> records;
  for (const char* id : {"p1", "p2", "p3", "p4"}) {
    records.push_back(Wrap(SampleProfile(id, "7212", "CO-AMA")));
  }
  for (const PutOutcome& outcome : office.PutAll(records, &consent)) {
    REQUIRE(outcome.status.ok());
  }
}

std::string PersonKey(const Office& office, absl::string_view person) {
  std::string key;
  const absl::Status read =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        auto held = snapshot.people().Key(person);
        if (held.ok()) key = *held;
        return held.status();
      });
  return read.ok() ? key : "";
}

TEST_CASE("without consent a profile stays at home") {
  Office office;
  office.Prepare();
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")));
  }
  storage::FeedRow row = office.Row(kPeru, ProfileKey("p1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "consent");
  CHECK(row.explanation == "consent.given");

  v1::Consent peru_only = SampleConsent();
  peru_only.clear_countries();
  peru_only.add_countries("PE");
  for (const char* id : {"p1", "p2", "p3"}) {
    REQUIRE(office.offices.exchange->SetConsent("pes", id, &peru_only).ok());
  }
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
  row = office.Row(kEcuador, ProfileKey("p1"));
  CHECK(row.reason == "consent");
  CHECK(row.explanation == "consent.countries");
}

TEST_CASE("a consent to fewer sections shows fewer fields") {
  Office office;
  office.Prepare();
  v1::Consent consent = SampleConsent();
  consent.clear_sections();
  consent.add_sections("basic");
  consent.add_sections("occupation");
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
  }
  v1::Profile sent;
  REQUIRE(sent.ParseFromString(
      office.Projected(kPeru, office.Row(kPeru, ProfileKey("p1"))).body));
  CHECK(sent.desired_occupations_size() == 1);
  CHECK_FALSE(sent.has_residence());
}

TEST_CASE("a withdrawn consent withdraws the profile") {
  Office office;
  office.Prepare();
  PutFour(office);
  const auto changed =
      office.offices.exchange->SetConsent("pes", "p1", nullptr);
  REQUIRE(changed.ok());
  CHECK(*changed == 2);
  const storage::FeedRow row = office.Row(kPeru, ProfileKey("p1"));
  CHECK(row.state == ViewState::kWithheld);
  CHECK(row.reason == "consent");
  CHECK(row.seq == 5);
  CHECK(office.Row(kPeru, ProfileKey("p2")).state == ViewState::kShown);
  CHECK(office.Log(v1::AUDIT_EVENT_CONSENT_WITHDRAWN).size() == 1);
  CHECK(office.Log(v1::AUDIT_EVENT_CONSENT_GIVEN).size() == 4);
  CHECK(office.offices.exchange->SetConsent("pes", "p9", nullptr)
            .status()
            .code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a consent ends on its day") {
  Office office;
  office.Prepare();
  PutFour(office);
  v1::Consent shorter = SampleConsent();
  shorter.set_expires("2026-12-01");
  REQUIRE(office.offices.exchange->SetConsent("pes", "p1", &shorter).ok());
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
  office.clock.Set(absl::FromUnixSeconds(1796126400));  // 2026-12-01
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
  office.clock.Advance(absl::Hours(24));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kPeru, ProfileKey("p1")).reason == "consent");
  CHECK(office.Log(v1::AUDIT_EVENT_CONSENT_WITHDRAWN).size() == 1);
}

TEST_CASE("an unreadable profile is seen by nobody and stops nothing") {
  Office office;
  office.Prepare();
  PutFour(office);
  office.Write([](storage::Transaction& transaction) -> absl::Status {
    auto record = transaction.records().Get(ProfileKey("p2"));
    if (!record.ok()) return record.status();
    (*record)->body.back() ^= 1;
    (*record)->digest[0] ^= 1;
    return transaction.records().Put(**record, /*own=*/true).status();
  });
  // Their class falls below k: every other member is decided anew.
  CHECK(office.offices.exchange->ErasePerson("pes", "p1").ok());
  CHECK(office.offices.exchange->ErasePerson("pes", "p3").ok());
  CHECK(office.Row(kPeru, ProfileKey("p2")).state == ViewState::kWithheld);
  CHECK(office.Row(kPeru, ProfileKey("p2")).reason == "unreadable");
}

TEST_CASE("erasure leaves nothing that leads to the person") {
  Office office;
  office.Prepare();
  PutFour(office);
  const std::string key = PersonKey(office, "p1");
  const std::string wire_id = office.Row(kPeru, ProfileKey("p1")).wire_id;
  const std::string in_ecuador = office.Row(kEcuador, ProfileKey("p1")).wire_id;
  const auto told = office.offices.exchange->ErasePerson("pes", "p1");
  REQUIRE(told.ok());
  REQUIRE(told->peers.size() == 2);
  CHECK(told->peers[0].peer == kEcuador);
  CHECK(told->peers[0].seq == office.Row(kEcuador, ProfileKey(in_ecuador)).seq);
  CHECK(office.Log()[told->log_entry].event() == v1::AUDIT_EVENT_PERSON_ERASED);
  // Only the peer's own name for the person is left, until it has erased it.
  CHECK(office.Row(kPeru, ProfileKey("p1")).seq == 0);
  const storage::FeedRow row = office.Row(kPeru, ProfileKey(wire_id));
  CHECK(row.state == ViewState::kGone);
  CHECK(row.reason == "erased");
  CHECK(row.wire_id == wire_id);
  CHECK(PersonKey(office, "p1").empty());
  CHECK_FALSE(office.offices.exchange->Get(ProfileKey("p1")).ok());
  const std::vector<v1::AuditEntry> erased =
      office.Log(v1::AUDIT_EVENT_PERSON_ERASED);
  REQUIRE(erased.size() == 1);
  // Whoever kept the key could still tell; nobody has.
  CHECK(erased[0].subject() == ToBytes(SubjectOf(key, "p1")));
  CHECK(erased[0].record_id().empty());
  for (const v1::AuditEntry& entry : office.Log()) {
    CHECK(entry.record_id() != "p1");
    CHECK(entry.detail().find("p1") == std::string::npos);
  }
  CHECK(office.offices.exchange->ErasePerson("pes", "p1").status().code() ==
        absl::StatusCode::kNotFound);

  SECTION(
      "one who comes back is somebody else, and the erasure is still told") {
    const v1::Consent consent = SampleConsent();
    office.Put(Wrap(SampleProfile("p1", "7212", "CO-AMA")), &consent);
    CHECK(PersonKey(office, "p1") != key);
    const storage::FeedRow back = office.Row(kPeru, ProfileKey("p1"));
    CHECK(back.state == ViewState::kShown);
    CHECK(back.wire_id != wire_id);
    const storage::FeedRow retired = office.Row(kPeru, ProfileKey(wire_id));
    CHECK(retired.state == ViewState::kGone);
    CHECK(retired.wire_id == wire_id);
    CHECK(retired.seq == row.seq);
    CHECK(retired.seq < back.seq);
    CHECK(retired.erase_by == row.erase_by);
    // Once the peer has erased it, nothing is left of the old name.
    office.Acknowledge(kPeru, office.Last(kPeru));
    for (const storage::FeedRow& left : office.Feed(kPeru)) {
      CHECK(left.key.id != wire_id);
    }
  }
}

TEST_CASE("a stored profile is sealed and read back whole") {
  Office office;
  office.Prepare();
  PutFour(office);
  const absl::Status read =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        const auto record = snapshot.records().Get(ProfileKey("p1"));
        CHECK((*record)->body.find("Ana") == std::string::npos);
        return record.status();
      });
  REQUIRE(read.ok());
  const auto found = office.offices.exchange->Get(ProfileKey("p1"));
  REQUIRE(found.ok());
  CHECK(found->record->profile().identity().name() == "Ana p1");
}

TEST_CASE("a policy without profiles withdraws them all") {
  Office office;
  office.Prepare();
  PutFour(office);
  office.Put(Wrap(SampleVacancy("v1")));
  CHECK(office.Activate(VacanciesOnly()) == 8);
  for (const char* id : {"p1", "p2", "p3", "p4"}) {
    CHECK(office.Row(kPeru, ProfileKey(id)).state == ViewState::kWithheld);
    CHECK(office.Row(kPeru, ProfileKey(id)).reason == "policy");
  }
  CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  CHECK(office.Activate(SampleNational()) == 8);
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kShown);
}

}  // namespace
}  // namespace minga::exchange
