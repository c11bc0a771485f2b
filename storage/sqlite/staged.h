// What a store keeps in memory between statements has to follow the savepoints
// of its connection: Staged is that contract, Counter its simplest case.
#ifndef MINGA_STORAGE_SQLITE_STAGED_H_
#define MINGA_STORAGE_SQLITE_STAGED_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "node/base/ids.h"
#include "storage/database.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// Threads: the writer's only.
class Staged {
 public:
  virtual ~Staged() = default;
  // Takes the state from the file: at open, and after a lost transaction.
  virtual absl::Status Load() = 0;
  // A job begins.
  virtual void Mark() = 0;
  // The job failed: back to the state at Mark. What it wrote to the file has
  // been rolled back.
  virtual void Restore() = 0;
  // Writes to the file what has changed since the last Flush; before COMMIT.
  virtual absl::Status Flush() = 0;
};

// A number that only grows, kept in table `counter`.
class Counter final : public Staged {
 public:
  // Numbers are stored.
  enum class Name {
    kRow = 1,
    kGone = 2,
    kAuditSize = 3,
    kKeyMark = 4,
    kJournal = 5,
    kAuditLog = 6,
    kAuditPruned = 7
  };

  explicit Counter(Name name) : name_(name) {}
  absl::Status Prepare(Connection& connection);

  std::int64_t value() const { return value_; }
  std::int64_t Next() { return ++value_; }
  void Set(std::int64_t value) { value_ = value; }
  // From the file, for connections without staged state.
  absl::StatusOr<std::int64_t> Stored() const;

  absl::Status Load() override;
  void Mark() override { marked_ = value_; }
  void Restore() override { value_ = marked_; }
  absl::Status Flush() override;

 private:
  const Name name_;
  Statement get_;
  Statement put_;
  std::int64_t value_ = 0;
  std::int64_t marked_ = 0;
  std::int64_t stored_ = 0;
};

// What the current group of jobs has changed, for the listeners.
class News final : public Staged {
 public:
  void RecordChanged() { news_.records = true; }
  void FeedChanged(const PeerId& peer);
  bool empty() const { return !news_.records && news_.feeds.empty(); }
  // Returns it and begins anew.
  CommitNews Take();

  absl::Status Load() override;
  void Mark() override { marked_ = news_; }
  void Restore() override { news_ = marked_; }
  absl::Status Flush() override { return absl::OkStatus(); }

 private:
  CommitNews news_;
  CommitNews marked_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_STAGED_H_
