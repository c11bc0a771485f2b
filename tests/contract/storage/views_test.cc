// What peers have told, and views as they are compared.
#include <catch2/catch.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

using Strings = std::set<std::string>;

RecordKey Key(const std::string& id, Country country = kEcuador) {
  return {country, RecordKind::kVacancy, id};
}

absl::Status PutHeld(Transaction& t, const RecordKey& key) {
  StoredRecord record;
  record.key = key;
  record.body = "body";
  record.digest = Sha256(key.id);
  record.revision = 1;
  MINGA_RETURN_IF_ERROR(t.records().Put(record, /*own=*/false).status());
  return t.views().Put(key, {Sha256(key.id), true, 1});
}

Strings Told(Database& database, PeerId from = kEcuador) {
  Strings ids;
  Read(database, [&](const Snapshot& s) {
    MINGA_CHECK_OK(s.views().Told(from, [&](const ViewItem& item) {
      CHECK(item.kind == RecordKind::kVacancy);
      CHECK(item.digest == Sha256(item.id));
      CHECK(ids.insert(std::string(item.id)).second);
    }));
  });
  return ids;
}

Strings Shown(Database& database, SeqNo upto) {
  Strings ids;
  Read(database, [&](const Snapshot& s) {
    MINGA_CHECK_OK(s.views().Shown(kEcuador, upto, [&](const ViewItem& item) {
      CHECK(item.seq <= upto);
      ids.insert(std::string(item.id));
    }));
  });
  return ids;
}

FeedRow Row(const std::string& id, ViewState state) {
  FeedRow row;
  row.key = Key(id, kColombia);
  row.state = state;
  if (state == ViewState::kShown) row.digest = Sha256(id);
  row.reason = "x";
  return row;
}

}  // namespace

TEMPLATE_TEST_CASE("what a peer has told is kept until it takes it back",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    for (const char* id : {"v1", "v2", "v3"}) {
      MINGA_CHECK_OK(PutHeld(t, Key(id)));
    }
    MINGA_CHECK_OK(PutHeld(t, Key("p1", kPeru)));
    // Refused: told, but there is no record.
    return t.views().Put(Key("v4"), {Sha256("v4"), false, 1});
  });
  CHECK(Told(engine.database()) == Strings{"v1", "v2", "v3", "v4"});
  CHECK(Told(engine.database(), kPeru) == Strings{"p1"});

  SECTION("over a restart") {
    engine.Reopen();
    CHECK(Told(engine.database()).size() == 4);
  }
  SECTION("a record that should be held and is lost counts as not told") {
    Write(engine.database(),
          [](Transaction& t) { return t.records().Erase(Key("v2")).status(); });
    CHECK(Told(engine.database()) == Strings{"v1", "v3", "v4"});
  }
  SECTION("one that was erased on purpose does not") {
    Write(engine.database(), [](Transaction& t) -> absl::Status {
      MINGA_CHECK_OK(t.records().Erase(Key("v2")).status());
      MINGA_CHECK_OK(t.views().SetNotHeld(Key("never told")));
      return t.views().SetNotHeld(Key("v2"));
    });
    CHECK(Told(engine.database()) == Strings{"v1", "v2", "v3", "v4"});
    Read(engine.database(), [](const Snapshot& s) {
      CHECK(Must(s.views().Find(Key("v2"))) == ToldRow{Sha256("v2"), false, 1});
    });
  }
  SECTION("taken back") {
    Write(engine.database(), [](Transaction& t) -> absl::Status {
      MINGA_CHECK_OK(t.records().Erase(Key("v2")).status());
      MINGA_CHECK_OK(t.views().Remove(Key("never told")));
      return t.views().Remove(Key("v2"));
    });
    CHECK(Told(engine.database()) == Strings{"v1", "v3", "v4"});
    Read(engine.database(), [](const Snapshot& s) {
      CHECK(!Must(s.views().Find(Key("v2"))).has_value());
    });
  }
  SECTION("what a new generation does not bring can be removed") {
    Write(engine.database(), [](Transaction& t) -> absl::Status {
      MINGA_CHECK_OK(t.views().Put(Key("v1"), {Sha256("v1"), true, 2}));
      CHECK(Must(t.views().RemoveOthers(kEcuador, 2, 2)) == 2);
      CHECK(Must(t.views().RemoveOthers(kEcuador, 2, 2)) == 1);
      CHECK(Must(t.views().RemoveOthers(kEcuador, 2, 2)) == 0);
      return absl::OkStatus();
    });
    CHECK(Told(engine.database()) == Strings{"v1"});
    CHECK(Told(engine.database(), kPeru) == Strings{"p1"});
  }
  SECTION("own records and malformed ids are refused") {
    CHECK(absl::IsInvalidArgument(engine.database().Write([](Transaction& t) {
      return t.views().Put(Key("v1", kColombia), {});
    })));
    CHECK(absl::IsInvalidArgument(engine.database().Write(
        [](Transaction& t) { return t.views().Put(Key("a/b"), {}); })));
  }
}

TEMPLATE_TEST_CASE("a view is what is shown up to a place",
                   "[storage][contract]", InSqlite) {
  TestType engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    MINGA_CHECK_OK(t.feeds().StartEpoch(kEcuador, 7));
    for (const char* id : {"v1", "v2", "v3"}) {
      MINGA_CHECK_OK(
          t.feeds().Put(kEcuador, Row(id, ViewState::kShown)).status());
    }
    MINGA_CHECK_OK(
        t.feeds().Put(kEcuador, Row("v2", ViewState::kWithheld)).status());
    FeedRow person = Row("person", ViewState::kShown);
    person.key.kind = RecordKind::kProfile;
    person.wire_id = "pseudonym";
    return t.feeds().Put(kEcuador, person).status();
  });
  CHECK(Shown(engine.database(), 4) == Strings{"v1", "v3"});
  CHECK(Shown(engine.database(), 5) == Strings{"v1", "v3", "pseudonym"});
  CHECK(Shown(engine.database(), 1) == Strings{"v1"});

  SECTION("a row that is sent again moves to the end") {
    FeedRow again = Row("v1", ViewState::kShown);
    Write(engine.database(), [&](Transaction& t) -> absl::Status {
      CHECK(Must(t.feeds().Put(kEcuador, again)) == 1);
      again.resend = true;
      CHECK(Must(t.feeds().Put(kEcuador, again)) == 6);
      return absl::OkStatus();
    });
    CHECK(Shown(engine.database(), 5) == Strings{"v3", "pseudonym"});
    CHECK(Shown(engine.database(), 6) == Strings{"v1", "v3", "pseudonym"});
  }
}

}  // namespace minga::storage
