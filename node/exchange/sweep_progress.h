// How far the re-evaluation of all records has come: for those who wait.
#ifndef MINGA_NODE_EXCHANGE_SWEEP_PROGRESS_H_
#define MINGA_NODE_EXCHANGE_SWEEP_PROGRESS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace minga::exchange {

// Of the sweep under way, or of the last one since the start.
struct SweepProgress {
  bool running = false;
  // 1: withdrawals, 2: what was received, 3: everything else; 0: none yet.
  int pass = 0;
  // Records looked at in all passes, and how many there were at the beginning:
  // `done` may end a little beside `total`, because records come and go.
  std::int64_t done = 0;
  std::int64_t total = 0;

  friend bool operator==(const SweepProgress&, const SweepProgress&) = default;
};

// Threads: any thread may call any method.
class SweepMeter {
 public:
  SweepProgress Read() const {
    absl::MutexLock lock(&mutex_);
    return progress_;
  }
  void Set(const SweepProgress& progress) {
    absl::MutexLock lock(&mutex_);
    progress_ = progress;
  }

 private:
  mutable absl::Mutex mutex_;
  SweepProgress progress_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SWEEP_PROGRESS_H_
