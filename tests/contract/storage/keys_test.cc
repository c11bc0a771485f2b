// Keys of persons: apart from the database, gone when destroyed, and never back
// with an older copy of it.
#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;
constexpr int kLook = 3;  // so that every look takes several steps

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The first column of all rows, in a connection of its own.
Strings Sql(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  INFO(sqlite3_errmsg(handle));
  REQUIRE(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) ==
          SQLITE_OK);
  Strings rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    rows.emplace_back(
        static_cast<const char*>(sqlite3_column_blob(statement, 0)),
        static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
  }
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return rows;
}

constexpr char kLiveKeys[] =
    "SELECT sealed FROM key WHERE sealed <> zeroblob(60) ORDER BY number";

// Everything of both files, also what waits in their write-ahead logs.
std::string AllBytes(InSqlite& engine) {
  std::string bytes;
  for (const std::string& path :
       {engine.Options().path, engine.Options().keys}) {
    bytes += ReadFile(path) + ReadFile(path + "-wal");
  }
  return bytes;
}

absl::Status Put(Transaction& t, const std::string& person) {
  MINGA_RETURN_IF_ERROR(t.people().KeyOrNew(Somebody(person)).status());
  return t.people().SetConsent(person, absl::StrCat("consent of ", person),
                               absl::CivilDay(2027, 1, 1));
}

void PutAll(InSqlite& engine, const Strings& people) {
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    for (const std::string& person : people) {
      MINGA_RETURN_IF_ERROR(Put(t, person));
    }
    return absl::OkStatus();
  });
}

void Destroy(InSqlite& engine, const std::string& person) {
  Write(engine.database(),
        [&](Transaction& t) { return t.people().Destroy(person).status(); });
}

std::string KeyOf(InSqlite& engine, const std::string& person) {
  std::string key;
  Read(engine.database(), [&](const Snapshot& s) {
    const auto held = s.people().Key(person);
    if (held.ok()) {
      key = *held;
      CHECK(Must(s.people().Consent(person)) ==
            absl::StrCat("consent of ", person));
    } else {
      CHECK(absl::IsNotFound(held.status()));
      CHECK(absl::IsNotFound(s.people().Consent(person).status()));
    }
  });
  return key;
}

// What housekeeping does after the start; returns those without a key.
Strings Settle(InSqlite& engine) {
  Strings keyless;
  PersonId after;
  bool more = true;
  while (more) {
    Write(engine.database(), [&](Transaction& t) -> absl::Status {
      const KeylessPeople found = Must(t.people().FindKeyless(after, kLook));
      for (const PersonId& person : found.people) {
        CHECK(Must(t.people().Destroy(person)));
        keyless.push_back(person);
      }
      after = found.last;
      more = found.more;
      return absl::OkStatus();
    });
  }
  for (more = true; more;) {
    Write(engine.database(), [&](Transaction& t) {
      more = Must(t.people().DestroyStrayKeys(kLook));
      return absl::OkStatus();
    });
  }
  return keyless;
}

// A copy of one of the files, to be put back as a crash or an operator would.
class Copy {
 public:
  Copy(InSqlite& engine, std::string path)
      : engine_(engine), path_(std::move(path)) {
    engine_.Close();
    bytes_ = ReadFile(path_);
    engine_.Reopen();
  }
  void PutBack() {
    engine_.Close();
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes_;
    engine_.Reopen();
  }

 private:
  InSqlite& engine_;
  const std::string path_;
  std::string bytes_;
};

}  // namespace

TEST_CASE("a destroyed key is in no file, whatever else was destroyed",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  constexpr int kPeople = 1500;  // some 30 pages
  constexpr int kDestroyed = 700;
  Strings people;
  for (int i = 0; i < kPeople; ++i) people.push_back(absl::StrCat("p", i));
  PutAll(engine, people);
  const Strings sealed = Sql(engine.Options().keys, kLiveKeys);
  REQUIRE(sealed.size() == kPeople);

  SeededRandom random(20261122);
  std::vector<std::size_t> order(kPeople);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    std::swap(order[i], order[random.Below(i + 1)]);
  }
  for (int i = 0; i < kDestroyed; ++i) {
    // The database is open and nothing waits for its idle time.
    Destroy(engine, people[order[static_cast<std::size_t>(i)]]);
    if (i % 50 != 0) continue;
    CHECK(!absl::StrContains(AllBytes(engine),
                             sealed[order[static_cast<std::size_t>(i)]]));
  }
  const std::string open = AllBytes(engine);
  engine.Close();
  const std::string closed = AllBytes(engine);
  for (int i = 0; i < kPeople; ++i) {
    const std::string& key = sealed[order[static_cast<std::size_t>(i)]];
    if (i < kDestroyed) {
      REQUIRE(!absl::StrContains(open, key));
      REQUIRE(!absl::StrContains(closed, key));
    } else {
      REQUIRE(absl::StrContains(closed, key));
    }
  }
}

TEST_CASE("no key is in the database's own file", "[storage][sqlite][keys]") {
  InSqlite engine;
  PutAll(engine, {"p1", "p2"});
  engine.Close();
  const std::string database = ReadFile(engine.Options().path);
  for (const std::string& sealed : Sql(engine.Options().keys, kLiveKeys)) {
    CHECK(!absl::StrContains(database, sealed));
  }
}

TEST_CASE("an older copy of the database does not bring anybody back",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  PutAll(engine, {"a", "b", "c", "d", "e", "f", "g"});
  const std::string key_of_a = KeyOf(engine, "a");
  Copy older(engine, engine.Options().path);
  Destroy(engine, "b");
  Destroy(engine, "f");
  // Came back as somebody new.
  Destroy(engine, "d");
  PutAll(engine, {"d", "late"});
  const Strings live = Sql(engine.Options().keys, kLiveKeys);
  older.PutBack();

  // Even before anybody looked.
  CHECK(KeyOf(engine, "b").empty());
  CHECK(KeyOf(engine, "d").empty());
  CHECK(KeyOf(engine, "a") == key_of_a);
  SECTION("and they are found") {
    CHECK(Settle(engine) == Strings{"b", "d", "f"});
    CHECK(KeyOf(engine, "a") == key_of_a);
    CHECK(!KeyOf(engine, "g").empty());
    // Of a, c, e, g. Those of d and late are nobody's in this copy.
    const Strings left = Sql(engine.Options().keys, kLiveKeys);
    CHECK(left.size() == 4);
    const std::string bytes = AllBytes(engine);
    for (const std::string& sealed : live) {
      const bool kept =
          std::find(left.begin(), left.end(), sealed) != left.end();
      CHECK(absl::StrContains(bytes, sealed) == kept);
    }
    engine.Reopen();
    CHECK(Settle(engine).empty());
    CHECK(KeyOf(engine, "a") == key_of_a);
  }
  SECTION("also if it crashes while looking, and people come and go") {
    Write(engine.database(), [&](Transaction& t) -> absl::Status {
      CHECK(Must(t.people().FindKeyless("", kLook)).people == Strings{"b"});
      return Put(t, "new");
    });
    Destroy(engine, "g");
    engine.Reopen();
    CHECK(Settle(engine) == Strings{"b", "d", "f"});
    CHECK(!KeyOf(engine, "new").empty());
    CHECK(KeyOf(engine, "g").empty());
  }
  SECTION("also if somebody comes back before") {
    PutAll(engine, {"b"});
    const std::string key = KeyOf(engine, "b");
    CHECK(!key.empty());
    CHECK(Settle(engine) == Strings{"d", "f"});
    CHECK(KeyOf(engine, "b") == key);
  }
}

TEST_CASE("a crash between the two files ends in one state",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  PutAll(engine, {"a", "b"});
  SECTION("after the key was made, before its person") {
    Copy before(engine, engine.Options().path);
    PutAll(engine, {"c"});
    before.PutBack();
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 3);
    CHECK(Settle(engine).empty());
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 2);
    PutAll(engine, {"c"});
    CHECK(!KeyOf(engine, "c").empty());
  }
  SECTION("after the person was erased, before the key was") {
    Copy before(engine, engine.Options().keys);
    Destroy(engine, "a");
    before.PutBack();
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 2);
    CHECK(Settle(engine).empty());
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 1);
  }
  SECTION("the same, in one commit with somebody new") {
    // The new key is there, the destroyed one still is.
    const std::string sealed = Sql(engine.Options().keys, kLiveKeys)[0];
    Write(engine.database(), [](Transaction& t) -> absl::Status {
      MINGA_RETURN_IF_ERROR(t.people().Destroy("a").status());
      return Put(t, "c");
    });
    engine.Close();
    sqlite3* keys = nullptr;
    REQUIRE(sqlite3_open(engine.Options().keys.c_str(), &keys) == SQLITE_OK);
    // As Flush leaves it, with a mark that the database does not have.
    const std::string sql = absl::StrCat(
        "UPDATE key SET sealed = x'", absl::BytesToHexString(sealed),
        "' WHERE number = 1; UPDATE state SET mark = mark / 2 + 1");
    REQUIRE(sqlite3_exec(keys, sql.c_str(), nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    sqlite3_close(keys);
    engine.Reopen();
    CHECK(Settle(engine).empty());
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 2);
    CHECK(!KeyOf(engine, "c").empty());
  }
  CHECK(!KeyOf(engine, "b").empty());
}

TEST_CASE("without a crash nobody is looked for", "[storage][sqlite][keys]") {
  InSqlite engine;
  PutAll(engine, {"a", "b", "c"});
  Destroy(engine, "b");
  for (int opening = 0; opening < 2; ++opening) {
    Write(engine.database(), [](Transaction& t) {
      CHECK(!Must(t.people().FindKeyless("", 1)).more);
      CHECK(!Must(t.people().DestroyStrayKeys(1)));
      return absl::OkStatus();
    });
    engine.Reopen();
  }
}

TEST_CASE("a key that could not be destroyed is owed",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  PutAll(engine, {"a", "b"});
  const std::string sealed = Sql(engine.Options().keys, kLiveKeys)[0];
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(engine.Options().keys.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  const absl::Status status = engine.database().Write(
      [](Transaction& t) { return t.people().Destroy("a").status(); });
  CHECK(absl::IsUnavailable(status));
  CHECK(absl::StrContains(status.message(), "not destroyed yet"));
  CHECK(KeyOf(engine, "a").empty());
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  SECTION("the next commit does it") {
    PutAll(engine, {"c"});
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 2);
  }
  SECTION("closing does it") {
    engine.Close();
    CHECK(Sql(engine.Options().keys, kLiveKeys).size() == 1);
  }
  engine.Close();
  CHECK(!absl::StrContains(AllBytes(engine), sealed));
}

TEST_CASE("a commit that fails leaves no key", "[storage][sqlite][keys]") {
  InSqlite engine;
  engine.Close();
  SqliteOptions options = engine.Options();
  options.pages_max = 80;
  auto database = Must(OpenSqliteDatabase(options));
  int people = 0;
  absl::Status status;
  while (status.ok() && people < 100'000) {
    status = database->Write([&](Transaction& t) -> absl::Status {
      MINGA_RETURN_IF_ERROR(Put(t, absl::StrCat("p", people)));
      // Counted now and written with the commit, where it fails.
      return t.audit().Append(std::string(700, 'x')).status();
    });
    if (status.ok()) ++people;
  }
  REQUIRE(absl::IsResourceExhausted(status));
  REQUIRE(people > 10);
  database.reset();
  engine.Reopen();
  CHECK(Settle(engine).empty());
  CHECK(Sql(options.keys, kLiveKeys).size() ==
        static_cast<std::size_t>(people));
  CHECK(!KeyOf(engine, absl::StrCat("p", people - 1)).empty());
}

TEST_CASE("a missing or foreign key file is refused",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  PutAll(engine, {"a"});
  engine.Close();
  const SqliteOptions options = engine.Options();
  const std::string aside = options.keys + ".aside";
  fs::rename(options.keys, aside);
  SECTION("missing") {
    const absl::Status status = OpenSqliteDatabase(options).status();
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(absl::StrContains(status.message(), "missing"));
    CHECK(!fs::exists(options.keys));
  }
  SECTION("another database's") {
    InSqlite other;
    PutAll(other, {"a"});
    other.Close();
    fs::copy_file(other.Options().keys, options.keys);
    const absl::Status status = OpenSqliteDatabase(options).status();
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(absl::StrContains(status.message(), "another database"));
    // A new database does not take the keys of one that is gone either.
    SqliteOptions fresh = options;
    fresh.path += ".new";
    CHECK(absl::IsFailedPrecondition(OpenSqliteDatabase(fresh).status()));
    fs::remove(options.keys);
  }
  fs::rename(aside, options.keys);
  engine.Reopen();
  CHECK(!KeyOf(engine, "a").empty());
}

}  // namespace minga::storage
