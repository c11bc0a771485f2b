// When an epoch of pseudonyms has to end, whatever the ladder says.
#include <catch2/catch.hpp>
#include <string>

#include "minga/v1/anonymity.pb.h"
#include "node/exchange/hierarchies.h"
#include "node/exchange/ladder.h"
#include "tests/unit/exchange/house.h"
#include "tests/unit/exchange/obliging.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/people.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

std::string NameOf(const Office& office, const char* id) {
  return office.Row(kPeru, ProfileKey(id)).wire_id;
}

Epoch EpochOf(const Office& office) {
  return office.offices.anonymity->Show(kPeru)->epoch();
}

TEST_CASE("an epoch ends before the peer erases the first of a class") {
  Office office;
  office.Prepare();
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_PROFILE",
                           "obligations { retention_days: 40 }"));
  const absl::CivilDay first(2026, 11, 21);
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}});
  House house(office);
  house.KeepOn(first + 5);
  // Nobody was shown yet, so nobody's days are counted.
  PutPeople(office, {{"p3", "CO-DC"}});
  CHECK(Shown(office, "p1") == "7212 CO-DC");
  const std::string name = NameOf(office, "p1");
  const Epoch before = EpochOf(office);
  // Who comes later is erased there later, and would be alone.
  house.KeepOn(first + 25);
  PutPeople(office, {{"p4", "CO-DC"}});
  house.KeepOn(first + 5 + 32);
  CHECK(NameOf(office, "p1") == name);

  house.KeepOn(first + 5 + 33);
  CHECK(EpochOf(office) > before);
  for (const char* id : {"p1", "p2", "p3", "p4"}) {
    CHECK(Shown(office, id) == "7212 CO-DC");
  }
  CHECK(NameOf(office, "p1") != name);
  CHECK(office.Row(kPeru, ProfileKey(name)).state == storage::ViewState::kGone);
  CheckAnonymous(office, kPeru, 3);

  // The days are counted anew.
  const std::string second = NameOf(office, "p1");
  house.KeepOn(first + 5 + 33 + 32);
  CHECK(NameOf(office, "p1") == second);
  house.KeepOn(first + 5 + 33 + 33);
  CHECK(NameOf(office, "p1") != second);
}

TEST_CASE("a retention that comes later counts from the first who was shown") {
  Office office;
  office.Prepare();
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  const std::string name = NameOf(office, "p1");
  House house(office);
  house.KeepOn(absl::CivilDay(2026, 12, 20));
  CHECK(NameOf(office, "p1") == name);
  // The peer counts the 35 days of p1 from November 21.
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_PROFILE",
                           "obligations { retention_days: 35 }"));
  PutPeople(office, {{"p4", "CO-DC"}});
  house.KeepOn(absl::CivilDay(2026, 12, 21));
  CHECK(Shown(office, "p1") == "7212 CO-DC");
  CHECK(NameOf(office, "p1") != name);
}

TEST_CASE("without a retention no epoch ends by itself") {
  Office office;
  office.Prepare();
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  const std::string name = NameOf(office, "p1");
  House house(office);
  house.KeepOn(absl::CivilDay(2027, 10, 1));
  CHECK(NameOf(office, "p1") == name);
}

TEST_CASE("who was shown by a program that kept less is shown anew") {
  Office office;
  office.Prepare();
  office.Activate(Obliging(SampleNational(), "RECORD_KIND_PROFILE",
                           "obligations { retention_days: 40 }"));
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  office.Write([](storage::Transaction& transaction) {
    return ForgetAnonymity(transaction.documents(), kPeru);
  });
  const std::string name = NameOf(office, "p1");
  office.Restart();
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(Shown(office, "p1") == "7212 CO-DC");
  CHECK(NameOf(office, "p1") != name);
  const std::string second = NameOf(office, "p1");
  office.Restart();
  REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  CHECK(NameOf(office, "p1") == second);
}

TEST_CASE("other hierarchies begin an epoch") {
  Office office;
  office.Prepare();
  PutPeople(office, {{"p1", "CO-DC"}, {"p2", "CO-DC"}, {"p3", "CO-DC"}});
  const std::string name = NameOf(office, "p1");
  const Epoch before = EpochOf(office);
  const auto other =
      Hierarchies::Parse({{"mobility", "m.csv", "CO;CO\nPE;*\n"}});
  REQUIRE(other.ok());
  const auto open = [&] {
    auto offices = OpenOffices({.own = kColombia,
                                .database = office.database.get(),
                                .index = office.index.get(),
                                .clock = &office.clock,
                                .random = &office.random,
                                .gate = &office.gate,
                                .hierarchies = *other});
    REQUIRE(offices.ok());
    office.offices = *std::move(offices);
    REQUIRE(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  };
  open();
  const Epoch begun = EpochOf(office);
  CHECK(begun > before);
  CHECK(Shown(office, "p1") == "7212 CO-DC");
  const std::string second = NameOf(office, "p1");
  CHECK(second != name);
  CheckAnonymous(office, kPeru, 3);
  // Once.
  open();
  CHECK(EpochOf(office) == begun);
  CHECK(NameOf(office, "p1") == second);
}

}  // namespace
}  // namespace minga::exchange
