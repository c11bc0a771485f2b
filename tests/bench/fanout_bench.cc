// How fast one put becomes decisions about many peers: each (record, peer) pair
// is decided under the delivered law, its decision is in the log and its row in
// the peer's feed, durable. The baseline is a queue of plain SQLite with a
// trigger that writes a log: two rows a pair, and no decision.
//
// usage: fanout_bench [--records N] [--peers P] [--json]
// Reads the packs from $MINGA_SOURCE_DIR, or the current folder.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "minga/v1/pes.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "tests/bench/bench_node.h"
#include "tests/bench/command_line.h"
#include "tests/bench/plain_sqlite.h"
#include "tests/bench/thread_times.h"
#include "tests/generator/sample_generator.h"

namespace minga::testing {
namespace {

struct Options {
  int records = 50'000;
  int peers = 10;
  bool json = false;
};

struct Rate {
  double wall = 0;       // pairs a second
  double processor = 0;  // pairs a second of processor time, all threads
};

using Records = std::vector<v1::Record>;

std::vector<Records> MakeBatches(const Options& options) {
  const SampleGenerator samples(7, DayOf(absl::Now()));
  std::vector<Records> batches;
  for (int i = 0; i < options.records; ++i) {
    if (i % kPutBatchRecordsMax == 0) batches.emplace_back();
    *batches.back().emplace_back().mutable_vacancy() =
        samples.Vacancy(BenchNode::kOwn, static_cast<std::uint64_t>(i));
  }
  return batches;
}

Rate RateOf(const Options& options, const Watch& watch) {
  const double pairs = static_cast<double>(options.records) * options.peers;
  return {pairs / watch.seconds(), pairs / watch.processor()};
}

// Two rows a pair, in transactions of as many records.
Rate Baseline(const Options& options, const std::vector<Records>& batches) {
  const BenchNode node;
  Plain plain(node.folder() + "/plain.db",
              "CREATE TABLE queue(peer INTEGER, id TEXT, digest BLOB,"
              " PRIMARY KEY(peer, id)) WITHOUT ROWID;"
              "CREATE TABLE log(entry BLOB);"
              // The bytes that a decision takes in the log, about.
              "CREATE TRIGGER queued AFTER INSERT ON queue BEGIN"
              " INSERT INTO log VALUES(zeroblob(100)); END",
              "INSERT INTO queue VALUES(?1, ?2, zeroblob(32))");
  const Watch watch;
  for (const Records& batch : batches) {
    plain.Run("BEGIN");
    for (const v1::Record& record : batch) {
      const std::string& id = record.vacancy().id();
      for (int peer = 0; peer < options.peers; ++peer) {
        sqlite3_bind_int(plain.statement(), 1, peer);
        sqlite3_bind_text(plain.statement(), 2, id.data(),
                          static_cast<int>(id.size()), SQLITE_STATIC);
        plain.Step();
      }
    }
    plain.Run("COMMIT");
  }
  return RateOf(options, watch);
}

// Puts with two under way, as an import does.
void PutAll(exchange::Exchange& exchange, const std::vector<Records>& batches) {
  absl::Mutex mutex;
  int under_way = 0;
  std::array<exchange::Exchange::PutHandle, 2> held;
  const auto wait_below = [&](int most) {
    const auto few = [&] { return under_way < most; };
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&few));
  };
  for (const Records& batch : batches) {
    std::vector<const v1::Record*> list;
    for (const v1::Record& record : batch) list.push_back(&record);
    wait_below(2);
    {
      absl::MutexLock lock(&mutex);
      ++under_way;
    }
    std::swap(held[0], held[1]);
    held[1] = exchange.PutAsync(
        "operator", list, {}, false,
        [&](absl::StatusOr<std::vector<exchange::PutOutcome>> outcomes) {
          Must(outcomes.status(), "put");
          for (const exchange::PutOutcome& outcome : *outcomes) {
            Must(outcome.status, "record");
          }
          absl::MutexLock lock(&mutex);
          --under_way;
        });
  }
  wait_below(1);
}

// Rows that wait for their peers. Every pair has a row, but of vacancies that
// were over when they came: a sixteenth.
std::int64_t Queued(const Options& options, BenchNode& node) {
  std::int64_t shown = 0, all = 0;
  Must(node.database().Read([&](const storage::Snapshot& snapshot) {
    for (int i = 0; i < options.peers; ++i) {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::FeedCount> counts,
          snapshot.feeds().Summarise(*Country::Parse(kBenchPeers[i])));
      for (const storage::FeedCount& count : counts) {
        all += count.records;
        if (count.state == storage::ViewState::kShown) shown += count.records;
      }
    }
    return absl::OkStatus();
  }),
       "views");
  if (all < std::int64_t{options.records} * options.peers * 9 / 10) {
    Die("pairs have no decision");
  }
  return shown;
}

std::int64_t LogSize(BenchNode& node) {
  std::int64_t size = 0;
  Must(node.database().Read([&](const storage::Snapshot& snapshot) {
    MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex leaves,
                           snapshot.audit().Size());
    size = static_cast<std::int64_t>(leaves);
    return absl::OkStatus();
  }),
       "log");
  return size;
}

int Main(const Options& options) {
  const std::vector<Records> batches = MakeBatches(options);
  const Rate baseline = Baseline(options, batches);
  BenchNode node;
  node.MakeLaw(static_cast<std::size_t>(options.peers));
  const std::int64_t leaves = LogSize(node);
  const double before = ThreadTimes(getpid())["db writer"];
  const Watch watch;
  PutAll(*node.offices().exchange, batches);
  const Rate rate = RateOf(options, watch);
  const double pairs = static_cast<double>(options.records) * options.peers;
  const double writer_us =
      1e6 * (ThreadTimes(getpid())["db writer"] - before) / pairs;
  const std::int64_t logged = LogSize(node) - leaves;
  const std::int64_t queued = Queued(options, node);
  if (options.json) {
    absl::PrintF(
        "{\"records\":%d,\"peers\":%d,\"pairs_per_s\":%.0f,"
        "\"pairs_per_processor_s\":%.0f,\"sqlite_pairs_per_s\":%.0f,"
        "\"sqlite_pairs_per_processor_s\":%.0f,\"writer_us\":%.2f,"
        "\"queued\":%d,\"logged\":%d,\"disk_bytes_per_pair\":%.0f}\n",
        options.records, options.peers, rate.wall, rate.processor,
        baseline.wall, baseline.processor, writer_us, queued, logged,
        node.DatabaseBytes() / pairs);
    return 0;
  }
  absl::PrintF("%d vacancies, %d peers: %d queued, %d log entries\n",
               options.records, options.peers, queued, logged);
  absl::PrintF("decided, logged, queued  %9.0f pairs/s (%9.0f a processor s)\n",
               rate.wall, rate.processor);
  absl::PrintF(
      "plain SQLite, two rows   %9.0f pairs/s (%9.0f a processor s)  %.2f x\n",
      baseline.wall, baseline.processor, rate.wall / baseline.wall);
  absl::PrintF("  writer %.1f processor us a pair; disk %.0f bytes a pair\n",
               writer_us, node.DatabaseBytes() / pairs);
  return 0;
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) {
  minga::testing::Options options;
  minga::testing::ReadCommandLine(
      argc, argv,
      {{"--records", &options.records}, {"--peers", &options.peers, 1, 10}},
      options.json);
  return minga::testing::Main(options);
}
