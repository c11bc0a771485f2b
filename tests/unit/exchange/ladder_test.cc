// Ladders, epochs, margins, diversity, and skills: who is displayed how while
// people come and go.
#include "node/exchange/ladder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/exchange/pseudonym.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/people.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

TEST_CASE("a ladder that is none is refused with its place") {
  v1::Ladder ladder = TwoRungs();
  std::string wanted;
  SECTION("no rung") {
    ladder.clear_rungs();
    wanted = "rungs: must be 1..16, are `0`";
  }
  SECTION("unknown field") {
    ladder.mutable_rungs(1)->mutable_levels(0)->set_field("regoin");
    wanted = "rungs[1]: levels[0]: field: a profile has no field `regoin`";
  }
  SECTION("too many steps") {
    ladder.mutable_rungs(1)->mutable_levels(0)->set_steps(3);
    wanted = "rungs[1]: levels[0]: steps: `region` has 1..2, not `3`";
  }
  SECTION("neither steps nor suppress") {
    ladder.mutable_rungs(1)->mutable_levels(0)->set_steps(0);
    wanted =
        "rungs[1]: levels[0]: say either `steps` of 1 or more, or `suppress`";
  }
  SECTION("the pseudonym") {
    ladder.mutable_rungs(1)->mutable_levels(0)->set_field("pseudonym");
    wanted = "rungs[1]: levels[0]: field: `pseudonym` is always shown";
  }
  SECTION("twice") {
    *ladder.mutable_rungs(1)->add_levels() = ladder.rungs(1).levels(0);
    wanted = "rungs[1]: levels[1]: field: `region` comes twice";
  }
  SECTION("not coarser") {
    *ladder.add_rungs() = ladder.rungs(1);
    wanted =
        "rungs[2]: must be coarser than the rung before it, and in no field "
        "finer";
  }
  SECTION("margin") {
    ladder.set_release_margin(-1);
    wanted = "release_margin: must be in 0..1000, is `-1`";
  }
  CHECK(std::string(LadderOf(ladder).status().message()) == wanted);
}

TEST_CASE("a ladder is stored as it was given") {
  v1::Ladder message = TwoRungs();
  message.set_release_margin(2);
  message.set_epoch_days(30);
  message.set_release(v1::RELEASE_RHYTHM_DAILY);
  const absl::StatusOr<Ladder> ladder = LadderOf(message);
  REQUIRE(ladder.ok());
  CHECK(MessageOf(*ladder).SerializeAsString() == message.SerializeAsString());
  CHECK(LadderOf(MessageOf(BuiltInLadder())).value() == BuiltInLadder());
  const ProfileLevels levels = ladder->rungs[1];
  CHECK(DecodeLevels(EncodeLevels(levels)) == levels);
  CHECK(DecodeLevels("") == ladder->rungs[0]);
}

TEST_CASE("who is too few for a fine display is shown on a coarser one") {
  Office office;
  office.Prepare();
  Activate(office, kPeru, TwoRungs());
  PutPeople(office, {{"p1", "CO-AMA"}, {"p2", "CO-DC"}});
  CHECK(Shown(office, "p1") == "class");
  PutPeople(office, {{"p3", "CO-VAC"}});
  for (const char* id : {"p1", "p2", "p3"})
    CHECK(Shown(office, id) == "7212 CO");

  SECTION("nobody becomes finer under the same pseudonym") {
    PutPeople(office, {{"p4", "CO-AMA"}, {"p5", "CO-AMA"}});
    // They could be shown finely with p1, but p1 may not: they join the others.
    for (const char* id : {"p1", "p4", "p5"}) {
      CHECK(Shown(office, id) == "7212 CO");
    }
    const std::string before = office.Row(kPeru, ProfileKey("p1")).wire_id;
    REQUIRE(office.offices.anonymity->StartEpoch("operator", kPeru).ok());
    for (const char* id : {"p1", "p4", "p5"}) {
      CHECK(Shown(office, id) == "7212 CO-AMA");
    }
    // Too few are left for the coarse one.
    CHECK(Shown(office, "p2") == "class");
    const std::string after = office.Row(kPeru, ProfileKey("p1")).wire_id;
    CHECK(IsPseudonym(after));
    CHECK(after != before);
    const storage::FeedRow retired = office.Row(kPeru, ProfileKey(before));
    CHECK(retired.state == ViewState::kGone);
    CHECK(office.Log(v1::AUDIT_EVENT_DISPLAY_EPOCH).size() == 2);
    // The other peer has epochs of its own.
    CHECK(office.Row(kEcuador, ProfileKey(before)).seq == 0);
  }
  SECTION("who leaves takes the rest along") {
    REQUIRE(office.offices.exchange->SetConsent("pes", "p2", nullptr).ok());
    for (const char* id : {"p1", "p3"}) CHECK(Shown(office, id) == "class");
  }
  SECTION("who was seen coarsely and comes back is seen no finer") {
    REQUIRE(office.offices.exchange->SetConsent("pes", "p1", nullptr).ok());
    CHECK(Shown(office, "p1") == "consent");
    PutPeople(office, {{"p4", "CO-AMA"}, {"p5", "CO-AMA"}, {"p6", "CO-AMA"}});
    CHECK(Shown(office, "p4") == "7212 CO");
    PutPeople(office, {{"p7", "CO-AMA"}, {"p8", "CO-AMA"}});
    const v1::Consent consent = SampleConsent();
    REQUIRE(office.offices.exchange->SetConsent("pes", "p1", &consent).ok());
    CHECK(Shown(office, "p1") == "7212 CO");
  }
}

TEST_CASE("whom a fine class loses, a coarse one takes in") {
  Office office;
  office.Prepare();
  Activate(office, kPeru, TwoRungs());
  PutPeople(office, {{"a1", "CO-AMA"}, {"a2", "CO-AMA"}, {"a3", "CO-AMA"}});
  PutPeople(office, {{"d1", "CO-DC"}, {"d2", "CO-VAC"}, {"d3", "CO-HUI"}});
  CHECK(Shown(office, "a1") == "7212 CO-AMA");
  CHECK(Shown(office, "d1") == "7212 CO");
  const std::string name = office.Row(kPeru, ProfileKey("a1")).wire_id;
  REQUIRE(office.offices.exchange->SetConsent("pes", "a3", nullptr).ok());
  for (const char* id : {"a1", "a2", "d1"})
    CHECK(Shown(office, id) == "7212 CO");
  CHECK(office.Row(kPeru, ProfileKey("a1")).wire_id == name);
  CheckAnonymous(office, kPeru, 3);
}

TEST_CASE("a class is released with a margin and recalled without") {
  Office office;
  office.Prepare();
  v1::Ladder ladder = TwoRungs();
  ladder.set_release_margin(1);
  ladder.mutable_rungs()->RemoveLast();
  Activate(office, kPeru, ladder);
  const auto shown = [&] { return DisplaysOf(office, kPeru).people; };
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  CHECK(shown() == 0);
  PutPeople(office, {{"p4", "CO-DC"}});
  CHECK(shown() == 4);
  REQUIRE(office.offices.exchange->ErasePerson("pes", "p4").ok());
  CHECK(shown() == 3);
  REQUIRE(office.offices.exchange->ErasePerson("pes", "p3").ok());
  CHECK(shown() == 0);
  PutPeople(office, {{"p5", "CO-DC"}});
  CHECK(shown() == 0);
}

TEST_CASE("daily releases come together") {
  Office office;
  office.Prepare();
  v1::Ladder ladder = TwoRungs();
  ladder.set_release(v1::RELEASE_RHYTHM_DAILY);
  Activate(office, kPeru, ladder);
  const auto keep = [&] {
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  };
  keep();
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  keep();
  CHECK(Shown(office, "p1") == "class");
  CHECK(absl::StrContains(office.Row(kPeru, ProfileKey("p1")).explanation,
                          "until the next release"));
  office.clock.Advance(absl::Hours(24));
  keep();
  for (const char* id : {"p1", "p2", "p3"}) {
    CHECK(Shown(office, id) == "7212 CO-DC");
  }
  PutPeople(office, {{"p4", "CO-DC"}});
  keep();
  CHECK(Shown(office, "p4") == "class");
  office.clock.Advance(absl::Hours(24));
  keep();
  CHECK(Shown(office, "p4") == "7212 CO-DC");
}

TEST_CASE("an epoch ends by itself, and what a crash interrupts goes on") {
  Office office;
  office.Prepare();
  v1::Ladder ladder = TwoRungs();
  ladder.set_epoch_days(30);
  Activate(office, kPeru, ladder);
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  const std::string before = office.Row(kPeru, ProfileKey("p1")).wire_id;
  const Epoch first = office.offices.anonymity->Show(kPeru)->epoch();
  office.clock.Advance(absl::Hours(24 * 29));
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(office.Row(kPeru, ProfileKey("p1")).wire_id == before);
  office.clock.Advance(absl::Hours(24));

  SECTION("at its end") {
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  }
  SECTION("with a crash after it began") {
    office.Write([&](storage::Transaction& transaction) -> absl::Status {
      absl::StatusOr<Anonymity> anonymity =
          ReadAnonymity(transaction.documents(), kPeru);
      REQUIRE(anonymity.ok());
      ++anonymity->epoch;
      anonymity->began = absl::CivilDay(2026, 12, 21);
      anonymity->phase = EpochPhase::kWithdrawing;
      return PutAnonymity(transaction.documents(), kPeru, *anonymity);
    });
    // Who comes now waits; what stands is not sent as it was.
    PutPeople(office, {{"p4", "CO-DC"}});
    CHECK(office.Row(kPeru, ProfileKey("p4")).explanation == "an epoch begins");
    office.Restart();
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
    CHECK(Shown(office, "p4") == "7212 CO-DC");
  }
  CHECK(Shown(office, "p1") == "7212 CO-DC");
  CHECK(office.Row(kPeru, ProfileKey("p1")).wire_id != before);
  CHECK(office.Row(kPeru, ProfileKey(before)).state == ViewState::kGone);
  const auto answer = office.offices.anonymity->Show(kPeru);
  REQUIRE(answer.ok());
  CHECK(answer->epoch() > first);
  CHECK(answer->epoch_began() == "2026-12-21");
  CHECK_FALSE(answer->changing());
  CHECK(answer->rungs(0).shown() >= 3);
  CHECK(answer->rungs(0).classes() == 1);
}

TEST_CASE("who goes and who comes with an epoch are not matched by place") {
  Office office;
  office.Prepare();
  Activate(office, kPeru, TwoRungs());
  std::vector<std::pair<std::string, std::string>> people;
  std::map<std::string, std::string> whose;
  for (int i = 0; i < 40; ++i) {
    people.emplace_back(absl::StrCat("p", 10 + i), "CO-DC");
  }
  PutPeople(office, people);
  for (const auto& [id, region] : people) {
    whose[office.Row(kPeru, ProfileKey(id)).wire_id] = id;
  }
  REQUIRE(office.offices.anonymity->StartEpoch("operator", kPeru).ok());
  SeqNo last_gone = 0;
  SeqNo first_come = std::numeric_limits<SeqNo>::max();
  std::vector<std::string> went;
  std::vector<std::string> came;
  for (const storage::FeedRow& row : office.Feed(kPeru)) {
    if (row.state == ViewState::kShown) {
      first_come = std::min(first_come, row.seq);
      came.push_back(row.key.id);
    } else {
      last_gone = std::max(last_gone, row.seq);
      went.push_back(whose.at(row.key.id));
    }
  }
  CHECK(went.size() == 40);
  CHECK(came.size() == 40);
  CHECK(last_gone < first_come);
  CHECK(went != came);
  CHECK_FALSE(std::is_sorted(went.begin(), went.end()));
  CHECK_FALSE(std::is_sorted(came.begin(), came.end()));
}

TEST_CASE("a class without different sensitive values is not shown") {
  Office office;
  office.Prepare();
  std::string text = SampleNational().text;
  const std::string obligation = "obligations { min_k: 3 } ";
  text.replace(text.find(obligation), obligation.size(),
               "obligations { min_k: 3 } obligations { min_l: 2 } ");
  office.Activate({"co.textproto", text});
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  // All of one nationality: whoever is known to be among them is known to have
  // it.
  CHECK(Shown(office, "p1") == "class");
  const v1::Consent consent = SampleConsent();
  v1::Profile other = SampleProfile("p4", "7212", "CO-DC");
  other.mutable_sensitive()->set_nationality("CO");
  office.Put(Wrap(other), &consent);
  for (const char* id : {"p1", "p2", "p3", "p4"}) {
    CHECK(Shown(office, id) == "7212 CO-DC");
  }
  SECTION("and is recalled when the other one goes") {
    REQUIRE(office.offices.exchange->ErasePerson("pes", "p4").ok());
    for (const char* id : {"p1", "p2", "p3"})
      CHECK(Shown(office, id) == "class");
  }
  SECTION("or turns out to be no other") {
    other.mutable_sensitive()->set_nationality("VE");
    office.Put(Wrap(other), &consent);
    for (const char* id : {"p1", "p2", "p3", "p4"}) {
      CHECK(Shown(office, id) == "class");
    }
  }
}

}  // namespace
}  // namespace minga::exchange
