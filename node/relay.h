// Relay tells federation of commits for as long as there is one. It outlives
// the database, whose writer calls it.
#ifndef MINGA_NODE_RELAY_H_
#define MINGA_NODE_RELAY_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "federation/federation.h"
#include "storage/database.h"

namespace minga {

// Threads: any may call any method.
class Relay {
 public:
  void Set(federation::Federation* federation) {
    const absl::MutexLock lock(&mutex_);
    federation_ = federation;
  }
  void Tell(const storage::CommitNews& news) {
    const absl::MutexLock lock(&mutex_);
    if (federation_ != nullptr && !news.feeds.empty()) {
      federation_->FeedsMoved(news.feeds);
    }
  }

 private:
  absl::Mutex mutex_;
  federation::Federation* federation_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace minga

#endif  // MINGA_NODE_RELAY_H_
