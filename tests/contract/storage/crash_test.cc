// A process that is killed at any moment loses nothing that it was told is
// durable, and keeps no half of anything.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "storage/sqlite/key_file.h"
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

// Every job puts so many records, rows and entries. Odd against the 256 of a
// tile, and large enough that some rounds are killed in a checkpoint.
constexpr int kPerJob = 7;
constexpr std::size_t kBodyBytes = 12'000;

using Work = absl::Status (*)(Transaction& t, int job);

std::string IdOf(int n) { return absl::StrCat("r", n); }

absl::Status PutJob(Transaction& t, int job) {
  for (int i = 0; i < kPerJob; ++i) {
    const std::string id = IdOf(job * kPerJob + i);
    StoredRecord record;
    record.key = {kColombia, RecordKind::kVacancy, id};
    record.body = std::string(kBodyBytes, static_cast<char>('a' + job % 26));
    record.digest = Sha256(id);
    MINGA_RETURN_IF_ERROR(t.records().Put(record, true).status());
    FeedRow row;
    row.key = record.key;
    row.state = ViewState::kShown;
    row.digest = record.digest;
    MINGA_RETURN_IF_ERROR(t.feeds().Put(kEcuador, row).status());
    MINGA_RETURN_IF_ERROR(t.audit().Append(id).status());
  }
  return absl::OkStatus();
}

// The child: writes jobs from `first` on and one byte for each that is durable.
// Never returns.
[[noreturn]] void WriteUntilKilled(Work work, const SqliteOptions& options,
                                   int first, int pipe) {
  const auto database = OpenSqliteDatabase(options);
  if (!database.ok()) _exit(2);
  for (int job = first;; ++job) {
    const absl::Status status =
        (*database)->Write([&](Transaction& t) { return work(t, job); });
    if (!status.ok()) _exit(3);
    if (write(pipe, "+", 1) != 1) _exit(4);
  }
}

// Runs a child and kills it after `acknowledged` jobs and a moment. Returns how
// many it had acknowledged.
int RunAndKill(Work work, const SqliteOptions& options, int first,
               int acknowledged, useconds_t moment) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    WriteUntilKilled(work, options, first, ends[1]);
  }
  close(ends[1]);
  int told = 0;
  char byte = 0;
  while (told < acknowledged && read(ends[0], &byte, 1) == 1) ++told;
  // Not to wait for something: to kill at a point that nobody chose.
  usleep(moment);
  kill(child, SIGKILL);
  while (read(ends[0], &byte, 1) == 1) ++told;
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));  // and did not fail by itself
  return told;
}

// Checks that the file holds whole jobs only, and returns how many.
int CheckWhole(Database& database) {
  int records = 0;
  Read(database, [&](const Snapshot& s) {
    records = static_cast<int>(
        Must(s.records().Count(kColombia, RecordKind::kVacancy)).records);
    CHECK(records % kPerJob == 0);
    CHECK(Must(s.feeds().Head(kEcuador)).last == static_cast<SeqNo>(records));
    std::vector<Digest> leaves;
    for (int n = 0; n < records; ++n) {
      leaves.push_back(LeafHash(IdOf(n)));
      const RecordKey key{kColombia, RecordKind::kVacancy, IdOf(n)};
      const auto record = Must(s.records().Get(key));
      const auto row = Must(s.feeds().Find(kEcuador, key));
      REQUIRE(record.has_value());
      REQUIRE(row.has_value());
      REQUIRE(record->body.size() == kBodyBytes);
      REQUIRE(row->seq == static_cast<SeqNo>(n) + 1);
    }
    REQUIRE(Must(s.audit().Size()) == static_cast<LeafIndex>(records));
    CHECK(Must(RootAt(s.audit(), leaves.size())) == RootOf(leaves));
  });
  return records / kPerJob;
}

}  // namespace

TEST_CASE("a killed writer loses nothing that was acknowledged",
          "[storage][sqlite][crash]") {
  InSqlite engine;
  Write(engine.database(),
        [](Transaction& t) { return t.feeds().StartEpoch(kEcuador, 1); });
  SeededRandom random(20260728);
  int jobs = 0;
  for (int round = 0; round < 12; ++round) {
    INFO("round " << round);
    engine.Close();
    const int acknowledged = static_cast<int>(random.Below(60));
    const auto moment = static_cast<useconds_t>(random.Below(20'000));
    const int told =
        RunAndKill(PutJob, engine.Options(), jobs, acknowledged, moment);
    engine.Reopen();
    const int standing = CheckWhole(engine.database());
    CHECK(standing >= jobs + told);
    // At most the one whose acknowledgement was still to be written.
    CHECK(standing <= jobs + told + 1);
    jobs = standing;
  }
  CHECK(jobs > 50);
}

namespace {

// Every job makes a person and erases the one of the job before.
absl::Status PersonJob(Transaction& t, int job) {
  MINGA_RETURN_IF_ERROR(
      t.people().SetConsent(IdOf(job), "consent", absl::CivilDay(2027, 1, 1)));
  if (job == 0) return absl::OkStatus();
  return t.people().Destroy(IdOf(job - 1)).status();
}

// As housekeeping does at the start; every person has a key by then.
void Settle(Database& database) {
  Write(database, [](Transaction& t) -> absl::Status {
    CHECK(Must(t.people().FindKeyless("", 100)).people.empty());
    while (Must(t.people().DestroyStrayKeys(100))) {
    }
    return absl::OkStatus();
  });
}

}  // namespace

TEST_CASE("a killed writer keeps persons and keys together",
          "[storage][sqlite][crash][keys]") {
  InSqlite engine;
  SeededRandom random(20261122);
  int jobs = 0;
  for (int round = 0; round < 20; ++round) {
    INFO("round " << round);
    engine.Close();
    const int acknowledged = static_cast<int>(random.Below(20));
    const auto moment = static_cast<useconds_t>(random.Below(10'000));
    jobs += RunAndKill(PersonJob, engine.Options(), jobs, acknowledged, moment);
    engine.Reopen();
    Settle(engine.database());
    Read(engine.database(), [&](const Snapshot& s) {
      // The last job may stand without having been acknowledged.
      if (s.people().Key(IdOf(jobs)).ok()) ++jobs;
      if (jobs == 0) return;
      CHECK(Must(s.people().Consent(IdOf(jobs - 1))) == "consent");
      if (jobs == 1) return;
      CHECK(absl::IsNotFound(s.people().Key(IdOf(jobs - 2)).status()));
    });
    engine.Close();
    const std::unique_ptr<sqlite::KeyFile> keys = Must(sqlite::KeyFile::Open(
        engine.Options().keys, sqlite::Connection::Mode::kReadWrite));
    CHECK(Must(keys->Numbers(0, 100)).size() == (jobs > 0 ? 1 : 0));
  }
  CHECK(jobs > 20);
}

TEST_CASE("a killed process gives the lock back", "[storage][sqlite][crash]") {
  InSqlite engine;
  Write(engine.database(),
        [](Transaction& t) { return t.feeds().StartEpoch(kEcuador, 1); });
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  engine.Close();
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) WriteUntilKilled(PutJob, engine.Options(), 0, ends[1]);
  close(ends[1]);
  char byte = 0;
  REQUIRE(read(ends[0], &byte, 1) == 1);
  CHECK(absl::IsFailedPrecondition(
      OpenSqliteDatabase(engine.Options()).status()));
  kill(child, SIGKILL);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  close(ends[0]);
  engine.Reopen();
  CHECK(CheckWhole(engine.database()) >= 1);
}

}  // namespace minga::storage
