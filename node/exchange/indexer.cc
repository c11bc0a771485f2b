#include "node/exchange/indexer.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "node/base/status.h"
#include "node/exchange/search_document.h"

namespace minga::exchange {
namespace {

// Records of one transaction of the index: large enough that its commit costs
// little, small enough to be in memory (1 KB each).
constexpr std::size_t kBatchRecords = 8000;
// While records stream in by more than kFewRecords at a time, the index rests
// as long as it last worked and takes what gathered meanwhile: one change is
// found at once, and a bulk load goes in by large batches, which cost a third
// less a record than small ones, while the core works for others.
constexpr std::size_t kFewRecords = 100;
constexpr std::chrono::nanoseconds kRestMax = std::chrono::milliseconds(200);
// What the batches left is merged by parts while nothing comes. Between two it
// rests several times as long as the last took, so that a change seldom has to
// wait for one.
constexpr int kMergeRestShare = 8;
constexpr std::chrono::nanoseconds kMergeRestMax = std::chrono::seconds(1);
// After a failure, however fast commits come.
constexpr absl::Duration kFailureRest = absl::Seconds(1);
// No commit for so long is a quiet hour: words of erased records are taken out
// of the index's file then.
constexpr std::chrono::seconds kQuietTime(30);

// Not a clock that can be set: nothing is put off by it.
using Steady = std::chrono::steady_clock;
constexpr Steady::time_point kNever = Steady::time_point::max();

absl::Duration Until(Steady::time_point at) {
  return at == kNever ? absl::InfiniteDuration()
                      : absl::FromChrono(at - Steady::now());
}

// Outlives the indexer, because the database's listener cannot be taken back.
struct Signal {
  absl::Mutex mutex;
  std::uint64_t committed ABSL_GUARDED_BY(mutex) = 1;  // commits so far
  std::uint64_t indexed ABSL_GUARDED_BY(mutex) = 0;    // of those
  // Attempts finished and how the last one ended.
  std::uint64_t attempts ABSL_GUARDED_BY(mutex) = 0;
  absl::Status health ABSL_GUARDED_BY(mutex);
  absl::Status upkeep ABSL_GUARDED_BY(mutex);  // merging and tidying
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
    return signal_->health.ok() ? signal_->upkeep : signal_->health;
  }

  absl::StatusOr<std::int64_t> LagRows() const override;

 private:
  void Run();
  // Follows the changes to their end.
  absl::Status Follow();
  // Works on a part of what the last batches left, or, in a quiet hour, of what
  // erased records left; says when to go on.
  void Idle();
  // One batch; false in `more` if it reached the end. What was committed since
  // then wakes the thread again.
  absl::Status Step(bool& more);
  bool Stopping() const {
    absl::MutexLock lock(&signal_->mutex);
    return signal_->stop;
  }

  const Parts parts_;
  const std::shared_ptr<Signal> signal_;
  std::thread thread_;
  // Of the thread alone.
  // Where the index stands; nullopt after a failure, when it has to be asked.
  std::optional<storage::IndexPosition> position_;
  std::size_t followed_ = 0;  // records, since woken
  Steady::time_point rested_;
  Steady::time_point merge_rested_;
  Steady::time_point tidy_at_;
  Steady::time_point idle_at_;  // unless woken before
};

void FeedIndexer::Run() {
  Signal& signal = *signal_;
  rested_ = merge_rested_ = idle_at_ = Steady::now();
  tidy_at_ = Steady::now() + kQuietTime;
  while (true) {
    std::uint64_t seen = 0;
    bool woken = true;
    {
      absl::MutexLock lock(&signal.mutex);
      woken = signal.mutex.AwaitWithTimeout(
          absl::Condition(&signal, &Signal::Woken), Until(idle_at_));
    }
    if (!woken) {
      Idle();
      continue;
    }
    {
      absl::MutexLock lock(&signal.mutex);
      signal.mutex.AwaitWithTimeout(absl::Condition(&signal.stop),
                                    Until(rested_));
      if (signal.stop) return;
      seen = signal.committed;
    }
    const Steady::time_point began = Steady::now();
    followed_ = 0;
    const absl::Status followed = Follow();
    const Steady::time_point ended = Steady::now();
    rested_ = ended;
    if (followed_ > kFewRecords) rested_ += std::min(ended - began, kRestMax);
    // A stream of single changes does not hurry the merge.
    idle_at_ = std::max(rested_, merge_rested_);
    tidy_at_ = ended + kQuietTime;
    absl::MutexLock lock(&signal.mutex);
    signal.health = followed;
    ++signal.attempts;
    signal.indexed = std::max(signal.indexed, followed.ok() ? seen : 0);
    if (!followed.ok()) {
      signal.mutex.AwaitWithTimeout(absl::Condition(&signal.stop),
                                    std::min(kFailureRest, parts_.retry));
      const auto news = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(signal.mutex) {
        return signal.stop || signal.committed > seen;
      };
      signal.mutex.AwaitWithTimeout(absl::Condition(&news), parts_.retry);
    }
  }
}

void FeedIndexer::Idle() {
  const Steady::time_point began = Steady::now();
  const bool tidy = began >= tidy_at_;
  const absl::StatusOr<bool> more =
      tidy ? parts_.index->Tidy() : parts_.index->Merge();
  const Steady::time_point ended = Steady::now();
  {
    absl::MutexLock lock(&signal_->mutex);
    signal_->upkeep = more.status();
  }
  if (!more.ok()) {
    idle_at_ = ended + absl::ToChronoMilliseconds(parts_.retry);
  } else if (tidy) {
    // Then what is left to merge, and nothing until the next commit.
    if (!*more) tidy_at_ = kNever;
    idle_at_ = ended;
  } else {
    merge_rested_ =
        ended + std::min((ended - began) * kMergeRestShare, kMergeRestMax);
    idle_at_ = *more ? merge_rested_ : tidy_at_;
  }
}

absl::Status FeedIndexer::Follow() {
  bool more = true;
  while (more && !Stopping()) MINGA_RETURN_IF_ERROR(Step(more));
  if (more) return absl::CancelledError("indexer: stopped");
  return absl::OkStatus();
}

absl::Status FeedIndexer::Step(bool& more) {
  std::optional<storage::IndexPosition> known = std::exchange(position_, {});
  if (!known.has_value()) {
    MINGA_ASSIGN_OR_RETURN(known, parts_.index->Position());
  }
  const storage::IndexPosition position = *known;
  storage::RecordChanges changes;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(changes, snapshot.records().ChangesSince(
                                        position.row, position.gone,
                                        static_cast<int>(kBatchRecords)));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(parts_.database->Read(read));
  more = changes.put.size() >= kBatchRecords ||
         changes.gone.size() >= kBatchRecords;
  if (changes.put.empty() && changes.gone.empty()) {
    position_ = position;
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
  position_ = {changes.upto, changes.gone_upto};
  followed_ += changes.put.size();
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
