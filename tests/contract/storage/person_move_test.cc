// A database of the schema in which persons were named by their ids.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "node/base/status.h"
#include "storage/sqlite/connection.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

using sqlite::Connection;

// Takes the table of persons back to the version before.
void TakeBack(const std::string& path) {
  const std::unique_ptr<Connection> database =
      Must(Connection::Open(path, Connection::Mode::kReadWrite));
  MINGA_CHECK_OK(database->Exec(
      "ALTER TABLE person RENAME TO person_by_subject;"
      "CREATE TABLE person (key INTEGER PRIMARY KEY,"
      " person TEXT NOT NULL UNIQUE, consent BLOB, consent_ends INTEGER)"
      " STRICT;"
      "INSERT INTO person SELECT p.key, s.id, p.consent, p.consent_ends"
      " FROM person_by_subject p JOIN subject s ON s.subject = p.subject;"
      "DROP TABLE person_by_subject;"
      "CREATE INDEX person_by_end ON person (consent_ends)"
      " WHERE consent_ends IS NOT NULL;"
      // Persons without a record had no subject.
      "DELETE FROM subject WHERE subject NOT IN (SELECT subject FROM record);"
      "DROP INDEX feed_owed;"
      "PRAGMA user_version = 10;"));
  MINGA_CHECK_OK(database->Checkpoint(/*truncate=*/true));
}

TEST_CASE("persons of the schema before are moved", "[storage][contract]") {
  InSqlite engine;
  std::vector<std::string> keys;
  const absl::CivilDay ends(2027, 1, 1);
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    for (const char* const id : {"p3", "p1", "p2"}) {
      MINGA_ASSIGN_OR_RETURN(keys.emplace_back(),
                             t.people().KeyOrNew(Somebody(id)));
    }
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("p1", "yes", ends));
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("p2", "no", ends + 2));
    StoredRecord record;
    record.key = {kColombia, RecordKind::kProfile, "p1"};
    record.body = "body";
    return t.records().Put(record, true).status();
  });
  engine.Close();
  TakeBack(engine.Options().path);
  engine.Reopen();
  Read(engine.database(), [&](const Snapshot& s) {
    CHECK(Must(s.people().Key("p3")) == keys[0]);
    CHECK(Must(s.people().Key("p1")) == keys[1]);
    CHECK(Must(s.people().Consent("p1")) == "yes");
    CHECK(Must(s.people().Consent("p2")) == "no");
    CHECK_FALSE(Must(s.people().Consent("p3")).has_value());
    using Ids = std::vector<PersonId>;
    CHECK(Must(s.people().ConsentsEndedBefore(ends + 1, "", 9)) == Ids{"p1"});
    CHECK(Must(s.people().ConsentsEndedBefore(ends + 3, "p1", 9)) == Ids{"p2"});
    CHECK(Must(s.records().Get({kColombia, RecordKind::kProfile, "p1"}))
              ->body == "body");
  });
}

// How many subjects the file has.
std::int64_t Subjects(InSqlite& engine) {
  engine.Close();
  std::int64_t subjects = 0;
  {
    const std::unique_ptr<Connection> database = Must(
        Connection::Open(engine.Options().path, Connection::Mode::kReadWrite));
    subjects = Must(database->Number("SELECT count(*) FROM subject"));
  }
  engine.Reopen();
  return subjects;
}

TEST_CASE("the id of a person goes with whatever goes last",
          "[storage][contract]") {
  InSqlite engine;
  const RecordKey profile{kColombia, RecordKind::kProfile, "p1"};
  const bool person_first = GENERATE(true, false);
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.people().KeyOrNew(Somebody("p1")).status());
    StoredRecord record;
    record.key = profile;
    record.body = "body";
    return t.records().Put(record, true).status();
  });
  CHECK(Subjects(engine) == 1);
  const auto end_person = [&](Transaction& t) -> absl::Status {
    return t.people().Destroy("p1").status();
  };
  const auto end_record = [&](Transaction& t) -> absl::Status {
    return t.records().Erase(profile).status();
  };
  if (person_first) {
    Write(engine.database(), end_person);
    CHECK(Subjects(engine) == 1);
    Write(engine.database(), end_record);
  } else {
    Write(engine.database(), end_record);
    CHECK(Subjects(engine) == 1);
    Read(engine.database(),
         [](const Snapshot& s) { CHECK(s.people().Key("p1").ok()); });
    Write(engine.database(), end_person);
  }
  CHECK(Subjects(engine) == 0);
}

}  // namespace
}  // namespace minga::storage
