// One thread for work of seconds that federation must not wait for: reading a
// view of a million records for a comparison.
#ifndef MINGA_NODE_SIDE_THREAD_H_
#define MINGA_NODE_SIDE_THREAD_H_

#include <deque>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace minga {

// Threads: any thread may call Run. Bounded by who calls it: federation has two
// comparisons at work at most.
class SideThread {
 public:
  SideThread();
  // Waits for the work under way; what has not begun is dropped.
  ~SideThread();
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  void Run(std::function<void()> work);

 private:
  void Loop();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !queue_.empty();
  }

  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all of these
};

}  // namespace minga

#endif  // MINGA_NODE_SIDE_THREAD_H_
