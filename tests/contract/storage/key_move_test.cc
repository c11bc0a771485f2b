// A database of the schema that still had the persons' keys in it.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/key_file.h"
#include "storage/sqlite/key_link.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/vault.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

using sqlite::Bytes;
using sqlite::Connection;
using sqlite::KeyFile;
using sqlite::Run;
using sqlite::Statement;
using sqlite::Vault;

constexpr int kPeople = 12'345;  // more than are copied at once

std::string IdOf(int n) { return absl::StrCat("p", n); }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct OldDatabase {
  std::vector<std::string> keys;
  std::vector<std::string> sealed;
};

// As the version before kPersonKeysVersion wrote it, in no order.
OldDatabase MakeOld(const SqliteOptions& options) {
  OldDatabase old;
  MINGA_CHECK_OK(sqlite::MakePrivateFile(options.path));
  const std::unique_ptr<Connection> database =
      Must(Connection::Open(options.path, Connection::Mode::kReadWrite));
  MINGA_CHECK_OK(sqlite::Migrate(
      *database, sqlite::kDatabaseApplication,
      sqlite::DatabaseMigrations().first(sqlite::kPersonKeysVersion - 1)));
  const Vault vault(options.node_key, *options.random);
  Statement meta;
  Statement person;
  MINGA_CHECK_OK(database->Prepare(
      {{&meta, "INSERT INTO meta (name, value) VALUES (?1, ?2)"},
       {&person, "INSERT INTO person VALUES (?1, ?2, ?3, 20000)"}}));
  const std::string canary =
      Must(vault.Seal("canary", options.own.ToString(), "minga node key"));
  MINGA_CHECK_OK(Run(meta, "own", Bytes{options.own.ToString()}).Finish());
  MINGA_CHECK_OK(Run(meta, "canary", Bytes{canary}).Finish());
  MINGA_CHECK_OK(database->Exec("BEGIN"));
  for (int n = 0; n < kPeople; ++n) {
    old.keys.push_back(vault.NewKey());
    old.sealed.push_back(Must(vault.Seal("person", IdOf(n), old.keys.back())));
    const std::string consent =
        Must(vault.SealUnder(old.keys.back(), "consent", IdOf(n), "yes"));
    MINGA_CHECK_OK(
        Run(person, IdOf(n), Bytes{old.sealed.back()}, Bytes{consent})
            .Finish());
  }
  MINGA_CHECK_OK(database->Exec("COMMIT"));
  return old;
}

void CheckMoved(Database& database, const OldDatabase& old) {
  Read(database, [&](const Snapshot& s) {
    for (int n = 0; n < kPeople; ++n) {
      REQUIRE(Must(s.people().Key(IdOf(n))) ==
              old.keys[static_cast<std::size_t>(n)]);
      REQUIRE(Must(s.people().Consent(IdOf(n))) == "yes");
    }
    CHECK(Must(s.people().ConsentsEndedBefore(absl::CivilDay(2027, 1, 1), "",
                                              3)) ==
          std::vector<std::string>{"p0", "p1", "p10"});
  });
  Write(database, [](Transaction& t) {
    CHECK(!Must(t.people().FindKeyless("", 1)).more);
    // Everything belongs together: there is nothing to do.
    CHECK(!Must(t.people().DestroyStrayKeys(1)));
    return t.people().KeyOrNew(Somebody("new")).status();
  });
}

}  // namespace

TEST_CASE("keys of an older database move out of it",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  engine.Close();
  SqliteOptions options = engine.Options();
  options.path += ".old";
  options.keys += ".old";
  const OldDatabase old = MakeOld(options);
  SECTION("at once") {}
  SECTION("also if that was interrupted") {
    const std::unique_ptr<Connection> database =
        Must(Connection::Open(options.path, Connection::Mode::kReadWrite));
    REQUIRE(Must(sqlite::HoldsKeys(*database)));
    const std::unique_ptr<KeyFile> keys =
        Must(sqlite::OpenKeysOf(*database, options.keys, *options.random));
    SECTION("half way") {
      const KeyFile::SealedKey first{1, std::string(60, 'x')};
      MINGA_CHECK_OK(keys->Apply({&first, 1}, {}, 0));
    }
    SECTION("at the end") { MINGA_CHECK_OK(CopyKeys(*database, *keys)); }
  }
  CheckMoved(*Must(OpenSqliteDatabase(options)), old);
  const std::string left =
      ReadFile(options.path) + ReadFile(options.path + "-wal");
  const std::string moved = ReadFile(options.keys);
  for (const std::string& sealed : old.sealed) {
    REQUIRE(!absl::StrContains(left, sealed));
    REQUIRE(absl::StrContains(moved, sealed));
  }
}

TEST_CASE("an old copy with keys in it is refused beside newer keys",
          "[storage][sqlite][keys]") {
  InSqlite engine;
  engine.Close();
  SqliteOptions options = engine.Options();
  options.path += ".old";
  MakeOld(options);
  const absl::Status status = OpenSqliteDatabase(options).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(absl::StrContains(status.message(), "another database"));
}

}  // namespace minga::storage
