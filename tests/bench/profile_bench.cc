// What it costs to show people k-anonymously: changes a second of the counters
// of classes, puts of profiles a second until durable and in the feeds, memory
// and disk. Baselines are plain SQLite statements in the same run.
//
// usage: profile_bench [--records N] [--peers P] [--batch N] [--under-way N]
//                      [--json]
// Reads the packs from $MINGA_SOURCE_DIR, or the current folder.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "minga/v1/pes.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "tests/bench/bench_node.h"
#include "tests/bench/command_line.h"
#include "tests/bench/plain_sqlite.h"
#include "tests/bench/thread_times.h"
#include "tests/generator/sample_generator.h"

namespace minga::testing {
namespace {

using storage::ClassPlace;

struct Options {
  int records = 100'000;
  int peers = 2;
  int batch = kPutBatchRecordsMax;
  // Batches that wait for an answer at most: callers that put at once.
  int under_way = 2;
  bool json = false;
};

// People whose counters change in one transaction, and classes they share.
constexpr int kCounterPeople = 2000;
constexpr int kCounterClasses = 300;
constexpr int kCounterRounds = 20;
// One person a round: waits in three classes (+3), is displayed in one of them
// (-3, +1), leaves (-1).
constexpr int kCounterRungs = 3;
constexpr int kChangesOfPerson = 2 * kCounterRungs + 2;

struct Rate {
  double wall = 0;       // a second
  double processor = 0;  // a second of processor time, all threads

  static Rate Of(std::int64_t count, const Watch& watch) {
    const auto n = static_cast<double>(count);
    return {n / watch.seconds(), n / watch.processor()};
  }
};

void Print(const Options& options, const char* name, const Rate& rate,
           const Rate& baseline) {
  if (options.json) {
    absl::PrintF(
        "{\"figure\":\"%s\",\"per_second\":%.0f,"
        "\"per_processor_second\":%.0f,\"baseline_per_second\":%.0f,"
        "\"baseline_per_processor_second\":%.0f}\n",
        name, rate.wall, rate.processor, baseline.wall, baseline.processor);
  } else {
    absl::PrintF(
        "%-16s %9.0f/s (%9.0f a processor second); plain SQLite %9.0f/s "
        "(%9.0f): %4.0f%%\n",
        name, rate.wall, rate.processor, baseline.wall, baseline.processor,
        100 * rate.wall / baseline.wall);
  }
  std::fflush(stdout);
}

// --- Counters ----------------------------------------------------------------

Rate PlainCounters(const std::string& folder) {
  Plain plain(folder + "/counters.db",
              "CREATE TABLE counter(class INTEGER PRIMARY KEY, shown INTEGER);"
              "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
              " WHERE i < 299) INSERT INTO counter SELECT i, 0 FROM n",
              "UPDATE counter SET shown = shown + ?2 WHERE class = ?1");
  static_assert(kCounterClasses == 300);
  const Watch watch;
  for (int round = 0; round < kCounterRounds; ++round) {
    plain.Run("BEGIN");
    for (int i = 0; i < kCounterPeople * kChangesOfPerson; ++i) {
      sqlite3_bind_int(plain.statement(), 1, i * 7 % kCounterClasses);
      sqlite3_bind_int(plain.statement(), 2, i % 2 == 0 ? 1 : -1);
      plain.Step();
    }
    plain.Run("COMMIT");
  }
  return Rate::Of(
      std::int64_t{kCounterRounds} * kCounterPeople * kChangesOfPerson, watch);
}

// The people whose places change have records, as everybody has.
void PutPeople(BenchNode& node, const std::vector<std::string>& people) {
  Must(node.database().Write([&](storage::Transaction& transaction) {
    for (const std::string& person : people) {
      storage::StoredRecord record;
      record.key = {BenchNode::kOwn, RecordKind::kProfile, person};
      record.body = person;
      MINGA_RETURN_IF_ERROR(
          transaction.records().Put(record, /*own=*/true).status());
    }
    return transaction.feeds().StartEpoch(Country::Of("AR"), 1);
  }),
       "people");
}

absl::Status ChangeCounters(const std::vector<std::string>& people,
                            const std::vector<Digest>& classes,
                            storage::ClassStore& store) {
  const PeerId peer = Country::Of("AR");
  const auto class_of = [&](std::size_t person, std::size_t rung) {
    return classes[(person * 7 + rung * 101) % classes.size()];
  };
  for (std::size_t i = 0; i < people.size(); ++i) {
    ClassPlace place;
    place.epoch = 1;
    place.values = std::string(8, 'v');
    for (std::size_t rung = 0; rung < kCounterRungs; ++rung) {
      place.classes.push_back(class_of(i, rung));
    }
    MINGA_RETURN_IF_ERROR(store.Put(peer, people[i], place));
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    ClassPlace place;
    place.epoch = 1;
    place.shown = true;
    place.values = std::string(8, 'v');
    place.classes = {class_of(i, i % kCounterRungs)};
    MINGA_RETURN_IF_ERROR(store.Put(peer, people[i], place));
  }
  for (const std::string& person : people) {
    MINGA_RETURN_IF_ERROR(store.Put(peer, person, std::nullopt));
  }
  return absl::OkStatus();
}

void MeasureCounters(const Options& options) {
  BenchNode node;
  const Rate baseline = PlainCounters(node.folder());
  std::vector<std::string> people;
  for (int i = 0; i < kCounterPeople; ++i) {
    people.push_back(Hex(node.random().Bytes(16)));
  }
  std::vector<Digest> classes;
  for (int i = 0; i < kCounterClasses; ++i) {
    classes.push_back(Sha256(absl::StrCat("class ", i)));
  }
  PutPeople(node, people);
  const Watch watch;
  for (int round = 0; round < kCounterRounds; ++round) {
    Must(node.database().Write([&](storage::Transaction& transaction) {
      return ChangeCounters(people, classes, transaction.classes());
    }),
         "counters");
  }
  Print(
      options, "class counters",
      Rate::Of(std::int64_t{kCounterRounds} * kCounterPeople * kChangesOfPerson,
               watch),
      baseline);
}

// --- Puts --------------------------------------------------------------------

struct PutBatch {
  std::vector<v1::Record> records;
  std::vector<v1::Consent> consents;
  std::vector<const v1::Record*> record_list;
  std::vector<const v1::Consent*> consent_list;
};

void Make(const SampleGenerator& samples, int begin, int end, PutBatch& batch) {
  const auto size = static_cast<std::size_t>(end - begin);
  batch.records.resize(size);
  batch.consents.resize(size);
  batch.record_list.resize(size);
  batch.consent_list.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    SamplePerson person =
        samples.Person(BenchNode::kOwn, static_cast<std::uint64_t>(begin) + i);
    *batch.records[i].mutable_profile() = std::move(person.profile);
    batch.record_list[i] = &batch.records[i];
    if (person.consent.has_value()) {
      batch.consents[i] = *std::move(person.consent);
      batch.consent_list[i] = &batch.consents[i];
    } else {
      batch.consent_list[i] = nullptr;
    }
  }
}

// Puts with at most `under_way` that wait for an answer.
class Putter {
 public:
  Putter(exchange::Exchange& exchange, int under_way)
      : exchange_(exchange), under_way_max_(under_way) {}

  void Put(const PutBatch& batch) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(
          +[](Putter* putter) {
            return putter->under_way_ < putter->under_way_max_;
          },
          this));
      ++under_way_;
    }
    held_.push_back(exchange_.PutAsync(
        "operator", batch.record_list, batch.consent_list, false,
        [this](absl::StatusOr<std::vector<exchange::PutOutcome>> outcomes) {
          Must(outcomes.status(), "put");
          for (const exchange::PutOutcome& outcome : *outcomes) {
            Must(outcome.status, "record");
          }
          absl::MutexLock lock(&mutex_);
          --under_way_;
        }));
    // They are answered in the order in which they came.
    if (held_.size() > static_cast<std::size_t>(under_way_max_)) {
      held_.pop_front();
    }
  }
  void Wait() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* under_way) { return *under_way == 0; }, &under_way_));
    held_.clear();
  }

 private:
  exchange::Exchange& exchange_;
  const int under_way_max_;
  std::deque<exchange::Exchange::PutHandle> held_;
  absl::Mutex mutex_;
  int under_way_ = 0;
};

// The same profiles and consents as rows, as many a transaction.
Rate PlainPuts(const std::string& folder, const SampleGenerator& samples,
               const Options& options) {
  Plain plain(folder + "/plain.db",
              "CREATE TABLE profile(id TEXT PRIMARY KEY, body BLOB)",
              "INSERT INTO profile VALUES(?,?)");
  double seconds = 0, processor = 0;
  for (int begin = 0; begin < options.records; begin += options.batch) {
    PutBatch batch;
    Make(samples, begin, std::min(options.records, begin + options.batch),
         batch);
    const Watch watch;
    plain.Run("BEGIN");
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
      const std::string& id = batch.records[i].profile().id();
      const std::string body = batch.records[i].profile().SerializeAsString() +
                               batch.consents[i].SerializeAsString();
      sqlite3_bind_text(plain.statement(), 1, id.data(),
                        static_cast<int>(id.size()), SQLITE_STATIC);
      sqlite3_bind_blob(plain.statement(), 2, body.data(),
                        static_cast<int>(body.size()), SQLITE_STATIC);
      plain.Step();
    }
    plain.Run("COMMIT");
    seconds += watch.seconds();
    processor += watch.processor();
  }
  return {options.records / seconds, options.records / processor};
}

void PrintViews(const Options& options, BenchNode& node) {
  static constexpr std::array<const char*, 5> kNames = {"", "shown", "withheld",
                                                        "held back", "gone"};
  std::map<std::string, std::int64_t> views;
  Must(node.database().Read([&](const storage::Snapshot& snapshot) {
    for (int i = 0; i < options.peers; ++i) {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::FeedCount> counts,
          snapshot.feeds().Summarise(*Country::Parse(kBenchPeers[i])));
      for (const storage::FeedCount& count : counts) {
        views[kNames[static_cast<std::size_t>(count.state)]] += count.records;
      }
    }
    return absl::OkStatus();
  }),
       "views");
  const double all = static_cast<double>(options.records) * options.peers;
  for (const auto& [name, count] : views) {
    const double share = 100 * static_cast<double>(count) / all;
    if (options.json) {
      absl::PrintF("{\"figure\":\"views\",\"state\":\"%s\",\"percent\":%.1f}\n",
                   name, share);
    } else {
      absl::PrintF("  %-14s %5.1f%% of the views\n", name, share);
    }
  }
}

void MeasurePuts(const Options& options) {
  BenchNode node;
  node.MakeLaw(static_cast<std::size_t>(options.peers));
  const SampleGenerator samples(7, DayOf(node.clock().Now()));
  const Rate baseline = PlainPuts(node.folder(), samples, options);
  ForgetPeak();
  Putter putter(*node.offices().exchange, options.under_way);
  double seconds = 0, processor = 0;
  const double before = ThreadTimes(getpid())["db writer"];
  // Making samples is not measured: some batches at a time.
  constexpr int kBatchesMade = 20;
  const int step = kBatchesMade * options.batch;
  for (int begin = 0; begin < options.records; begin += step) {
    std::vector<PutBatch> batches(kBatchesMade);
    for (int i = 0; i < kBatchesMade; ++i) {
      const int first = std::min(options.records, begin + i * options.batch);
      Make(samples, first, std::min(options.records, first + options.batch),
           batches[static_cast<std::size_t>(i)]);
    }
    const Watch watch;
    for (const PutBatch& batch : batches) {
      if (!batch.records.empty()) putter.Put(batch);
    }
    putter.Wait();
    seconds += watch.seconds();
    processor += watch.processor();
  }
  Print(options, "profile puts",
        {options.records / seconds, options.records / processor}, baseline);
  const double writer = ThreadTimes(getpid())["db writer"] - before;
  const double pairs = static_cast<double>(options.records) * options.peers;
  const double disk = node.DatabaseBytes() / pairs;
  const double peak = ProcessMegabytes("VmHWM:");
  if (options.json) {
    absl::PrintF(
        "{\"figure\":\"profiles\",\"records\":%d,\"peers\":%d,"
        "\"writer_us\":%.1f,\"peak_mb\":%.0f,\"disk_bytes_per_pair\":%.0f}\n",
        options.records, options.peers, 1e6 * writer / options.records, peak,
        disk);
  } else {
    absl::PrintF(
        "  writer         %5.1f processor us a profile\n"
        "  memory         %5.0f MB at most; disk %.0f bytes a profile and "
        "peer\n",
        1e6 * writer / options.records, peak, disk);
  }
  PrintViews(options, node);
}

int Main(const Options& options) {
  if (!options.json) {
    absl::PrintF("%d profiles, %d peers, batches of %d, %d under way\n",
                 options.records, options.peers, options.batch,
                 options.under_way);
  }
  MeasureCounters(options);
  MeasurePuts(options);
  return 0;
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) {
  minga::testing::Options options;
  minga::testing::ReadCommandLine(
      argc, argv,
      {{"--records", &options.records},
       {"--peers", &options.peers, 1, 10},
       {"--batch", &options.batch, 1, minga::kPutBatchRecordsMax},
       {"--under-way", &options.under_way, 1, 64}},
      options.json);
  return minga::testing::Main(options);
}
