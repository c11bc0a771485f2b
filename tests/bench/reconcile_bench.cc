// Reconciliation of two views that are the same but for a few records: seconds
// and bytes, from the databases of both sides to the differences. Both read at
// once; what they compare is computed one after the other.
//
// Baseline, in the same run: sending all (record, digest) pairs and comparing
// them in a table.
//
// usage: reconcile_bench [--records N] [--differences D] [--json]
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "federation/reconcile.h"
#include "federation/reconcile_wire.h"
#include "federation/view_items.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/random.h"
#include "node/base/status.h"
#include "storage/sqlite/sqlite.h"
#include "tests/bench/command_line.h"

namespace minga::federation {
namespace {

constexpr Country kOrigin = Country::Of("CO");
constexpr Country kFollower = Country::Of("EC");
constexpr int kBatch = 5000;

struct Options {
  int records = 1'000'000;
  int differences = 100;
  bool json = false;
};

using testing::Die;

void Must(const absl::Status& status) { testing::Must(status, "setting up"); }

struct Times {
  absl::Time wall = absl::Now();
  std::clock_t cpu = std::clock();
};
struct Cost {
  double wall = 0;
  double cpu = 0;
};
Cost Since(const Times& begin) {
  return {absl::ToDoubleSeconds(absl::Now() - begin.wall),
          static_cast<double>(std::clock() - begin.cpu) / CLOCKS_PER_SEC};
}

std::string IdOf(int record) { return absl::StrCat("pes-", record, "-2026"); }
Digest DigestOf(int record, int version) {
  return Sha256(absl::StrCat("body ", record, " ", version));
}

std::unique_ptr<storage::Database> Open(const std::string& folder,
                                        Country own) {
  static SystemRandom* const random = new SystemRandom();
  storage::SqliteOptions options;
  options.path = absl::StrCat(folder, "/", own.ToString(), ".db");
  options.own = own;
  options.node_key = std::string(32, 'k');
  options.random = random;
  auto database = storage::OpenSqliteDatabase(options);
  Must(database.status());
  return *std::move(database);
}

void InBatches(
    storage::Database& database, int records,
    const std::function<absl::Status(storage::Transaction&, int)>& put) {
  for (int from = 0; from < records; from += kBatch) {
    Must(database.Write([&](storage::Transaction& t) -> absl::Status {
      for (int i = from; i < std::min(records, from + kBatch); ++i) {
        MINGA_RETURN_IF_ERROR(put(t, i));
      }
      return absl::OkStatus();
    }));
  }
}

void FillOrigin(storage::Database& database, int records) {
  Must(database.Write([](storage::Transaction& t) {
    return t.feeds().StartEpoch(kFollower, 1);
  }));
  InBatches(database, records, [](storage::Transaction& t, int i) {
    storage::FeedRow row;
    row.key = {kOrigin, RecordKind::kVacancy, IdOf(i)};
    row.state = storage::ViewState::kShown;
    row.digest = DigestOf(i, 1);
    row.reason = "shown";
    return t.feeds().Put(kFollower, row).status();
  });
}

// A third of the differences each: missing, stale, surplus.
void FillFollower(storage::Database& database, int records, int differences) {
  const int every = differences == 0 ? records + 1 : records / differences;
  InBatches(database, records, [&](storage::Transaction& t, int i) {
    const bool differs = i % every == every / 2;
    const int how = i / every % 3;
    RecordKey key{kOrigin, RecordKind::kVacancy, IdOf(i)};
    if (differs && how == 0) return absl::OkStatus();
    if (differs && how == 2) key.id += "-surplus";
    storage::StoredRecord record;
    record.key = key;
    record.body = "a body that is not read";
    record.digest = DigestOf(i, 1);
    MINGA_RETURN_IF_ERROR(t.records().Put(record, /*own=*/false).status());
    return t.views().Put(key, {DigestOf(i, differs ? 2 : 1), true, 1});
  });
}

ItemSet Scan(const storage::Database& database, bool origin) {
  ItemSet set;
  Must(database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        set, origin ? ShownItems(snapshot, kFollower, ~SeqNo{0} >> 1)
                    : ToldItems(snapshot, kOrigin));
    return absl::OkStatus();
  }));
  return set;
}

struct Result {
  std::size_t differences = 0;
  std::size_t bytes = 0;
  int rounds = 0;
};

Result Compare(const ItemSet& mine, const ItemSet& theirs) {
  Result result;
  Comparison comparison(mine);
  Must(comparison.Begin(theirs.Root(), theirs.size()));
  result.bytes += 2 * sizeof(Digest);
  while (!comparison.done()) {
    const std::vector<RangeQuestion> questions = comparison.Ask();
    v1::CompareRanges asked;
    Encode(questions, asked);
    const std::string there = asked.SerializeAsString();
    v1::CompareRanges arrived;
    if (!arrived.ParseFromString(there)) Die("questions");
    const auto decoded = Decode(arrived);
    Must(decoded.status());
    v1::RangesCompared answered;
    Encode(Answer(theirs, *decoded), answered);
    const std::string back = answered.SerializeAsString();
    v1::RangesCompared returned;
    if (!returned.ParseFromString(back)) Die("answers");
    const auto answers = Decode(returned, questions);
    Must(answers.status());
    Must(comparison.Take(*answers));
    result.bytes += there.size() + back.size();
  }
  result.rounds = comparison.rounds();
  const auto found = comparison.Finish();
  Must(found.status());
  result.differences = found->size();
  return result;
}

// Everything travels.
Result CompareAll(const ItemSet& mine, const ItemSet& theirs) {
  Result result;
  const std::string wire = EncodeItems(theirs.All());
  result.bytes = wire.size();
  result.rounds = 1;
  const auto all = DecodeItems(wire, kItemsMax);
  Must(all.status());
  const auto hash = [](const Tag& tag) {
    std::size_t value = 0;
    std::memcpy(&value, tag.data(), sizeof(value));
    return value;
  };
  std::unordered_map<Tag, Digest, decltype(hash)> table(2 * all->size(), hash);
  for (const Item& item : *all) table.emplace(item.tag, item.digest);
  for (const Item& item : mine.All()) {
    const auto at = table.find(item.tag);
    if (at == table.end()) {
      ++result.differences;
      continue;
    }
    result.differences += at->second != item.digest;
    table.erase(at);
  }
  result.differences += table.size();
  return result;
}

void Measure(const Options& options) {
  std::string name = "/tmp/minga-reconcile-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) Die("no folder");
  {
    const auto origin = Open(name, kOrigin);
    const auto follower = Open(name, kFollower);
    FillOrigin(*origin, options.records);
    FillFollower(*follower, options.records, options.differences);
    // Both read at once, as two machines do.
    const Times begun;
    ItemSet theirs;
    std::thread reader([&] { theirs = Scan(*origin, true); });
    const ItemSet mine = Scan(*follower, false);
    reader.join();
    const Cost scans = Since(begun);
    const Times third;
    const Result found = Compare(mine, theirs);
    const Cost compared = Since(third);
    const Cost whole = Since(begun);
    const Times fourth;
    const Result all = CompareAll(mine, theirs);
    const Cost baseline = Since(fourth);
    if (all.differences != found.differences) Die("the two do not agree");
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const double ratio =
        static_cast<double>(all.bytes) / static_cast<double>(found.bytes);
    if (options.json) {
      std::printf(
          "{\"records\":%d,\"differences\":%zu,\"seconds\":%.3f,"
          "\"cpu_seconds\":%.3f,\"bytes\":%zu,\"rounds\":%d,"
          "\"baseline_bytes\":%zu,\"bytes_ratio\":%.1f,\"rss_mb\":%ld}\n",
          options.records, found.differences, whole.wall, whole.cpu,
          found.bytes, found.rounds, all.bytes, ratio, usage.ru_maxrss / 1024);
    } else {
      std::printf(
          "%d records, %zu differences found\n"
          "  reading both views at once    %6.3f s  (%.3f s of CPU)\n"
          "  comparing, both sides         %6.3f s  (%.3f s of CPU)\n"
          "  all of it                     %6.3f s  (%.3f s of CPU)\n"
          "  on the wire                   %zu bytes in %d rounds\n"
          "baseline: all pairs sent        %zu bytes, compared in %.3f s "
          "(%.3f s of CPU), without the reading\n"
          "  %.0f times as many bytes\n"
          "memory of the whole process     %ld MB\n",
          options.records, found.differences, scans.wall, scans.cpu,
          compared.wall, compared.cpu, whole.wall, whole.cpu, found.bytes,
          found.rounds, all.bytes, baseline.wall, baseline.cpu, ratio,
          usage.ru_maxrss / 1024);
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(name, ignored);
}

}  // namespace
}  // namespace minga::federation

int main(int argc, char** argv) {
  minga::federation::Options options;
  minga::testing::ReadCommandLine(argc, argv,
                                  {{"--records", &options.records},
                                   {"--differences", &options.differences, 0}},
                                  options.json);
  if (options.differences > options.records) {
    minga::testing::Die("there are more differences than records");
  }
  minga::federation::Measure(options);
  return 0;
}
