// Calls of one kind that each peer may make.
#ifndef MINGA_NODE_RPC_CALL_BUDGETS_H_
#define MINGA_NODE_RPC_CALL_BUDGETS_H_

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "federation/budget.h"
#include "node/base/ids.h"

namespace minga::rpc {

// For what the edge answers by itself; streams and questions are counted where
// they are answered, by federation::Conduct.
//
// Threads: any thread may call any method.
class CallBudgets {
 public:
  explicit CallBudgets(int per_minute) : per_minute_(per_minute) {}

  // Counts one of `peer`, who is pinned: so there are no more budgets than
  // countries. RESOURCE_EXHAUSTED if it has none left.
  absl::Status Spend(const PeerId& peer, absl::Time now);

 private:
  const int per_minute_;
  absl::Mutex mutex_;
  absl::flat_hash_map<PeerId, federation::Budget> left_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_CALL_BUDGETS_H_
