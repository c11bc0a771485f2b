// Finding a person's entries in a large audit log: by the index, and, as the
// baseline, by looking through the log. Also what log and index take on the
// disk for one decision.
//
//   find_bench [--leaves 10000000] [--json]
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "federation/audit_entry.h"
#include "node/audit/decision_counts.h"
#include "node/audit/finder.h"
#include "node/audit/log_indexer.h"
#include "node/audit/terms.h"
#include "node/base/random.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/log/sample_log.h"

namespace minga::audit {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kBatch = 16384;
constexpr Country kOwn = Country::Of("CO");

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}
template <typename T>
T Must(absl::StatusOr<T> value) {
  Must(value.status());
  return *std::move(value);
}

struct Figures {
  double append_per_s = 0, index_per_s = 0;
  double find_median_ms = 0, find_worst_ms = 0, scan_ms = 0, counts_ms = 0;
  double log_bytes = 0, index_bytes = 0, decision_bytes = 0;
  std::uint64_t found = 0;
};

class Bench {
 public:
  explicit Bench(std::uint64_t leaves) : leaves_(leaves) {
    std::string name =
        (fs::temp_directory_path() / "minga-find-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::exit(1);
    folder_ = name;
  }
  ~Bench() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Figures Run() {
    Open();
    Fill();
    Index();
    Find();
    Scan();
    Count();
    // Closing empties the write-ahead logs into the files.
    index_.reset();
    database_.reset();
    Weigh();
    return figures_;
  }

 private:
  void Open() {
    storage::SqliteOptions options;
    options.path = folder_ + "/minga.db";
    options.own = kOwn;
    options.node_key = std::string(32, 'k');
    options.random = &random_;
    database_ = Must(storage::OpenSqliteDatabase(options));
    index_ = Must(storage::OpenSqliteAuditIndex(folder_ + "/audit-index.db"));
  }

  void Fill() {
    // Twenty entries about each person, and as many about each vacancy.
    persons_ = std::max<std::uint64_t>(1, leaves_ / 40);
    SampleLog sample(1, leaves_, persons_);
    double seconds = 0;
    for (std::uint64_t done = 0; done < leaves_;) {
      std::vector<std::string> batch;
      for (; batch.size() < kBatch && done < leaves_; ++done) {
        const v1::AuditEntry entry = sample.Next();
        batch.push_back(federation::EntryBytes(entry));
        if (IsDecision(entry.event())) {
          ++decisions_;
          decision_entry_bytes_ += batch.back().size();
        }
      }
      const Clock::time_point start = Clock::now();
      Must(database_->Write([&](storage::Transaction& t) -> absl::Status {
        for (const std::string& entry : batch) {
          const auto index = t.audit().Append(entry);
          if (!index.ok()) return index.status();
        }
        return absl::OkStatus();
      }));
      seconds += SecondsSince(start);
    }
    figures_.append_per_s = static_cast<double>(leaves_) / seconds;
  }

  void Index() {
    LogIndexer indexer(database_.get(), index_.get(), kOwn);
    const Clock::time_point start = Clock::now();
    while (Must(indexer.Step())) {
    }
    figures_.index_per_s =
        static_cast<double>(Must(index_->Position())) / SecondsSince(start);
  }

  LogQuery QueryOf(std::uint64_t person) const {
    LogQuery query;
    query.subject = SampleLog::Subject(person);
    return query;
  }

  void Find() {
    const Finder finder(database_.get(), index_.get(), kOwn);
    std::vector<double> times;
    for (std::uint64_t i = 0; i < 101; ++i) {
      const LogQuery query = QueryOf(i * (persons_ / 101));
      const Clock::time_point start = Clock::now();
      Must(finder.Find(query, 0, [&](const FoundEntry&) {
        ++figures_.found;
        return true;
      }));
      times.push_back(1e3 * SecondsSince(start));
    }
    std::sort(times.begin(), times.end());
    figures_.find_median_ms = times[times.size() / 2];
    figures_.find_worst_ms = times.back();
  }

  // What a search is without an index: each entry is read, those that have the
  // commitment are taken.
  void Scan() {
    const LogReader reader(database_.get());
    const std::string subject = SampleLog::Subject(0);
    const Clock::time_point start = Clock::now();
    std::uint64_t found = 0;
    Must(reader.Read(0, leaves_, [&](const LogPlace&, absl::string_view bytes) {
      found += absl::StrContains(bytes, subject) ? 1 : 0;
      return absl::OkStatus();
    }));
    figures_.scan_ms = 1e3 * SecondsSince(start);
    if (found == 0) Must(absl::InternalError("the scan found nobody"));
  }

  void Count() {
    const Finder finder(database_.get(), index_.get(), kOwn);
    const Clock::time_point start = Clock::now();
    Must(CountDecisions(finder, {}));
    figures_.counts_ms = 1e3 * SecondsSince(start);
  }

  void Weigh() {
    const auto leaves = static_cast<double>(leaves_);
    figures_.log_bytes =
        static_cast<double>(fs::file_size(folder_ + "/minga.db")) / leaves;
    figures_.index_bytes =
        static_cast<double>(fs::file_size(folder_ + "/audit-index.db")) /
        leaves;
    // Pages are bigger entries than decisions: what is not the entries
    // themselves is shared by all alike.
    const double entry = static_cast<double>(decision_entry_bytes_) /
                         static_cast<double>(decisions_);
    figures_.decision_bytes = figures_.log_bytes + figures_.index_bytes;
    std::fprintf(stderr, "a decision's entry has %.0f bytes\n", entry);
  }

  const std::uint64_t leaves_;
  std::uint64_t persons_ = 0;
  std::uint64_t decisions_ = 0;
  std::uint64_t decision_entry_bytes_ = 0;
  std::string folder_;
  SystemRandom random_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::AuditIndex> index_;
  Figures figures_;
};

}  // namespace
}  // namespace minga::audit

int main(int argc, char** argv) {
  std::uint64_t leaves = 10'000'000;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) json = true;
    if (std::strcmp(argv[i], "--leaves") == 0 && i + 1 < argc &&
        !absl::SimpleAtoi(argv[++i], &leaves)) {
      std::fprintf(stderr, "--leaves needs a number\n");
      return 2;
    }
  }
  const minga::audit::Figures f = minga::audit::Bench(leaves).Run();
  if (json) {
    std::printf(
        "{\"leaves\":%llu,\"append_per_s\":%.0f,\"index_per_s\":%.0f,"
        "\"find_person_ms\":%.2f,\"find_person_worst_ms\":%.2f,"
        "\"scan_ms\":%.1f,\"counts_ms\":%.2f,\"bytes_per_decision\":%.1f,"
        "\"index_bytes\":%.1f}\n",
        static_cast<unsigned long long>(leaves), f.append_per_s, f.index_per_s,
        f.find_median_ms, f.find_worst_ms, f.scan_ms, f.counts_ms,
        f.decision_bytes, f.index_bytes);
    return 0;
  }
  std::printf("leaves                 %llu\n",
              static_cast<unsigned long long>(leaves));
  std::printf("append, durable        %.0f /s\n", f.append_per_s);
  std::printf("index                  %.0f /s\n", f.index_per_s);
  std::printf("find a person, index   %.2f ms (median of 101; worst %.2f)\n",
              f.find_median_ms, f.find_worst_ms);
  std::printf("find a person, scan    %.1f ms: %.0f times as long\n", f.scan_ms,
              f.scan_ms / f.find_median_ms);
  std::printf("count decisions        %.2f ms\n", f.counts_ms);
  std::printf("disk for one decision  %.1f bytes, %.1f of them index\n",
              f.decision_bytes, f.index_bytes);
}
