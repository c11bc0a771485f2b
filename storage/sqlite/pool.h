#ifndef MINGA_STORAGE_SQLITE_POOL_H_
#define MINGA_STORAGE_SQLITE_POOL_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace minga::storage::sqlite {

// At most `most` readers, opened when needed and kept. Threads: any.
template <typename Reader>
class Pool {
 public:
  using Opener = std::function<absl::StatusOr<std::unique_ptr<Reader>>()>;

  Pool(int most, Opener open) : open_(std::move(open)), free_slots_(most) {}

  // A reader on loan; goes back to the pool at the end of its life.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Reader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}
    Lease(Lease&& other) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (reader_ != nullptr) pool_->GiveBack(std::move(reader_));
    }
    Reader* operator->() const { return reader_.get(); }
    Reader& operator*() const { return *reader_; }

   private:
    Pool* pool_;
    std::unique_ptr<Reader> reader_;
  };

  // Waits while all are on loan.
  absl::StatusOr<Lease> Take() {
    std::unique_ptr<Reader> reader;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Pool::Available));
      --free_slots_;
      if (!idle_.empty()) {
        reader = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (reader == nullptr) {
      absl::StatusOr<std::unique_ptr<Reader>> opened = open_();
      if (!opened.ok()) {
        absl::MutexLock lock(&mutex_);
        ++free_slots_;
        return opened.status();
      }
      reader = *std::move(opened);
    }
    return Lease(*this, std::move(reader));
  }

 private:
  bool Available() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return free_slots_ > 0;
  }

  void GiveBack(std::unique_ptr<Reader> reader) {
    absl::MutexLock lock(&mutex_);
    idle_.push_back(std::move(reader));
    ++free_slots_;
  }

  const Opener open_;
  absl::Mutex mutex_;
  int free_slots_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Reader>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_POOL_H_
