// What was taken back is known after an older copy of the database was put
// back.
#include <catch2/catch.hpp>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

namespace fs = std::filesystem;

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

RecordKey Key(const std::string& id) {
  return {kColombia, RecordKind::kVacancy, id};
}

void Note(Database& database, Withdrawal what, const RecordKey& key,
          absl::Time at = kNow) {
  Write(database,
        [&](Transaction& t) { return t.journal().Note(what, key, at); });
}

bool IsAhead(Database& database) {
  bool ahead = false;
  Write(database, [&](Transaction& t) {
    ahead = t.journal().IsAhead();
    return absl::OkStatus();
  });
  return ahead;
}

bool IsAhead(Database& database, Withdrawal what, const RecordKey& key) {
  bool ahead = false;
  Write(database, [&](Transaction& t) {
    ahead = Must(t.journal().IsAhead(what, key));
    return absl::OkStatus();
  });
  return ahead;
}

// A copy of the database that can be put back.
class Backup {
 public:
  explicit Backup(InSqlite& engine) : engine_(engine) {
    (void)Must(CopySqliteDatabase(engine.Options().path, path_));
  }
  void PutBack() {
    engine_.Close();
    const std::string database = engine_.Options().path;
    for (const char* suffix : {"", "-wal", "-shm"}) {
      fs::remove(database + suffix);
    }
    fs::copy_file(path_, database);
    engine_.Reopen();
  }

 private:
  TemporaryFolder folder_;
  InSqlite& engine_;
  const std::string path_ = folder_ / "copy.db";
};

}  // namespace

TEST_CASE("an older copy does not know what was taken back since",
          "[storage][contract]") {
  InSqlite engine;
  Note(engine.database(), Withdrawal::kRecord, Key("before"));
  Backup backup(engine);
  Note(engine.database(), Withdrawal::kRecord, Key("v1"));
  Note(engine.database(), Withdrawal::kLaw, {});
  engine.Reopen();
  CHECK_FALSE(IsAhead(engine.database()));

  backup.PutBack();
  CHECK(IsAhead(engine.database()));
  CHECK(IsAhead(engine.database(), Withdrawal::kRecord, Key("v1")));
  CHECK(IsAhead(engine.database(), Withdrawal::kLaw, {}));
  CHECK_FALSE(IsAhead(engine.database(), Withdrawal::kConsent, Key("v1")));
  CHECK_FALSE(IsAhead(engine.database(), Withdrawal::kRecord, Key("before")));

  SECTION("it stays so until it has caught up, whatever is noted meanwhile") {
    Note(engine.database(), Withdrawal::kRecord, Key("v2"));
    engine.Reopen();
    CHECK(IsAhead(engine.database(), Withdrawal::kRecord, Key("v1")));
    CHECK(IsAhead(engine.database(), Withdrawal::kRecord, Key("v2")));
    Write(engine.database(), [](Transaction& t) {
      t.journal().CaughtUp();
      return absl::OkStatus();
    });
    CHECK_FALSE(IsAhead(engine.database()));
    engine.Reopen();
    CHECK_FALSE(IsAhead(engine.database()));
    CHECK_FALSE(IsAhead(engine.database(), Withdrawal::kRecord, Key("v1")));
    // The copy knows it no better than the first time.
    backup.PutBack();
    CHECK(IsAhead(engine.database(), Withdrawal::kRecord, Key("v1")));
  }
}

TEST_CASE("what a failed job noted was not taken back", "[storage][contract]") {
  InSqlite engine;
  Backup backup(engine);
  CHECK(absl::IsAborted(engine.database().Write([](Transaction& t) {
    MINGA_CHECK_OK(t.journal().Note(Withdrawal::kRecord, Key("v1"), kNow));
    return absl::AbortedError("no");
  })));
  Note(engine.database(), Withdrawal::kRecord, Key("v2"));
  backup.PutBack();
  CHECK_FALSE(IsAhead(engine.database(), Withdrawal::kRecord, Key("v1")));
  CHECK(IsAhead(engine.database(), Withdrawal::kRecord, Key("v2")));
}

TEST_CASE("the journal forgets what is older than any backup",
          "[storage][contract]") {
  InSqlite engine;
  Backup backup(engine);
  Note(engine.database(), Withdrawal::kRecord, Key("old"));
  const absl::Time later = kNow + absl::Hours(24 * (kJournalDays + 1));
  Note(engine.database(), Withdrawal::kRecord, Key("new"), later);
  backup.PutBack();
  CHECK_FALSE(IsAhead(engine.database(), Withdrawal::kRecord, Key("old")));
  CHECK(IsAhead(engine.database(), Withdrawal::kRecord, Key("new")));
}

}  // namespace minga::storage
