// k-anonymity of what a peer sees, against random histories. The check knows
// nothing of classes: it reads the feed as the peer would and counts.
#include "node/exchange/anonymity.h"

#include <catch2/catch.hpp>
#include <map>

#include "node/base/random.h"
#include "node/exchange/pseudonym.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/people.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

using storage::ViewState;

constexpr int kMinK = 3;

TEST_CASE("a class names its k") {
  const Digest klass = ClassOfDisplay("key", "display", {}, 1, 300, 4);
  CHECK(KOf(klass) == 300);
  CHECK(LOf(klass) == 4);
  CHECK(klass != ClassOfDisplay("key", "display", {}, 1, 301, 4));
  CHECK(klass != ClassOfDisplay("key", "display", {}, 1, 300, 3));
  CHECK(klass != ClassOfDisplay("key", "display", {}, 2, 300, 4));
  CHECK(klass != ClassOfDisplay("key", "other", {}, 1, 300, 4));
  CHECK(klass != ClassOfDisplay("other", "display", {}, 1, 300, 4));
  CHECK(klass != ClassOfDisplay("key", "display", {30}, 1, 300, 4));
}

TEST_CASE("a class is shown when it reaches k and recalled below") {
  Office office;
  office.Prepare();
  const v1::Consent consent = SampleConsent();
  office.Put(Wrap(SampleProfile("p1", "7212", "CO-AMA")), &consent);
  office.Put(Wrap(SampleProfile("p2", "7212", "CO-AMA")), &consent);
  CHECK(office.Row(kPeru, ProfileKey("p1")).state == ViewState::kHeldBack);
  CHECK(office.Row(kPeru, ProfileKey("p1")).reason == "class");
  CHECK(office.Last(kPeru) == 0);
  CHECK(office.Log(v1::AUDIT_EVENT_HELD_BACK).size() == 4);

  office.Put(Wrap(SampleProfile("p3", "7212", "CO-AMA")), &consent);
  for (const char* id : {"p1", "p2", "p3"}) {
    CHECK(office.Row(kPeru, ProfileKey(id)).state == ViewState::kShown);
    CHECK(office.Row(kEcuador, ProfileKey(id)).state == ViewState::kShown);
  }
  const std::vector<v1::AuditEntry> permits =
      office.Log(v1::AUDIT_EVENT_DECISION_PERMIT);
  REQUIRE(permits.size() == 6);
  CHECK(permits[0].k_observed() == 3);
  CHECK(permits[0].record_id().empty());
  CHECK(permits[0].subject().size() == 32);

  SECTION("one leaves, the rest goes with it") {
    office.Put(Wrap(SampleProfile("p1", "2512", "CO-AMA")), &consent);
    for (const char* id : {"p1", "p2", "p3"}) {
      const storage::FeedRow row = office.Row(kPeru, ProfileKey(id));
      CHECK(row.state == ViewState::kHeldBack);
      CHECK(row.seq > 3);
      CHECK(IsPseudonym(row.wire_id));
    }
  }
  SECTION("a fourth makes room for one to leave") {
    office.Put(Wrap(SampleProfile("p4", "7212", "CO-AMA")), &consent);
    const SeqNo last = office.Last(kPeru);
    CHECK(last == 4);
    office.Put(Wrap(SampleProfile("p1", "2512", "CO-AMA")), &consent);
    CHECK(office.Last(kPeru) == last + 1);
    CHECK(DisplaysOf(office, kPeru).people == 3);
  }
}

TEST_CASE("two peers cannot join what they see") {
  Office office;
  office.Prepare();
  const v1::Consent consent = SampleConsent();
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
  }
  for (const char* id : {"p1", "p2", "p3"}) {
    const std::string peru = office.Row(kPeru, ProfileKey(id)).wire_id;
    const std::string ecuador = office.Row(kEcuador, ProfileKey(id)).wire_id;
    CHECK(IsPseudonym(peru));
    CHECK(IsPseudonym(ecuador));
    CHECK(peru != ecuador);
  }
}

TEST_CASE("without min_k a profile does not leave") {
  Office office;
  office.Prepare();
  std::string text = SampleNational().text;
  const std::string obligation = "obligations { min_k: 3 } ";
  text.replace(text.find(obligation), obligation.size(), "");
  office.Activate({"co.textproto", text});
  const v1::Consent consent = SampleConsent();
  for (const char* id : {"p1", "p2", "p3"}) {
    office.Put(Wrap(SampleProfile(id, "7212", "CO-AMA")), &consent);
    const storage::FeedRow row = office.Row(kPeru, ProfileKey(id));
    CHECK(row.state == ViewState::kWithheld);
    CHECK(row.reason == "class");
  }
}

// One step of a random history.
void Step(Office& office, SeededRandom& random) {
  const std::string id = "p" + std::to_string(random.Below(14));
  const v1::Consent consent = SampleConsent();
  constexpr const char* kIsco[] = {"7212", "2512"};
  constexpr const char* kRegions[] = {"CO-AMA", "CO-DC"};
  const std::uint64_t what = random.Below(21);
  if (what < 13) {
    v1::Profile profile =
        SampleProfile(id, kIsco[random.Below(2)], kRegions[random.Below(2)]);
    for (const char* skill : {"weld", "tig", "harp"}) {
      if (random.Below(2) == 0) profile.add_skills()->set_label(skill);
    }
    if (random.Below(10) == 0) profile.set_status(v1::PROFILE_STATUS_INACTIVE);
    office.Put(Wrap(profile), random.Below(8) == 0 ? nullptr : &consent);
  } else if (what < 15) {
    (void)office.offices.exchange->SetConsent("pes", id, nullptr);
  } else if (what < 17) {
    (void)office.offices.exchange->ErasePerson("pes", id);
  } else if (what == 17) {
    (void)office.offices.exchange->Withdraw("pes", ProfileKey(id), "");
  } else if (what == 18) {
    office.Activate(random.Below(2) == 0 ? VacanciesOnly() : SampleNational());
  } else if (what == 19) {
    REQUIRE(office.offices.anonymity->StartEpoch("operator", kEcuador).ok());
  } else {
    office.Acknowledge(kPeru, office.Last(kPeru));
  }
}

TEST_CASE("every display is of at least k profiles, whatever happens") {
  const std::uint64_t seed = SystemRandom().Below(1'000'000'000);
  INFO("seed " << seed);
  SeededRandom random(seed);
  Office office;
  office.Prepare();
  int most = 0;
  for (int step = 0; step < 300; ++step) {
    CAPTURE(step);
    Step(office, random);
    CheckAnonymous(office, kPeru, kMinK);
    CheckAnonymous(office, kEcuador, kMinK);
    most = std::max(most, DisplaysOf(office, kEcuador).people);
    if (office.random.Below(40) == 0) {
      office.Restart();
      REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
    }
  }
  // The history was not a quiet one.
  CHECK(most >= kMinK);
}

TEST_CASE("a profile is held back for no other reason than its class") {
  const std::uint64_t seed = SystemRandom().Below(1'000'000'000);
  INFO("seed " << seed);
  SeededRandom random(seed);
  Office office;
  office.Prepare();
  v1::Ladder one_rung;
  one_rung.add_rungs();
  Activate(office, kPeru, one_rung);
  const v1::Consent consent = SampleConsent();
  std::map<std::string, int> people;  // by occupation and region
  std::map<std::string, std::string> where;
  for (int step = 0; step < 150; ++step) {
    const std::string id = "p" + std::to_string(random.Below(12));
    const std::string isco = random.Below(2) == 0 ? "7212" : "2512";
    const std::string region = random.Below(2) == 0 ? "CO-AMA" : "CO-DC";
    office.Put(Wrap(SampleProfile(id, isco, region)), &consent);
    if (where.count(id) > 0) --people[where[id]];
    where[id] = isco + region;
    ++people[where[id]];
    CAPTURE(step);
    for (const auto& [person, place] : where) {
      const bool enough = people[place] >= kMinK;
      CHECK(office.Row(kPeru, ProfileKey(person)).state ==
            (enough ? ViewState::kShown : ViewState::kHeldBack));
    }
  }
}

}  // namespace
}  // namespace minga::exchange
