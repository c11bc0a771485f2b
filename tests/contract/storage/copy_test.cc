// The online backup.
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A record and an entry belong together.
absl::Status PutOne(Transaction& t, int n) {
  StoredRecord record;
  record.key = {kColombia, RecordKind::kVacancy, absl::StrCat("v", n)};
  record.body = std::string(500, 'b');
  record.digest = Sha256(record.key.id);
  MINGA_RETURN_IF_ERROR(t.records().Put(record, true).status());
  return t.audit().Append(record.key.id).status();
}

}  // namespace

TEST_CASE("a backup under load is one state, without keys",
          "[storage][sqlite][copy]") {
  InSqlite engine;
  std::string key;
  Write(engine.database(), [&](Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(key, t.people().KeyOrNew(Somebody("p1")));
    for (int n = 0; n < 2000; ++n) MINGA_RETURN_IF_ERROR(PutOne(t, n));
    return absl::OkStatus();
  });
  std::atomic<bool> enough = false;
  std::atomic<int> failures = 0;
  std::thread writer([&] {
    for (int n = 2000; !enough; ++n) {
      const absl::Status put =
          engine.database().Write([&](Transaction& t) { return PutOne(t, n); });
      if (!put.ok()) ++failures;
    }
  });
  SqliteOptions options = engine.Options();
  const std::string to = options.path + ".backup";
  const absl::StatusOr<SqliteCopy> copy = CopySqliteDatabase(options.path, to);
  enough = true;
  writer.join();
  CHECK(failures == 0);
  REQUIRE(copy.ok());
  CHECK(copy->log_size >= 2000);
  CHECK(copy->bytes == static_cast<std::int64_t>(fs::file_size(to)));
  CHECK(!fs::exists(to + ".unfinished"));
  CHECK(!fs::exists(to + "-wal"));
  struct stat found {};
  REQUIRE(stat(to.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);

  // Beside its keys it is a database.
  engine.Close();
  options.path = to;
  const std::unique_ptr<Database> opened = Must(OpenSqliteDatabase(options));
  Read(*opened, [&](const Snapshot& s) {
    CHECK(Must(s.audit().Size()) == copy->log_size);
    CHECK(Must(s.records().Count(kColombia, RecordKind::kVacancy)).records ==
          static_cast<std::int64_t>(copy->log_size));
    CHECK(Must(s.people().Key("p1")) == key);
  });
}

TEST_CASE("a backup without the keys reads nobody", "[storage][sqlite][copy]") {
  InSqlite engine;
  Write(engine.database(), [](Transaction& t) {
    return t.people().KeyOrNew(Somebody("p1")).status();
  });
  SqliteOptions options = engine.Options();
  const std::string to = options.path + ".backup";
  REQUIRE(CopySqliteDatabase(options.path, to).ok());
  options.path = to;
  options.keys += ".other";
  CHECK(absl::IsFailedPrecondition(OpenSqliteDatabase(options).status()));
}

TEST_CASE("a backup overwrites nothing", "[storage][sqlite][copy]") {
  InSqlite engine;
  const SqliteOptions options = engine.Options();
  const std::string to = options.path + ".backup";
  SECTION("a file") {
    std::ofstream(to) << "precious";
    CHECK(absl::IsAlreadyExists(CopySqliteDatabase(options.path, to).status()));
    CHECK(ReadFile(to) == "precious");
  }
  SECTION("the database itself") {
    CHECK(absl::IsAlreadyExists(
        CopySqliteDatabase(options.path, options.path).status()));
  }
  SECTION("nor another one under way") {
    std::ofstream(to + ".unfinished") << "half";
    CHECK(absl::IsAlreadyExists(CopySqliteDatabase(options.path, to).status()));
    CHECK(ReadFile(to + ".unfinished") == "half");
    CHECK(!fs::exists(to));
  }
  SECTION("into a folder that is not there") {
    CHECK(absl::IsFailedPrecondition(
        CopySqliteDatabase(options.path, to + "/not/there").status()));
  }
}

TEST_CASE("a damaged database gives no backup", "[storage][sqlite][copy]") {
  InSqlite engine;
  Write(engine.database(), [](Transaction& t) -> absl::Status {
    for (int n = 0; n < 2000; ++n) MINGA_RETURN_IF_ERROR(PutOne(t, n));
    return absl::OkStatus();
  });
  engine.Close();
  const SqliteOptions options = engine.Options();
  std::string bytes = ReadFile(options.path);
  REQUIRE(bytes.size() > 400'000);
  bytes.replace(300'000, 50'000, std::string(50'000, '\x55'));
  std::ofstream(options.path, std::ios::binary) << bytes;
  const std::string to = options.path + ".backup";
  CHECK(absl::IsDataLoss(CopySqliteDatabase(options.path, to).status()));
  CHECK(!fs::exists(to));
  CHECK(!fs::exists(to + ".unfinished"));
}

}  // namespace minga::storage
