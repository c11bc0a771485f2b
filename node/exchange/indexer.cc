#include "node/exchange/indexer.h"

#include <pthread.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "node/base/status.h"
#include "node/exchange/search_document.h"

namespace minga::exchange {
namespace {

// Records of one transaction of the index: large enough that its commit costs
// little, small enough to be in memory (1 KB each).
constexpr int kBatchRecords = 8000;
// While commits stream in, the index rests as long as it last worked and takes
// what gathered meanwhile: one change is found at once, and a bulk load goes in
// by large batches, which cost a third less a record than small ones, while the
// core works for others.
constexpr int kRestShare = 1;
constexpr absl::Duration kRestMax = absl::Milliseconds(200);
// No commit for so long is a quiet hour: words of erased records are taken out
// of the index's file then.
constexpr absl::Duration kQuietTime = absl::Seconds(30);

// Outlives the indexer, because the database's listener cannot be taken back.
struct Signal {
  absl::Mutex mutex;
  std::uint64_t committed ABSL_GUARDED_BY(mutex) = 1;  // commits so far
  std::uint64_t indexed ABSL_GUARDED_BY(mutex) = 0;    // of those
  // Attempts finished and how the last one ended.
  std::uint64_t attempts ABSL_GUARDED_BY(mutex) = 0;
  absl::Status health ABSL_GUARDED_BY(mutex);
  bool running ABSL_GUARDED_BY(mutex) = false;
  bool stop ABSL_GUARDED_BY(mutex) = false;

  bool Woken() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return stop || committed > indexed;
  }
};

class FeedIndexer final : public Indexer {
 public:
  explicit FeedIndexer(const Parts& parts)
      : parts_(parts), signal_(std::make_shared<Signal>()) {
    parts_.database->AddListener(
        [signal = signal_](const storage::CommitNews& news) {
          if (!news.records) return;
          absl::MutexLock lock(&signal->mutex);
          ++signal->committed;
        });
  }
  ~FeedIndexer() override { Stop(); }

  void Start() override {
    Stop();
    {
      absl::MutexLock lock(&signal_->mutex);
      signal_->stop = false;
      signal_->running = true;
      // What was missed while the thread did not run.
      ++signal_->committed;
    }
    thread_ = std::thread([this] {
      ::pthread_setname_np(::pthread_self(), "indexer");
      Run();
    });
  }

  void Stop() override {
    {
      absl::MutexLock lock(&signal_->mutex);
      signal_->stop = true;
    }
    if (thread_.joinable()) thread_.join();
    absl::MutexLock lock(&signal_->mutex);
    signal_->running = false;
  }

  absl::Status CatchUp() override {
    absl::MutexLock lock(&signal_->mutex);
    Signal& signal = *signal_;
    // An attempt under way may have begun before the call.
    const std::uint64_t wanted = signal.committed;
    const std::uint64_t attempts = signal.attempts;
    const auto settled = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(signal.mutex) {
      return !signal.running || signal.stop || signal.indexed >= wanted ||
             (signal.attempts > attempts && !signal.health.ok());
    };
    signal.mutex.Await(absl::Condition(&settled));
    if (signal.indexed >= wanted) return absl::OkStatus();
    if (!signal.health.ok()) return signal.health;
    return absl::UnavailableError("indexer: is not running");
  }

  absl::Status Health() const override {
    absl::MutexLock lock(&signal_->mutex);
    return signal_->health;
  }

  absl::StatusOr<std::int64_t> LagRows() const override;

 private:
  void Run();
  // Follows the changes to their end.
  absl::Status Follow();
  // Takes out a part of what erased records left; true if there is more.
  bool TidyUp();
  // One batch; false in `more` when the end is reached.
  absl::Status Step(bool& more);
  bool Stopping() const {
    absl::MutexLock lock(&signal_->mutex);
    return signal_->stop;
  }

  const Parts parts_;
  const std::shared_ptr<Signal> signal_;
  std::thread thread_;
};

void FeedIndexer::Run() {
  Signal& signal = *signal_;
  absl::Time rested = absl::InfinitePast();
  // Until the next quiet hour; infinite once everything is tidy.
  absl::Duration quiet = kQuietTime;
  while (true) {
    std::uint64_t seen = 0;
    bool woken = true;
    {
      absl::MutexLock lock(&signal.mutex);
      woken = signal.mutex.AwaitWithTimeout(
          absl::Condition(&signal, &Signal::Woken), quiet);
    }
    if (!woken) {
      quiet = TidyUp() ? absl::ZeroDuration() : absl::InfiniteDuration();
      continue;
    }
    quiet = kQuietTime;
    {
      absl::MutexLock lock(&signal.mutex);
      const absl::Duration wait = rested - absl::Now();
      if (!signal.stop && wait > absl::ZeroDuration()) {
        signal.mutex.AwaitWithTimeout(absl::Condition(&signal.stop), wait);
      }
      if (signal.stop) return;
      seen = signal.committed;
    }
    const absl::Time began = absl::Now();
    const absl::Status followed = Follow();
    const absl::Time ended = absl::Now();
    rested = ended + std::min((ended - began) / kRestShare, kRestMax);
    absl::MutexLock lock(&signal.mutex);
    signal.health = followed;
    ++signal.attempts;
    signal.indexed = std::max(signal.indexed, followed.ok() ? seen : 0);
    if (!followed.ok()) {
      // Again at the next commit, not in a loop.
      const auto news = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(signal.mutex) {
        return signal.stop || signal.committed > seen;
      };
      signal.mutex.Await(absl::Condition(&news));
    }
  }
}

bool FeedIndexer::TidyUp() {
  const absl::StatusOr<bool> more = parts_.index->Tidy();
  if (more.ok()) return *more;
  absl::MutexLock lock(&signal_->mutex);
  signal_->health = more.status();
  return false;
}

absl::Status FeedIndexer::Follow() {
  bool more = true;
  while (more && !Stopping()) MINGA_RETURN_IF_ERROR(Step(more));
  if (more) return absl::CancelledError("indexer: stopped");
  return absl::OkStatus();
}

absl::Status FeedIndexer::Step(bool& more) {
  MINGA_ASSIGN_OR_RETURN(const storage::IndexPosition position,
                         parts_.index->Position());
  storage::RecordChanges changes;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        changes, snapshot.records().ChangesSince(position.row, position.gone,
                                                 kBatchRecords));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(parts_.database->Read(read));
  if (changes.put.empty() && changes.gone.empty()) {
    more = false;
    return absl::OkStatus();
  }
  std::vector<storage::SearchDocument> documents;
  documents.reserve(changes.put.size());
  for (const storage::StoredRecord& record : changes.put) {
    MINGA_ASSIGN_OR_RETURN(std::optional<storage::SearchDocument> document,
                           SearchDocumentOf(parts_.own, record));
    if (document.has_value()) documents.push_back(*std::move(document));
  }
  MINGA_RETURN_IF_ERROR(parts_.index->Apply(documents, changes.gone,
                                            {changes.upto, changes.gone_upto}));
  more = true;
  if (changes.gone.empty()) return absl::OkStatus();
  return parts_.database->Write(
      [upto = changes.gone_upto](storage::Transaction& transaction) {
        return transaction.records().DropGone(upto);
      });
}

absl::StatusOr<std::int64_t> FeedIndexer::LagRows() const {
  MINGA_ASSIGN_OR_RETURN(const storage::IndexPosition position,
                         parts_.index->Position());
  storage::RowNo newest = 0;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(newest, snapshot.records().Newest());
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(parts_.database->Read(read));
  return std::max<std::int64_t>(0, newest - position.row);
}

}  // namespace

std::unique_ptr<Indexer> Indexer::Create(const Parts& parts) {
  return std::make_unique<FeedIndexer>(parts);
}

}  // namespace minga::exchange
