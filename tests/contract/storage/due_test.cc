// The days on which records are due.
#include <catch2/catch.hpp>

#include "absl/strings/str_cat.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

constexpr absl::CivilDay kFirst(2026, 12, 1);

RecordKey Key(int n) {
  return {kColombia, RecordKind::kVacancy, absl::StrCat("v", n)};
}

absl::Status PutRecord(Transaction& t, const RecordKey& key) {
  StoredRecord record;
  record.key = key;
  record.body = "body";
  record.digest = Sha256(key.id);
  record.revision = 1;
  return t.records().Put(record, key.country == kColombia).status();
}

std::vector<std::string> DueBy(Database& database, absl::CivilDay day,
                               int limit = 100) {
  std::vector<std::string> ids;
  Read(database, [&](const Snapshot& s) {
    for (const DueRecord& due : Must(s.due().DueBy(day, limit))) {
      CHECK(due.day <= day);
      CHECK(Must(s.due().DayOf(due.key)) == due.day);
      ids.push_back(due.key.id);
    }
  });
  return ids;
}

using Strings = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("a record is due on one day", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  Database& database = engine.database();
  Write(database, [](Transaction& t) -> absl::Status {
    for (const int n : {1, 2, 3}) MINGA_CHECK_OK(PutRecord(t, Key(n)));
    MINGA_CHECK_OK(t.due().Set(Key(1), kFirst + 2));
    MINGA_CHECK_OK(t.due().Set(Key(2), kFirst));
    MINGA_CHECK_OK(t.due().Set(Key(3), kFirst + 1));
    // A transaction sees its own days.
    CHECK(Must(t.due().DueBy(kFirst, 9)).size() == 1);
    return absl::OkStatus();
  });
  CHECK(DueBy(database, kFirst - 1).empty());
  CHECK(DueBy(database, kFirst) == Strings{"v2"});
  CHECK(DueBy(database, kFirst + 5) == Strings{"v2", "v3", "v1"});
  CHECK(DueBy(database, kFirst + 5, 2) == Strings{"v2", "v3"});

  SECTION("another day replaces it") {
    Write(database,
          [](Transaction& t) { return t.due().Set(Key(2), kFirst + 4); });
    CHECK(DueBy(database, kFirst + 3) == Strings{"v3", "v1"});
    CHECK(DueBy(database, kFirst + 4) == Strings{"v3", "v1", "v2"});
  }
  SECTION("no day takes it out") {
    Write(database, [](Transaction& t) {
      return t.due().Set(Key(2), absl::CivilDay::max());
    });
    CHECK(DueBy(database, kFirst + 5) == Strings{"v3", "v1"});
    Read(database, [](const Snapshot& s) {
      CHECK(Must(s.due().DayOf(Key(2))) == absl::CivilDay::max());
    });
  }
  SECTION("it is kept over a restart, and if the record comes again") {
    Write(database, [](Transaction& t) { return PutRecord(t, Key(2)); });
    engine.Reopen();
    CHECK(DueBy(engine.database(), kFirst) == Strings{"v2"});
  }
  SECTION("a new version comes with its own") {
    Write(database, [](Transaction& t) -> absl::Status {
      StoredRecord record;
      record.key = Key(2);
      record.body = "another body";
      record.digest = Sha256("another");
      record.due = kFirst + 7;
      MINGA_CHECK_OK(t.records().Put(record, /*own=*/true).status());
      CHECK(Must(t.records().Get(Key(2)))->due == kFirst + 7);
      record.key = Key(3);
      record.due = absl::CivilDay::max();
      MINGA_CHECK_OK(t.records().Put(record, /*own=*/true).status());
      CHECK(Must(t.records().Get(Key(3)))->due == absl::CivilDay::max());
      record.key = Key(4);
      record.due = kFirst;
      return t.records().Put(record, /*own=*/true).status();
    });
    CHECK(DueBy(database, kFirst + 6) == Strings{"v4", "v1"});
    CHECK(DueBy(database, kFirst + 7) == Strings{"v4", "v1", "v2"});
  }
  SECTION("a job that fails leaves the days as they were") {
    const absl::Status failed =
        database.Write([](Transaction& t) -> absl::Status {
          MINGA_CHECK_OK(t.due().Set(Key(2), kFirst + 9));
          MINGA_CHECK_OK(t.due().Set(Key(3), absl::CivilDay::max()));
          return absl::AbortedError("no");
        });
    CHECK(absl::IsAborted(failed));
    CHECK(DueBy(database, kFirst + 5) == Strings{"v2", "v3", "v1"});
  }
}

TEMPLATE_TEST_CASE("a day is forgotten with its record", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  Database& database = engine.database();
  const RecordKey received{kEcuador, RecordKind::kProfile, "q1"};
  const RecordKey person{kColombia, RecordKind::kProfile, "p1"};
  Write(database, [&](Transaction& t) -> absl::Status {
    MINGA_CHECK_OK(t.feeds().StartEpoch(kPeru, 1));
    for (const RecordKey& key : {received, person}) {
      MINGA_CHECK_OK(PutRecord(t, key));
      MINGA_CHECK_OK(t.due().Set(key, kFirst));
    }
    // A feed that names the record keeps its key, not its day.
    FeedRow row;
    row.key = person;
    row.state = ViewState::kShown;
    row.reason = "permit";
    return t.feeds().Put(kPeru, row).status();
  });
  CHECK(DueBy(database, kFirst).size() == 2);
  Write(database, [&](Transaction& t) -> absl::Status {
    CHECK(Must(t.records().Erase(received)));
    CHECK(Must(t.records().Erase(person)));
    CHECK(Must(t.due().DayOf(person)) == absl::CivilDay::max());
    return absl::OkStatus();
  });
  CHECK(DueBy(database, kFirst + 999).empty());
  Write(database, [&](Transaction& t) -> absl::Status {
    MINGA_CHECK_OK(PutRecord(t, person));
    MINGA_CHECK_OK(PutRecord(t, received));
    return absl::OkStatus();
  });
  CHECK(DueBy(database, kFirst + 999).empty());
}

TEMPLATE_TEST_CASE("days are asked for within limits", "[storage][contract]",
                   InSqlite) {
  TestType engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    CHECK(absl::IsNotFound(t.due().Set(Key(7), kFirst)));
    MINGA_CHECK_OK(t.due().Set(Key(7), absl::CivilDay::max()));
    CHECK(absl::IsInvalidArgument(t.due().DueBy(kFirst, 0).status()));
    // Long before 1970 and long after are days too.
    MINGA_CHECK_OK(PutRecord(t, Key(1)));
    MINGA_CHECK_OK(t.due().Set(Key(1), absl::CivilDay(1900, 1, 1)));
    CHECK(Must(t.due().DayOf(Key(1))) == absl::CivilDay(1900, 1, 1));
    MINGA_CHECK_OK(t.due().Set(Key(1), absl::CivilDay(9999, 12, 31)));
    CHECK(Must(t.due().DayOf(Key(1))) == absl::CivilDay(9999, 12, 31));
    return absl::OkStatus();
  });
}

}  // namespace minga::storage
