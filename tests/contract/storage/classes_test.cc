// Where profiles stand at each peer: shown in one class, or waiting in some.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

using Strings = std::vector<std::string>;

const Digest kCooks = Sha256("cooks");
const Digest kWelders = Sha256("welders");
const Digest kAnything = Sha256("anything");

ClassPlace Shown(const Digest& klass, const std::string& values = "") {
  ClassPlace place;
  place.epoch = 3;
  place.rung = 1;
  place.shown = true;
  place.classes = {klass};
  place.floor = "floor";
  place.values = values;
  return place;
}

ClassPlace Waiting(const std::vector<Digest>& classes) {
  ClassPlace place;
  place.epoch = 3;
  place.classes = classes;
  place.sensitive = "12345678";
  return place;
}

Strings Names(const std::vector<ClassResident>& residents) {
  Strings names;
  for (const ClassResident& resident : residents) {
    names.push_back(resident.profile);
  }
  return names;
}

// Every peer has a feed.
void AddPeers(Database& database) {
  Write(database, [](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.feeds().StartEpoch(kEcuador, 1));
    return t.feeds().StartEpoch(kPeru, 1);
  });
}

// Residents of the class as a reader finds it.
Strings In(const ClassReader& classes, const Digest& klass, ClassRole role,
           const std::string& after = "", int limit = 99) {
  const ClassState state = Must(classes.Lookup(kEcuador, klass));
  return Names(Must(classes.Residents(state.number, role, after, limit)));
}

TEMPLATE_TEST_CASE("a profile is shown in one class of each peer",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  AddPeers(engine.database());
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    for (const char* profile : {"p2", "p1", "p3"}) {
      MINGA_RETURN_IF_ERROR(t.classes().Put(kEcuador, profile, Shown(kCooks)));
    }
    MINGA_RETURN_IF_ERROR(t.classes().Put(kEcuador, "p1", Shown(kCooks)));
    return t.classes().Put(kPeru, "p1", Shown(kCooks));
  });
  Read(engine.database(), [&](const Snapshot& s) {
    const ClassReader& classes = s.classes();
    CHECK(Must(classes.Lookup(kEcuador, kCooks)).shown == 3);
    CHECK(Must(classes.Lookup(kPeru, kCooks)).shown == 1);
    CHECK(Must(classes.Lookup(kEcuador, kWelders)).number == 0);
    CHECK(In(classes, kCooks, ClassRole::kShown, "", 2) == Strings{"p2", "p1"});
    CHECK(In(classes, kCooks, ClassRole::kShown, "p1") == Strings{"p3"});
    CHECK(In(classes, kCooks, ClassRole::kWaiting).empty());
    const std::optional<ClassMember> member = Must(classes.Find(kPeru, "p1"));
    REQUIRE(member.has_value());
    CHECK(member->epoch == 3);
    CHECK(member->rung == 1);
    CHECK(member->floor == "floor");
    REQUIRE(member->shown.has_value());
    CHECK(member->shown->digest == kCooks);
    CHECK(member->shown->shown == 1);
    CHECK_FALSE(Must(classes.Find(kPeru, "p2")).has_value());
    CHECK(Must(classes.Profiles(kEcuador, "p1", 9)).size() == 2);
  });
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ClassStore& classes = t.classes();
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p1", Shown(kWelders)));
    CHECK(Must(classes.Lookup(kEcuador, kCooks)).shown == 2);
    CHECK(Must(classes.Lookup(kEcuador, kWelders)).shown == 1);
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p1", std::nullopt));
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p1", std::nullopt));
    CHECK_FALSE(Must(classes.Find(kEcuador, "p1")).has_value());
    CHECK(Must(classes.Lookup(kEcuador, kWelders)).number == 0);
    MINGA_RETURN_IF_ERROR(classes.Drop(kEcuador));
    CHECK(Must(classes.Lookup(kEcuador, kCooks)).number == 0);
    CHECK(Must(classes.Profiles(kEcuador, "", 9)).empty());
    CHECK(Must(classes.Lookup(kPeru, kCooks)).shown == 1);
    return absl::OkStatus();
  });
}

TEMPLATE_TEST_CASE("a profile waits in several classes until it is shown",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  AddPeers(engine.database());
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ClassStore& classes = t.classes();
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p1", Waiting({kCooks, kAnything})));
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p2", Waiting({kWelders, kAnything})));
    CHECK(Must(classes.Lookup(kEcuador, kAnything)).waiting == 2);
    CHECK(In(classes, kAnything, ClassRole::kWaiting) == Strings{"p1", "p2"});
    CHECK(In(classes, kCooks, ClassRole::kWaiting) == Strings{"p1"});
    const auto waits = Must(classes.Find(kEcuador, "p1"));
    REQUIRE(waits.has_value());
    CHECK_FALSE(waits->shown.has_value());
    CHECK(
        waits->waiting ==
        std::vector<ClassNo>{Must(classes.Lookup(kEcuador, kCooks)).number,
                             Must(classes.Lookup(kEcuador, kAnything)).number});
    CHECK(waits->sensitive == "12345678");

    // In one of those it waited in, and back.
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p1", Shown(kAnything)));
    const ClassState both = Must(classes.Lookup(kEcuador, kAnything));
    CHECK(both.shown == 1);
    CHECK(both.waiting == 1);
    CHECK(Must(classes.Lookup(kEcuador, kCooks)).number == 0);
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p1", Waiting({kCooks, kAnything})));
    CHECK(Must(classes.Lookup(kEcuador, kAnything)).waiting == 2);
    CHECK(Must(classes.Lookup(kEcuador, kAnything)).shown == 0);

    const auto summary = Must(classes.Summarise(kEcuador));
    REQUIRE(summary.size() == 1);
    CHECK(summary[0].rung == kWaitingRung);
    CHECK(summary[0].profiles == 2);
    return absl::OkStatus();
  });
}

TEMPLATE_TEST_CASE("a profile that is only remembered counts nowhere",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  AddPeers(engine.database());
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ClassStore& classes = t.classes();
    ClassPlace remembered = Waiting({});
    remembered.floor = "floor";
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p1", Shown(kCooks)));
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p1", remembered));
    CHECK(Must(classes.Lookup(kEcuador, kCooks)).number == 0);
    CHECK(Must(classes.Summarise(kEcuador)).empty());
    CHECK(Must(classes.Find(kEcuador, "p1"))->floor == "floor");
    ClassPlace two = Shown(kCooks);
    two.classes.push_back(kWelders);
    CHECK(absl::IsInvalidArgument(classes.Put(kEcuador, "p1", two)));
    return absl::OkStatus();
  });
}

TEMPLATE_TEST_CASE("values are found by who is shown with them",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  AddPeers(engine.database());
  constexpr std::uint64_t kFirst = 0x3131313131313131;   // "11111111"
  constexpr std::uint64_t kSecond = 0x3232323232323232;  // "22222222"
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ClassStore& classes = t.classes();
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p1", Shown(kCooks, "1111111122222222")));
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p2", Shown(kCooks, "11111111")));
    ClassPlace waits = Waiting({kCooks});
    waits.values = "22222222";
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p3", waits));
    const ClassNo cooks = Must(classes.Lookup(kEcuador, kCooks)).number;
    CHECK(Must(classes.Having(cooks, kFirst, 9)) == Strings{"p1", "p2"});
    CHECK(Must(classes.Having(cooks, kFirst, 1)).size() == 1);
    CHECK(Must(classes.Having(cooks, kSecond, 9)) == Strings{"p1"});
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p1", Shown(kCooks, "11111111")));
    CHECK(Must(classes.Having(cooks, kSecond, 9)).empty());
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p2", std::nullopt));
    CHECK(Must(classes.Having(cooks, kFirst, 9)) == Strings{"p1"});
    return absl::OkStatus();
  });
}

TEMPLATE_TEST_CASE("sensitive values of those displayed are counted",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  AddPeers(engine.database());
  const auto shown = [](const std::string& sensitive) {
    ClassPlace place = Shown(kCooks);
    place.sensitive = sensitive;
    return place;
  };
  // "attribute value members", of the two attributes.
  const auto counts = [](const ClassReader& classes) {
    Strings texts;
    for (const SensitiveCount& count :
         Must(classes.Lookup(kEcuador, kCooks)).sensitive) {
      const std::string value(reinterpret_cast<const char*>(&count.value), 8);
      texts.push_back(
          absl::StrCat(count.attribute, " ", value, " ", count.members));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  };
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ClassStore& classes = t.classes();
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p1", shown("aaaaaaaaxxxxxxxx")));
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p2", shown("bbbbbbbbxxxxxxxx")));
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p3", shown("aaaaaaaaxxxxxxxx")));
    // Those who wait are not.
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p4", Waiting({kCooks})));
    CHECK(counts(classes) ==
          Strings{"0 aaaaaaaa 2", "0 bbbbbbbb 1", "1 xxxxxxxx 3"});
    return absl::OkStatus();
  });
  const absl::Status failed = engine.database().Write([&](Transaction& t) {
    (void)t.classes().Put(kEcuador, "p1", std::nullopt);
    return absl::InternalError("on purpose");
  });
  CHECK(absl::IsInternal(failed));
  Read(engine.database(), [&](const Snapshot& s) {
    CHECK(counts(s.classes()) ==
          Strings{"0 aaaaaaaa 2", "0 bbbbbbbb 1", "1 xxxxxxxx 3"});
  });
  engine.Reopen();
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    ClassStore& classes = t.classes();
    MINGA_RETURN_IF_ERROR(
        classes.Put(kEcuador, "p2", shown("aaaaaaaayyyyyyyy")));
    MINGA_RETURN_IF_ERROR(classes.Put(kEcuador, "p3", Waiting({kCooks})));
    CHECK(counts(classes) ==
          Strings{"0 aaaaaaaa 2", "1 xxxxxxxx 1", "1 yyyyyyyy 1"});
    return absl::OkStatus();
  });
  Read(engine.database(), [&](const Snapshot& s) {
    CHECK(counts(s.classes()) ==
          Strings{"0 aaaaaaaa 2", "1 xxxxxxxx 1", "1 yyyyyyyy 1"});
  });
  Write(engine.database(),
        [](Transaction& t) { return t.classes().Drop(kEcuador); });
  Read(engine.database(),
       [&](const Snapshot& s) { CHECK(counts(s.classes()).empty()); });
}

TEMPLATE_TEST_CASE("a profile in a class is known as long as it is there",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  AddPeers(engine.database());
  StoredRecord record;
  record.key = {kColombia, RecordKind::kProfile, "p1"};
  record.body = "body";
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.records().Put(record, true).status());
    MINGA_RETURN_IF_ERROR(t.classes().Put(kEcuador, "p1", Shown(kCooks)));
    return t.classes().Put(kPeru, "p1", Shown(kCooks));
  });
  // The record goes, then one peer's place: the other's stays.
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.records().Erase(record.key).status());
    return t.classes().Put(kEcuador, "p1", std::nullopt);
  });
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    CHECK(In(t.classes(), kCooks, ClassRole::kShown).empty());
    CHECK(Must(t.classes().Find(kPeru, "p1")).has_value());
    CHECK(Must(t.classes().Profiles(kPeru, "", 9)).size() == 1);
    MINGA_RETURN_IF_ERROR(t.classes().Put(kPeru, "p1", std::nullopt));
    CHECK(!Must(t.classes().Find(kPeru, "p1")).has_value());
    // As if it had never been there.
    MINGA_RETURN_IF_ERROR(t.records().Put(record, true).status());
    CHECK(!Must(t.classes().Find(kPeru, "p1")).has_value());
    CHECK(!Must(t.feeds().Find(kPeru, record.key)).has_value());
    return t.classes().Put(kPeru, "p1", Shown(kCooks));
  });
}

}  // namespace
}  // namespace minga::storage
