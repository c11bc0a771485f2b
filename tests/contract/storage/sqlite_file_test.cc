// What only the file of SQLite can show: locks, keys, versions, damage, a full
// disk, what is left of erased bytes.
#include <sqlite3.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

StoredRecord Record(const std::string& id, std::string body) {
  StoredRecord record;
  record.key = {kColombia, RecordKind::kVacancy, id};
  record.digest = Sha256(body);
  record.body = std::move(body);
  return record;
}

absl::Status StatusOfOpen(const SqliteOptions& options) {
  return OpenSqliteDatabase(options).status();
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void Sql(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  sqlite3_close(handle);
}

}  // namespace

TEST_CASE("a second opening of the file is refused", "[storage][sqlite]") {
  InSqlite engine;
  const absl::Status second = StatusOfOpen(engine.Options());
  CHECK(absl::IsFailedPrecondition(second));
  CHECK(absl::StrContains(second.message(), "in use by another process"));
  engine.Close();
  CHECK(StatusOfOpen(engine.Options()).ok());
}

TEST_CASE("the files are for their owner only", "[storage][sqlite]") {
  InSqlite engine;
  Write(engine.database(),
        [](Transaction& t) { return t.audit().Append("x").status(); });
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat found {};
    INFO(suffix);
    REQUIRE(stat((engine.Options().path + suffix).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a wrong key, country or option is refused", "[storage][sqlite]") {
  InSqlite engine;
  engine.Close();
  SqliteOptions options = engine.Options();
  SECTION("key") {
    options.node_key = std::string(32, 'x');
    const absl::Status status = StatusOfOpen(options);
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(absl::StrContains(status.message(), "node key"));
  }
  SECTION("country") {
    options.own = kPeru;
    const absl::Status status = StatusOfOpen(options);
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(absl::StrContains(status.message(), "`CO`"));
  }
  SECTION("short key") {
    options.node_key = "short";
    CHECK(absl::IsInvalidArgument(StatusOfOpen(options)));
  }
  SECTION("no folder") {
    options.path += "/not/there";
    CHECK(absl::IsFailedPrecondition(StatusOfOpen(options)));
  }
  CHECK(StatusOfOpen(engine.Options()).ok());
}

TEST_CASE("a newer schema is refused", "[storage][sqlite]") {
  InSqlite engine;
  engine.Close();
  Sql(engine.Options().path, "PRAGMA user_version=1000");
  const absl::Status status = StatusOfOpen(engine.Options());
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(absl::StrContains(status.message(), "newer"));
}

TEST_CASE("a file that is not ours is refused and left alone",
          "[storage][sqlite]") {
  InSqlite engine;
  engine.Close();
  const std::string path = engine.Options().path;
  std::filesystem::remove(path);
  SECTION("garbage") {
    WriteFile(path, std::string(5000, 'g'));
    CHECK(absl::IsDataLoss(StatusOfOpen(engine.Options())));
    CHECK(ReadFile(path) == std::string(5000, 'g'));
  }
  SECTION("another application's database") {
    Sql(path, "CREATE TABLE theirs (x)");
    CHECK(absl::IsDataLoss(StatusOfOpen(engine.Options())));
    Sql(path, "INSERT INTO theirs VALUES (1)");
  }
}

TEST_CASE("a damaged page is an error and not an answer", "[storage][sqlite]") {
  InSqlite engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    for (int i = 0; i < 2000; ++i) {
      MINGA_RETURN_IF_ERROR(
          t.records()
              .Put(Record(absl::StrCat(i), std::string(500, 'b')), true)
              .status());
    }
    return absl::OkStatus();
  });
  engine.Close();
  std::string bytes = ReadFile(engine.Options().path);
  REQUIRE(bytes.size() > 400'000);
  // Everything but the first pages, which hold the schema.
  bytes.replace(200'000, bytes.size() - 200'000,
                std::string(bytes.size() - 200'000, '\x55'));
  WriteFile(engine.Options().path, bytes);
  const auto opened = OpenSqliteDatabase(engine.Options());
  if (!opened.ok()) {
    CHECK(absl::IsDataLoss(opened.status()));
    return;
  }
  CHECK(absl::IsDataLoss((*opened)->Read([](const Snapshot& s) {
    return s.records().Scan(kColombia, RecordKind::kVacancy, "", 2000).status();
  })));
}

TEST_CASE("a full disk leaves whole transactions", "[storage][sqlite]") {
  InSqlite engine;
  engine.Close();
  SqliteOptions options = engine.Options();
  options.pages_max = 400;
  auto database = Must(OpenSqliteDatabase(options));
  Write(*database,
        [](Transaction& t) { return t.feeds().StartEpoch(kEcuador, 1); });
  int written = 0;
  absl::Status status;
  while (status.ok() && written < 100'000) {
    status = database->Write([&](Transaction& t) -> absl::Status {
      for (int i = 0; i < 10; ++i) {
        const StoredRecord record =
            Record(absl::StrCat(written + i), std::string(700, 'b'));
        MINGA_RETURN_IF_ERROR(t.records().Put(record, true).status());
        MINGA_RETURN_IF_ERROR(t.audit().Append(record.key.id).status());
        FeedRow row;
        row.key = record.key;
        row.state = ViewState::kShown;
        row.digest = record.digest;
        MINGA_RETURN_IF_ERROR(t.feeds().Put(kEcuador, row).status());
      }
      return absl::OkStatus();
    });
    if (status.ok()) written += 10;
  }
  CHECK(absl::IsResourceExhausted(status));
  REQUIRE(written > 100);
  const auto check = [&](const Snapshot& s) {
    CHECK(Must(s.records().Count(kColombia, RecordKind::kVacancy)).records ==
          written);
    CHECK(Must(s.feeds().Head(kEcuador)).last == static_cast<SeqNo>(written));
    CHECK(Must(s.records().ChangesSince(0, 0, 100'000)).put.size() ==
          static_cast<std::size_t>(written));
    std::vector<Digest> leaves;
    for (int i = 0; i < written; ++i)
      leaves.push_back(LeafHash(absl::StrCat(i)));
    CHECK(Must(RootAt(s.audit(), Must(s.audit().Size()))) == RootOf(leaves));
  };
  Read(*database, check);

  SECTION("and a job that ignores the error does not slip in half of itself") {
    const absl::Status slipped = database->Write([&](Transaction& t) {
      for (int i = 0; i < 500; ++i) {
        t.documents()
            .Put(absl::StrCat("doc/", i), std::string(5000, 'd'))
            .IgnoreError();
      }
      return absl::OkStatus();
    });
    CHECK(absl::IsResourceExhausted(slipped));
    Read(*database, [&](const Snapshot& s) {
      CHECK(Must(s.documents().List("doc/")).empty());
      check(s);
    });
  }
  SECTION("and erasing makes room again") {
    Write(*database, [&](Transaction& t) -> absl::Status {
      for (int i = 0; i < 50; ++i) {
        MINGA_RETURN_IF_ERROR(
            t.records().Erase(Record(absl::StrCat(i), "").key).status());
      }
      return absl::OkStatus();
    });
    Write(*database, [](Transaction& t) {
      return t.records().Put(Record("new", "small"), true).status();
    });
  }
  SECTION("and with room it goes on") {
    database.reset();
    engine.Reopen();
    Read(engine.database(), check);
    Write(engine.database(), [](Transaction& t) {
      return t.records()
          .Put(Record("new", std::string(100'000, 'n')), true)
          .status();
    });
  }
}

TEST_CASE("erased bytes are not in the file", "[storage][sqlite]") {
  InSqlite engine;
  const std::string secret = "Marisol-Quispe-of-Cusco-4711";
  const std::string filler(600, 'f');
  FeedRow row;
  row.key = {kColombia, RecordKind::kProfile, "id-of-Marisol"};
  row.state = ViewState::kShown;
  row.digest = Sha256(secret);
  StoredRecord profile = Record(row.key.id, filler + secret);
  profile.key = row.key;
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.feeds().StartEpoch(kEcuador, 1));
    for (int i = 0; i < 50; ++i) {
      MINGA_RETURN_IF_ERROR(
          t.records()
              .Put(Record(absl::StrCat("v", i), filler + absl::StrCat(i)), true)
              .status());
    }
    MINGA_RETURN_IF_ERROR(t.feeds().Put(kEcuador, row).status());
    return t.records().Put(profile, true).status();
  });
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    CHECK(Must(t.records().Erase(row.key)));
    row.state = ViewState::kGone;
    MINGA_RETURN_IF_ERROR(t.feeds().Put(kEcuador, row).status());
    return t.feeds().Acknowledge(kEcuador, 2);
  });
  engine.Close();
  const std::string bytes = ReadFile(engine.Options().path);
  CHECK(absl::StrContains(bytes, filler));
  CHECK(!absl::StrContains(bytes, secret));
  CHECK(!absl::StrContains(bytes, "Marisol"));
}

TEST_CASE("keys are not in the file in the clear", "[storage][sqlite]") {
  InSqlite engine;
  std::string key;
  const std::string pseudonym_key = "pseudonym-key-of-32-bytes-------";
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(key, t.people().KeyOrNew(Somebody("p1")));
    MINGA_RETURN_IF_ERROR(t.people().SetConsent("p1", "consent-in-the-clear",
                                                absl::CivilDay(2027, 1, 1)));
    PeerRow peer;
    peer.id = kEcuador;
    peer.pseudonym_key = pseudonym_key;
    return t.peers().Put(peer);
  });
  engine.Close();
  const std::string bytes =
      ReadFile(engine.Options().path) + ReadFile(engine.Options().keys);
  CHECK(!absl::StrContains(bytes, key));
  CHECK(!absl::StrContains(bytes, pseudonym_key));
  CHECK(!absl::StrContains(bytes, "consent-in-the-clear"));
  CHECK(!absl::StrContains(bytes, engine.Options().node_key));
}

TEST_CASE("sealed bytes cannot be moved to another person",
          "[storage][sqlite]") {
  InSqlite engine;
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_RETURN_IF_ERROR(t.people().KeyOrNew(Somebody("p1")).status());
    return t.people().KeyOrNew(Somebody("p2")).status();
  });
  engine.Close();
  Sql(engine.Options().keys,
      "UPDATE key SET sealed = (SELECT sealed FROM key WHERE number = 1)"
      " WHERE number = 2");
  engine.Reopen();
  Read(engine.database(), [](const Snapshot& s) {
    CHECK(s.people().Key("p1").ok());
    CHECK(absl::IsDataLoss(s.people().Key("p2").status()));
  });
}

}  // namespace minga::storage
