// Memo remembers what was made of a text: documents that stand for months are
// asked for many times a second, and parsing one takes milliseconds.
#ifndef MINGA_NODE_BASE_MEMO_H_
#define MINGA_NODE_BASE_MEMO_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace minga {

// Threads: any.
template <typename Value>
class Memo {
 public:
  // Once `limit` texts are remembered, the next one makes it forget them all.
  explicit Memo(std::size_t limit = 64) : limit_(limit) {}

  // What `make(text)`, an absl::StatusOr<Value>, gives or gave for this text.
  // It must depend on nothing else. Errors are not remembered.
  template <typename Make>
  absl::StatusOr<std::shared_ptr<const Value>> Get(const std::string& text,
                                                   const Make& make) {
    {
      absl::MutexLock lock(&mutex_);
      if (const auto found = known_.find(text); found != known_.end()) {
        return found->second;
      }
    }
    absl::StatusOr<Value> made = make(text);
    if (!made.ok()) return made.status();
    auto value = std::make_shared<const Value>(*std::move(made));
    absl::MutexLock lock(&mutex_);
    if (known_.size() >= limit_) known_.clear();
    return known_.try_emplace(text, std::move(value)).first->second;
  }

 private:
  const std::size_t limit_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Value>> known_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga

#endif  // MINGA_NODE_BASE_MEMO_H_
