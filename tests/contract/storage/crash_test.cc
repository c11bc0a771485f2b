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
#include "tests/contract/storage/engines.h"

namespace minga::storage {
namespace {

// Every job puts so many records, rows and entries. Odd against the 256 of a
// tile, and large enough that some rounds are killed in a checkpoint.
constexpr int kPerJob = 7;
constexpr std::size_t kBodyBytes = 12'000;

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
[[noreturn]] void WriteUntilKilled(const SqliteOptions& options, int first,
                                   int pipe) {
  const auto database = OpenSqliteDatabase(options);
  if (!database.ok()) _exit(2);
  for (int job = first;; ++job) {
    const absl::Status status =
        (*database)->Write([job](Transaction& t) { return PutJob(t, job); });
    if (!status.ok()) _exit(3);
    if (write(pipe, "+", 1) != 1) _exit(4);
  }
}

// Runs a child and kills it after `acknowledged` jobs and a moment. Returns how
// many it had acknowledged.
int RunAndKill(const SqliteOptions& options, int first, int acknowledged,
               useconds_t moment) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    WriteUntilKilled(options, first, ends[1]);
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
        Must(s.records().Count(kColombia, RecordKind::kVacancy)));
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
    const int told = RunAndKill(engine.Options(), jobs, acknowledged, moment);
    engine.Reopen();
    const int standing = CheckWhole(engine.database());
    CHECK(standing >= jobs + told);
    // At most the one whose acknowledgement was still to be written.
    CHECK(standing <= jobs + told + 1);
    jobs = standing;
  }
  CHECK(jobs > 50);
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
  if (child == 0) WriteUntilKilled(engine.Options(), 0, ends[1]);
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
