// A database of the schema in which classes named profiles by their ids.
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

using sqlite::Bytes;
using sqlite::Connection;
using sqlite::Run;
using sqlite::Statement;

constexpr int kVersionBefore = 5;

// Takes the file back to the version before: its tables as they were then, with
// what they have in common with today's, and nobody in a class.
void TakeBack(const std::string& path) {
  const std::string before = path + ".before";
  {
    const std::unique_ptr<Connection> database =
        Must(Connection::Open(before, Connection::Mode::kReadWrite));
    MINGA_CHECK_OK(
        sqlite::Migrate(*database, sqlite::kDatabaseApplication,
                        sqlite::DatabaseMigrations().first(kVersionBefore)));
    MINGA_CHECK_OK(database->Exec(absl::StrCat("ATTACH '", path, "' AS now")));
    Statement common;
    MINGA_CHECK_OK(database->Prepare(
        {{&common,
          "SELECT 'INSERT OR REPLACE INTO main.' || t.name || ' (' ||"
          " group_concat(c.name) || ') SELECT ' || group_concat(c.name) ||"
          " ' FROM now.' || t.name "
          "FROM main.sqlite_schema t, pragma_table_info(t.name, 'main') c "
          "WHERE t.type = 'table' AND t.name NOT LIKE 'display%'"
          " AND c.name IN (SELECT name FROM pragma_table_info(t.name, 'now')) "
          "GROUP BY t.name"}}));
    std::vector<std::string> copies;
    Run run(common);
    while (Must(run.Next())) copies.push_back(run.String(0));
    for (const std::string& copy : copies) MINGA_CHECK_OK(database->Exec(copy));
    MINGA_CHECK_OK(database->Exec("DETACH now"));
    MINGA_CHECK_OK(database->Checkpoint(/*truncate=*/true));
  }
  for (const absl::string_view log : {"-wal", "-shm"}) {
    std::filesystem::remove(absl::StrCat(path, log));
  }
  std::filesystem::rename(before, path);
}

TEST_CASE("classes of the schema before are moved", "[storage][contract]") {
  InSqlite engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.feeds().StartEpoch(kEcuador, 1));
    StoredRecord record;
    record.key = {kColombia, RecordKind::kProfile, "p1"};
    record.body = "body";
    return t.records().Put(record, true).status();
  });
  const Digest shown_in = Sha256("cooks");
  const Digest waits_in = Sha256("welders");
  engine.Close();
  TakeBack(engine.Options().path);
  {
    const std::unique_ptr<Connection> database = Must(
        Connection::Open(engine.Options().path, Connection::Mode::kReadWrite));
    Statement klass;
    Statement member;
    MINGA_CHECK_OK(database->Prepare(
        {{&klass,
          "INSERT INTO display_class (class, peer, digest, shown, waiting)"
          " VALUES (?1, 'EC', ?2, ?3, ?4)"},
         {&member,
          "INSERT INTO display_member VALUES"
          " ('EC', ?1, 3, 1, nullif(?2, 0), ?3, x'01', ?4, ?5)"}}));
    MINGA_CHECK_OK(Run(klass, 1, shown_in, 2, 0).Finish());
    MINGA_CHECK_OK(Run(klass, 2, waits_in, 0, 1).Finish());
    const std::string none;
    const std::string second("\2\0\0\0\0\0\0\0", 8);
    MINGA_CHECK_OK(Run(member, absl::string_view("p1"), 1, Bytes{none},
                       Bytes{"11111111"}, Bytes{"aaaaaaaaxxxxxxxx"})
                       .Finish());
    MINGA_CHECK_OK(Run(member, absl::string_view("p2"), 1, Bytes{none},
                       Bytes{none}, Bytes{"bbbbbbbbxxxxxxxx"})
                       .Finish());
    MINGA_CHECK_OK(Run(member, absl::string_view("p3"), 0, Bytes{second},
                       Bytes{none}, Bytes{"aaaaaaaaxxxxxxxx"})
                       .Finish());
    MINGA_CHECK_OK(database->Exec(
        "INSERT INTO display_value VALUES (1, 3544668469065756977, 'p1');"
        "INSERT INTO display_waiting VALUES (2, 'p3');"));
  }
  engine.Reopen();
  Read(engine.database(), [&](const Snapshot& s) {
    const ClassReader& classes = s.classes();
    const auto p1 = Must(classes.Find(kEcuador, "p1"));
    REQUIRE(p1.has_value());
    REQUIRE(p1->shown.has_value());
    CHECK(p1->shown->number == 1);
    CHECK(p1->epoch == 3);
    CHECK(p1->floor == "\1");
    CHECK(p1->values == "11111111");
    const auto p3 = Must(classes.Find(kEcuador, "p3"));
    REQUIRE(p3.has_value());
    CHECK(p3->waiting == std::vector<ClassNo>{2});
    CHECK(Must(classes.Residents(1, ClassRole::kShown, "", 9)).size() == 2);
    CHECK(Must(classes.Residents(2, ClassRole::kWaiting, "", 9)).size() == 1);
    CHECK(Must(classes.Having(1, 0x3131313131313131, 9)) ==
          std::vector<std::string>{"p1"});
    CHECK(Must(classes.Profiles(kEcuador, "", 9)).size() == 3);
    const ClassState state = Must(classes.Lookup(kEcuador, shown_in));
    CHECK(state.shown == 2);
    std::int64_t most = 0;
    for (const SensitiveCount& count : state.sensitive) {
      if (count.attribute == 1) most = count.members;
    }
    CHECK(state.sensitive.size() == 3);
    CHECK(most == 2);
  });
}

}  // namespace
}  // namespace minga::storage
