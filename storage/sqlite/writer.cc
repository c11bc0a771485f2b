#include "storage/sqlite/writer.h"

#include <pthread.h>

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

// 16 MB of pages of 4 KB: long enough that a bulk load copies each page seldom,
// short enough that readers find what they need.
constexpr int kWalPagesMax = 4096;
// 1 MB: what single changes leave is copied in the pauses between them, some
// milliseconds at a time, and not all at once while one waits.
constexpr int kWalPagesInPause = 256;
// Longer than a page's way from being stored to being logged.
constexpr absl::Duration kPause = absl::Milliseconds(2);
// Jobs waiting. One takes some milliseconds, so this is a minute of work: a
// caller that is further behind is told so instead of filling the memory.
constexpr std::size_t kQueuedJobsMax = 16384;
// A group is also closed after this time, so that a job behind a bulk load
// waits for one part of it only.
constexpr absl::Duration kGroupTimeMax = absl::Milliseconds(50);
// Quiet for this long: empty the WAL, which still holds what was erased.
constexpr absl::Duration kIdleTime = absl::Seconds(1);

}  // namespace

Writer::Writer(std::unique_ptr<Stores> stores) : stores_(std::move(stores)) {}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Start(
    std::unique_ptr<Stores> stores) {
  std::unique_ptr<Writer> writer(new Writer(std::move(stores)));
  MINGA_RETURN_IF_ERROR(writer->stores_->connection().Prepare(
      {{&writer->begin_, "BEGIN IMMEDIATE"},
       {&writer->commit_, "COMMIT"},
       {&writer->savepoint_, "SAVEPOINT job"},
       {&writer->release_, "RELEASE job"},
       {&writer->rollback_to_, "ROLLBACK TO job"}}));
  writer->thread_ = std::thread([w = writer.get()] {
    ::pthread_setname_np(::pthread_self(), "db writer");
    w->Loop();
  });
  return writer;
}

Writer::~Writer() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Writer::Enqueue(Database::Job job, Database::Done done) {
  absl::Status refused;
  {
    absl::MutexLock lock(&mutex_);
    if (closing_) {
      refused = absl::UnavailableError("database: closing");
    } else if (queue_.size() >= kQueuedJobsMax) {
      refused = absl::ResourceExhaustedError(absl::StrCat(
          "database: ", kQueuedJobsMax, " writes are waiting already"));
    } else {
      queue_.push_back(
          {std::move(job), std::move(done), absl::OkStatus(), false});
      return;
    }
  }
  done(refused);
}

void Writer::AddListener(Database::Listener listener) {
  absl::MutexLock lock(&mutex_);
  listeners_.push_back(std::move(listener));
}

bool Writer::HasWork() const { return closing_ || !queue_.empty(); }

Writer::Wake Writer::Wait(bool untidy) {
  const bool grown = stores_->connection().wal_growth() >= kWalPagesInPause;
  const absl::Duration patience = grown    ? kPause
                                  : untidy ? kIdleTime
                                           : absl::InfiniteDuration();
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &Writer::HasWork), patience);
  if (!queue_.empty()) return Wake::kJob;
  if (closing_) return Wake::kClosing;
  return grown ? Wake::kPause : Wake::kIdle;
}

std::optional<Writer::Item> Writer::TakeJob() {
  absl::MutexLock lock(&mutex_);
  if (queue_.empty()) return std::nullopt;
  Item item = std::move(queue_.front());
  queue_.pop_front();
  return item;
}

bool Writer::Untidy() {
  return stores_->connection().wal_pages() > 0 || stores_->keys().Untidy();
}

// What fails, because a reader is in the way, the next idle time does.
void Writer::Tidy() {
  Connection& connection = stores_->connection();
  if (connection.wal_pages() > 0) {
    connection.Checkpoint(/*truncate=*/true).IgnoreError();
  }
  if (!stores_->keys().Untidy()) return;
  if (reload_ || !stores_->keys().Settle().ok()) return;
  stores_->keys().Tidy().IgnoreError();
}

void Writer::Loop() {
  while (true) {
    const Wake wake = Wait(Untidy());
    if (wake == Wake::kJob) {
      RunGroup();
      continue;
    }
    if (wake == Wake::kPause) {
      stores_->connection().CheckpointAfter(kWalPagesInPause);
      continue;
    }
    Tidy();
    if (wake == Wake::kClosing) return;
  }
}

bool Writer::OneJobWaits() {
  absl::MutexLock lock(&mutex_);
  return queue_.size() == 1;
}

void Writer::RunGroup() {
  std::vector<Item> group;
  absl::Status status = RunJobs(group);
  if (status.ok()) status = Commit();
  if (status.ok()) {
    DestroyKeys(group);
  } else {
    Abandon();
    for (Item& item : group) {
      if (item.status.ok()) item.status = status;
    }
  }
  Tell(group);
  stores_->connection().CheckpointAfter(kWalPagesMax);
}

absl::Status Writer::RunJobs(std::vector<Item>& group) {
  const absl::Time end = absl::Now() + kGroupTimeMax;
  const bool alone = OneJobWaits();
  absl::Status status = Begin();
  do {
    std::optional<Item> item = TakeJob();
    if (!item.has_value()) break;
    group.push_back(*std::move(item));
    if (!status.ok()) return status;
    if (alone) return RunLoneJob(group.back());
    RunJob(group.back());
    // A full disk takes the transaction of all with it.
    status = stores_->connection().lost();
  } while (status.ok() && absl::Now() < end &&
           group.size() < static_cast<std::size_t>(kGroupCommitJobsMax));
  return status;
}

// Without a savepoint SQLite need not keep the old state of each page.
absl::Status Writer::RunLoneJob(Item& item) {
  item.status = item.job(*stores_);
  item.job = nullptr;
  item.destroys_keys = stores_->keys().doomed() > 0;
  if (!item.status.ok()) return item.status;
  return stores_->connection().lost();
}

absl::Status Writer::Begin() {
  Connection& connection = stores_->connection();
  if (reload_) {
    MINGA_RETURN_IF_ERROR(stores_->Load());
    reload_ = false;
  }
  MINGA_RETURN_IF_ERROR(Run(begin_).Finish());
  connection.ExpectTransaction(true);
  return absl::OkStatus();
}

void Writer::RunJob(Item& item) {
  stores_->Mark();
  item.status = Run(savepoint_).Finish();
  if (!item.status.ok()) return;
  const std::size_t doomed = stores_->keys().doomed();
  item.status = item.job(*stores_);
  item.destroys_keys = stores_->keys().doomed() > doomed;
  // What the job holds may refer to its caller, who goes on when told.
  item.job = nullptr;
  const absl::Status lost = stores_->connection().lost();
  if (!lost.ok()) {
    if (item.status.ok()) item.status = lost;
    return;
  }
  if (!item.status.ok()) {
    Run(rollback_to_).Finish().IgnoreError();  // shows in lost() if it failed
    stores_->Restore();
  }
  const absl::Status released = Run(release_).Finish();
  if (item.status.ok()) item.status = released;
}

absl::Status Writer::Commit() {
  MINGA_RETURN_IF_ERROR(stores_->Flush());
  stores_->connection().ExpectTransaction(false);
  return Run(commit_).Finish();
}

void Writer::DestroyKeys(std::vector<Item>& group) {
  const absl::Status settled = stores_->keys().Settle();
  if (settled.ok()) return;
  for (Item& item : group) {
    if (item.status.ok() && item.destroys_keys) {
      item.status = At("erased, but the key is not destroyed yet", settled);
    }
  }
}

void Writer::Abandon() {
  Connection& connection = stores_->connection();
  connection.ExpectTransaction(false);
  connection.ForgetLost();
  if (connection.InTransaction()) connection.Exec("ROLLBACK").IgnoreError();
  // Now and not at the next Begin, so that what is in memory never outlives
  // what it describes; if the file cannot be read either, Begin tries again.
  reload_ = !stores_->Load().ok();
}

void Writer::Tell(std::vector<Item>& group) {
  News& news = stores_->news();
  if (!news.empty()) {
    std::vector<Database::Listener> listeners;
    {
      absl::MutexLock lock(&mutex_);
      listeners = listeners_;
    }
    const CommitNews told = news.Take();
    for (const Database::Listener& listener : listeners) listener(told);
  }
  for (Item& item : group) item.done(item.status);
}

}  // namespace minga::storage::sqlite
