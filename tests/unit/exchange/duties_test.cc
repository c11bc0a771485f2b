// Obligations that people carry out: releases, notices to persons, erasures
// that peers owe, clocks.
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "federation/page_builder.h"
#include "minga/v1/federation.pb.h"
#include "node/base/crypto/sign.h"
#include "node/exchange/duty_desk.h"
#include "node/exchange/release_desk.h"
#include "tests/unit/exchange/obliging.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

constexpr char kHold[] = "obligations { hold_for_officer: true }";

policy::DocumentSource Holding(absl::string_view limits = "") {
  return Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                  absl::StrCat(limits, " ", kHold));
}

std::vector<std::string> Ids(const HeldPage& page) {
  std::vector<std::string> ids;
  for (const HeldRecord& held : page.held) {
    ids.push_back(absl::StrCat(held.key.id, " ", held.peer.ToString(),
                               held.released ? " released" : ""));
  }
  return ids;
}

std::vector<std::string> Listed(const Office& office, PeerId peer = PeerId()) {
  const auto page = office.offices.releases->List(peer, RecordKey(), 100);
  REQUIRE(page.ok());
  CHECK_FALSE(page->more);
  return Ids(*page);
}

using Names = std::vector<std::string>;

TEST_CASE("a held record waits for an officer") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("before")));
  CHECK(Listed(office).empty());
  office.Activate(Holding());
  office.Put(Wrap(SampleVacancy("v1")));
  CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "held");
  // The log names the rule that holds, not those that would permit.
  CHECK(office.Row(kEcuador, VacancyKey("v1")).explanation.find("co.duty") ==
        0);
  // What was shown is taken back.
  CHECK(office.Row(kEcuador, VacancyKey("before")).seq != 0);
  CHECK(office.Row(kEcuador, VacancyKey("before")).reason == "held");
  CHECK(Listed(office) == Names{"before EC", "before PE", "v1 EC", "v1 PE"});
  ReleaseDesk& desk = *office.offices.releases;

  const auto released =
      desk.Release("officer:ana", VacancyKey("v1"), kEcuador, "Licencia vista");
  REQUIRE(released.ok());
  CHECK(released->state == ViewState::kShown);
  CHECK(released->seq != 0);
  CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "held");
  CHECK(Listed(office, kEcuador) == Names{"before EC", "v1 EC released"});
  const auto page = desk.List(kEcuador, VacancyKey("before"), 1);
  REQUIRE(page.ok());
  REQUIRE(page->held.size() == 1);
  CHECK(page->held[0].actor == "officer:ana");
  CHECK(page->held[0].reason == "Licencia vista");
  CHECK(page->held[0].at == office.clock.Now());
  const auto log = office.Log(v1::AUDIT_EVENT_HOLD_RELEASED);
  REQUIRE(log.size() == 1);
  CHECK(log[0].actor() == "officer:ana");
  CHECK(log[0].peer() == "EC");
  CHECK(log[0].record_id() == "v1");
  CHECK(log[0].digest() == ToBytes(Sha256("Licencia vista")));
  CHECK(desk.Release("officer:ana", VacancyKey("v1"), kEcuador, "otra vez")
            .status()
            .code() == absl::StatusCode::kFailedPrecondition);

  SECTION("it can be sent, also after a sweep and a restart") {
    office.Restart();
    office.clock.Advance(absl::Hours(24));
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
    const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
    CHECK(row.state == ViewState::kShown);
    CHECK_FALSE(office.Projected(kEcuador, row).body.empty());
  }
  SECTION("the same put changes nothing, another content is held again") {
    office.Put(Wrap(SampleVacancy("v1")));
    CHECK(office.Row(kEcuador, VacancyKey("v1")).state == ViewState::kShown);
    v1::Vacancy changed = SampleVacancy("v1");
    changed.set_openings(9);
    office.Put(Wrap(changed));
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "held");
    CHECK(Listed(office, kEcuador) == Names{"before EC", "v1 EC"});
    // Also the one that was released before: it is a new revision.
    office.Put(Wrap(SampleVacancy("v1")));
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "held");
    office.Activate(Holding());
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "held");
  }
  SECTION("an officer takes it back") {
    const auto revoked = desk.Revoke("officer:luz", VacancyKey("v1"), kEcuador,
                                     "Queja recibida");
    REQUIRE(revoked.ok());
    CHECK(revoked->state == ViewState::kWithheld);
    CHECK(revoked->seq > released->seq);  // told to erase it
    CHECK(Listed(office, kEcuador) == Names{"before EC", "v1 EC"});
    CHECK(office.Log(v1::AUDIT_EVENT_HOLD_REVOKED).size() == 1);
    CHECK(desk.Revoke("officer:luz", VacancyKey("v1"), kEcuador, "más")
              .status()
              .code() == absl::StatusCode::kFailedPrecondition);
  }
  SECTION("the hold goes with the record and with the rule") {
    REQUIRE(
        office.offices.exchange->Withdraw("pes", VacancyKey("v1"), "").ok());
    CHECK(Listed(office) == Names{"before EC", "before PE"});
    office.Put(Wrap(SampleVacancy("v1")));
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "held");
    office.Activate(SampleNational());
    CHECK(Listed(office).empty());
    CHECK(office.Row(kPeru, VacancyKey("v1")).state == ViewState::kShown);
  }
  SECTION("nothing is released to a peer that comes back") {
    office.Write([](storage::Transaction& transaction) {
      return transaction.peers().Remove(kEcuador);
    });
    REQUIRE(office.offices.desk->PeerChanged("operator", kEcuador).ok());
    CHECK(Listed(office) == Names{"before PE", "v1 PE"});
    office.AddPeer(kEcuador);
    // The agreement went with the peer, too: both sign a new one.
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "mou");
    REQUIRE(office.offices.desk
                ->KeepMou("operator", kEcuador, "note",
                          absl::StrCat(SampleMou("EC").text, "# 2026-11\n"),
                          /*complete=*/true)
                .ok());
    CHECK(office.Row(kEcuador, VacancyKey("v1")).reason == "held");
  }
  SECTION("wrong requests") {
    const auto code = [&](const RecordKey& key, PeerId peer,
                          absl::string_view reason) {
      return desk.Release("officer:ana", key, peer, reason).status().code();
    };
    using absl::StatusCode;
    CHECK(code(VacancyKey("v1"), kPeru, "") == StatusCode::kInvalidArgument);
    CHECK(code(VacancyKey("v1"), kPeru, std::string(1001, 'x')) ==
          StatusCode::kInvalidArgument);
    CHECK(code(VacancyKey("v1"), kPeru, "\xff") ==
          StatusCode::kInvalidArgument);
    CHECK(code(VacancyKey("none"), kPeru, "sí") == StatusCode::kNotFound);
    CHECK(code(VacancyKey("v1"), Country::Of("BR"), "sí") ==
          StatusCode::kNotFound);
    CHECK(desk.List(kPeru, RecordKey(), 0).status().code() ==
          StatusCode::kInvalidArgument);
    CHECK(office.Row(kPeru, VacancyKey("v1")).reason == "held");
  }
}

TEST_CASE("many held records are listed in pages") {
  Office office;
  office.Prepare();
  office.Activate(Holding());
  std::vector<v1::Record> records;
  for (int i = 0; i < 300; ++i) {
    records.push_back(Wrap(SampleVacancy(absl::StrCat("v", 1000 + i))));
  }
  office.PutAll(records);
  Names all;
  RecordKey after;
  bool more = true;
  while (more) {
    const auto page = office.offices.releases->List(PeerId(), after, 70);
    REQUIRE(page.ok());
    REQUIRE(page->held.size() <= 71);
    for (const std::string& id : Ids(*page)) all.push_back(id);
    after = page->last;
    more = page->more;
  }
  REQUIRE(all.size() == 600);
  CHECK(std::is_sorted(all.begin(), all.end()));
  CHECK(all[0] == "v1000 EC");
  CHECK(all[599] == "v1299 PE");
}

TEST_CASE("a person is told once who sees the profile") {
  Office office;
  office.Prepare();
  policy::DocumentSource national =
      Obliging(SampleNational(), "RECORD_KIND_PROFILE",
               "peers: 'EC' obligations { notify_person: true }");
  office.Activate(national);
  const v1::Consent consent = SampleConsent();
  DutyDesk& desk = *office.offices.duties;
  const auto waiting = [&desk] {
    const auto notices = desk.Notices(PersonNotice(), 100);
    REQUIRE(notices.ok());
    Names names;
    for (const PersonNotice& one : *notices) {
      names.push_back(absl::StrCat(one.person, " ", one.peer.ToString()));
    }
    return names;
  };
  office.Put(Wrap(SampleProfile("p1", "7212", "CO-AMA")), &consent);
  office.Put(Wrap(SampleProfile("p2", "7212", "CO-AMA")), &consent);
  CHECK(waiting().empty());  // nobody is shown below k
  office.Put(Wrap(SampleProfile("p3", "7212", "CO-AMA")), &consent);
  CHECK(waiting() == Names{"p1 EC", "p2 EC", "p3 EC"});
  const auto page = desk.Notices({"p1", kEcuador, {}}, 1);
  REQUIRE(page.ok());
  REQUIRE(page->size() == 1);
  CHECK((*page)[0].person == "p2");
  CHECK((*page)[0].shown_at == office.clock.Now());

  REQUIRE(desk.NoticeDelivered("pes", "p2", kEcuador).ok());
  CHECK(desk.NoticeDelivered("pes", "p2", kEcuador).code() ==
        absl::StatusCode::kNotFound);
  CHECK(waiting() == Names{"p1 EC", "p3 EC"});
  const auto log = office.Log(v1::AUDIT_EVENT_PERSON_NOTIFIED);
  REQUIRE(log.size() == 1);
  CHECK(log[0].record_id().empty());
  CHECK_FALSE(log[0].subject().empty());

  SECTION("shown again, told no more") {
    REQUIRE(office.offices.exchange->SetConsent("pes", "p2", nullptr).ok());
    office.Acknowledge(kEcuador, office.Last(kEcuador));
    REQUIRE(office.offices.exchange->SetConsent("pes", "p2", &consent).ok());
    CHECK(office.Row(kEcuador, ProfileKey("p2")).state == ViewState::kShown);
    CHECK(waiting() == Names{"p1 EC", "p3 EC"});
  }
  SECTION("erased with the person") {
    REQUIRE(office.offices.exchange->ErasePerson("pes", "p1").ok());
    REQUIRE(office.offices.exchange->ErasePerson("pes", "p2").ok());
    CHECK(waiting() == Names{"p3 EC"});
    const absl::Status read =
        office.database->Read([](const storage::Snapshot& snapshot) {
          CHECK(snapshot.documents().List("noticed/")->empty());
          return absl::OkStatus();
        });
    CHECK(read.ok());
  }
}

// The last row of the next page for Ecuador after `after`.
v1::Row LastRowSent(const Office& office, SeqNo after) {
  SeededRandom random(1);
  const auto key = SigningKey::Generate(random);
  REQUIRE(key.ok());
  const federation::Signer signer{key->get(), "minga/co/spe"};
  v1::Row last;
  const absl::Status read =
      office.database->Read([&](const storage::Snapshot& snapshot) {
        const storage::FeedHead head = *snapshot.feeds().Head(kEcuador);
        const auto built =
            federation::BuildPage(snapshot, *office.offices.projector, signer,
                                  {kColombia,
                                   kEcuador,
                                   head.epoch,
                                   after,
                                   office.clock.Now(),
                                   federation::FullDialect(),
                                   {}});
        REQUIRE(built.ok());
        const v1::Page& page = built->message->page();
        REQUIRE(page.rows_size() > 0);
        REQUIRE(last.ParseFromString(page.rows(page.rows_size() - 1)));
        return absl::OkStatus();
      });
  REQUIRE(read.ok());
  return last;
}

TEST_CASE("terms stand in the row that is sent") {
  Office office;
  office.Prepare();
  office.Put(Wrap(SampleVacancy("v1")));
  const v1::Row bare = LastRowSent(office, 0);
  CHECK(bare.retention_days() == 0);
  CHECK(bare.retention_until().empty());
  CHECK_FALSE(bare.no_onward_transfer());
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                           "obligations { retention_days: 90 } "
                           "obligations { retention_until: '2026-12-01' } "
                           "obligations { no_onward_transfer: true }"));
  const v1::Row row = LastRowSent(office, 0);
  CHECK(row.operation() == v1::ROW_OPERATION_UPSERT);
  CHECK(row.retention_days() == 90);
  CHECK(row.retention_until() == "2026-12-01");
  CHECK(row.no_onward_transfer());
}

TEST_CASE("a peer owes an erasure from the withdrawal on") {
  Office office;
  office.Prepare();
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                           "peers: 'EC' obligations { erase_within_hours: 48 "
                           "}"));
  office.Put(Wrap(SampleVacancy("v1")));
  office.Put(Wrap(SampleVacancy("v2")));
  const SeqNo shown = office.Last(kEcuador);
  // Another clock is no news for the peer.
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_VACANCY",
                           "peers: 'EC' obligations { erase_within_hours: 12 "
                           "}"));
  CHECK(office.Last(kEcuador) == shown);
  CHECK(office.Row(kEcuador, VacancyKey("v1")).erase_within_hours == 12);
  const auto owed = [&office](Country peer) {
    const auto found = office.offices.duties->Owed(peer, office.clock.Now());
    REQUIRE(found.ok());
    return *found;
  };
  CHECK(owed(kEcuador).waiting == 0);

  const absl::Time withdrawn = office.clock.Now();
  REQUIRE(office.offices.exchange->Withdraw("pes", VacancyKey("v1"), "").ok());
  const storage::FeedRow row = office.Row(kEcuador, VacancyKey("v1"));
  CHECK(row.erase_by == withdrawn + absl::Hours(12));
  // Where no rule says it: a day.
  CHECK(office.Row(kPeru, VacancyKey("v1")).erase_by ==
        withdrawn + absl::Hours(24));
  office.clock.Advance(absl::Hours(12));
  REQUIRE(office.offices.exchange->Withdraw("pes", VacancyKey("v2"), "").ok());
  CHECK(owed(kEcuador).waiting == 2);
  CHECK(owed(kEcuador).overdue == 0);
  CHECK(owed(kEcuador).first == withdrawn + absl::Hours(12));
  office.clock.Advance(absl::Seconds(1));
  CHECK(owed(kEcuador).overdue == 1);
  // Sent late, it says when the erasure was due, not a new day.
  const v1::Row sent = LastRowSent(office, row.seq - 1);
  CHECK(sent.id() == "v2");
  CHECK(sent.operation() == v1::ROW_OPERATION_DELETE);
  CHECK(sent.erase_deadline().seconds() ==
        absl::ToUnixSeconds(withdrawn + absl::Hours(24)));
  CHECK(owed(kPeru).overdue == 0);
  // The deadline stays while the tombstone is on its way, whatever changes.
  office.Activate(SampleNational());
  CHECK(office.Row(kEcuador, VacancyKey("v1")).erase_by ==
        withdrawn + absl::Hours(12));
  office.Acknowledge(kEcuador, office.Last(kEcuador));
  CHECK(owed(kEcuador).waiting == 0);
  CHECK(owed(kEcuador).first == absl::InfiniteFuture());
  CHECK_FALSE(office.offices.duties->Owed(Country::Of("BR"), {}).ok());
}

TEST_CASE("the shortest clock of a breach, with its article") {
  Office office;
  office.AddPeer(kEcuador);
  office.AddPeer(kPeru);
  const auto clock = [&office](Country peer) {
    const auto found = office.offices.duties->Breach(peer);
    REQUIRE(found.ok());
    return *found;
  };
  CHECK_FALSE(clock(kEcuador).has_value());
  policy::DocumentSource national =
      Obliging(SampleNational(), "RECORD_KIND_VACANCY",
               "valid_until: '2026-12-01' "
               "obligations { breach_notice_hours: 72 }");
  office.Activate(national);
  REQUIRE(clock(kPeru).has_value());
  CHECK(clock(kPeru)->hours == 72);
  CHECK(clock(kPeru)->rule == "co.duty");
  CHECK(clock(kPeru)->citation == "Ley 1581/2012 art. 17 (verified)");
  policy::DocumentSource mou = SampleMou("EC");
  const std::string first = "rules { id: 'mou.all'";
  mou.text.insert(
      mou.text.find(first),
      "rules { id: 'mou.breach' effect: EFFECT_OBLIGE directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_PROFILE obligations { "
      "breach_notice_hours: 24 citations { statute: 'Memorando' article: "
      "'cláusula 9' certainty: CERTAINTY_SECONDARY } } citations { statute: "
      "'Memorando' article: 'cláusula 1' certainty: CERTAINTY_VERIFIED } }\n");
  REQUIRE(
      office.offices.desk->KeepMou("operator", kEcuador, "note", mou.text, true)
          .ok());
  CHECK(clock(kEcuador)->hours == 24);
  CHECK(clock(kEcuador)->rule == "mou.breach");
  CHECK(clock(kEcuador)->citation == "Memorando cláusula 9 (secondary)");
  CHECK(clock(kPeru)->hours == 72);
  office.clock.Advance(absl::Hours(24 * 11));
  CHECK_FALSE(clock(kPeru).has_value());
}

}  // namespace
}  // namespace minga::exchange
