#ifndef MINGA_STORAGE_SQLITE_WRITER_H_
#define MINGA_STORAGE_SQLITE_WRITER_H_

#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/database.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/stores.h"

namespace minga::storage::sqlite {

// The one thread that writes: runs jobs in order, several in one COMMIT, each
// in a savepoint of its own, and does every checkpoint.
class Writer {
 public:
  // `stores` is loaded (Stores::Load) and its connection is the only one that
  // writes or checkpoints. Starts the thread.
  static absl::StatusOr<std::unique_ptr<Writer>> Start(
      std::unique_ptr<Stores> stores);
  // Runs what is queued, then empties the WAL and joins.
  ~Writer();

  // See Database::WriteAsync and AddListener. Threads: any.
  void Enqueue(Database::Job job, Database::Done done);
  void AddListener(Database::Listener listener);

 private:
  struct Item {
    Database::Job job;
    Database::Done done;
    absl::Status status;
    bool destroys_keys = false;
  };
  enum class Wake { kJob, kPause, kIdle, kClosing };

  explicit Writer(std::unique_ptr<Stores> stores);
  void Loop();
  bool Untidy();
  // Empties the write-ahead logs, which still hold what was erased.
  void Tidy();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Waits for a job. kPause after a moment without any, if the WAL has grown
  // since it was last copied; kIdle after a while, if something is left to tidy
  // up.
  Wake Wait(bool untidy);
  std::optional<Item> TakeJob();
  bool OneJobWaits();

  void RunGroup();
  absl::Status Begin();
  // The job inside its savepoint: only what it did is undone if it fails.
  void RunJob(Item& item);
  // The group's jobs up to the commit; an error if nothing of them stands.
  absl::Status RunJobs(std::vector<Item>& group);
  absl::Status RunLoneJob(Item& item);
  absl::Status Commit();
  // Destroys the keys that the group's jobs have destroyed.
  void DestroyKeys(std::vector<Item>& group);
  // Ends a group of which nothing stands.
  void Abandon();
  void Tell(std::vector<Item>& group);

  const std::unique_ptr<Stores> stores_;
  Statement begin_;
  Statement commit_;
  Statement savepoint_;
  Statement release_;
  Statement rollback_to_;
  // The writer thread's.
  bool reload_ = false;  // memory may differ from the file

  absl::Mutex mutex_;
  std::deque<Item> queue_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Database::Listener> listeners_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;  // last: uses all of the above
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_WRITER_H_
