// Decisions by signature, so that a record like one seen before is answered
// without evaluating anything. Internal to this room.
#ifndef MINGA_POLICY_OUTCOMES_H_
#define MINGA_POLICY_OUTCOMES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "policy/decision.h"
#include "policy/signature.h"

namespace minga::policy {

// Memory that several tables share. Threads: any.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes) : left_(bytes) {}

  // False, and nothing taken, if there is not so much left.
  bool Take(std::size_t bytes);

 private:
  std::atomic<std::size_t> left_;
};

// Grows with the signatures seen, up to its bounds: a peer chooses its records,
// and must not choose our memory. What does not fit is computed each time.
// Threads: any; Find never waits.
class OutcomeTable {
 public:
  // One signature's decision. Never moves or changes.
  struct Entry {
    const Decision* decision = nullptr;
    Signature signature;
  };
  // Which conditions hold: signatures with the same ones share a decision.
  using Reasons = std::vector<std::uint64_t>;

  // `budget` must outlive the table.
  explicit OutcomeTable(MemoryBudget* budget);

  // Null if it is not held.
  const Entry* Find(const Signature& signature) const;
  // The decision held for `reasons`; null if none.
  std::shared_ptr<const Decision> FindDecision(const Reasons& reasons) const;
  // Holds `signature` from now on, and `decision` if `reasons` have none yet.
  // Null if it does not fit: nothing is held then.
  const Entry* Add(const Signature& signature, const Reasons& reasons,
                   const std::shared_ptr<const Decision>& decision);

 private:
  // At 110 bytes and two slots each about 1 MiB.
  static constexpr std::size_t kEntriesMax = 8192;
  // Of one table, with its decisions.
  static constexpr std::size_t kBytesMax = std::size_t{4} << 20;

  struct Slots {
    explicit Slots(std::size_t size);
    // A power of two, less one.
    std::size_t mask;
    std::unique_ptr<std::atomic<const Entry*>[]> slots;
  };

  static void Place(const Slots& slots, const Entry* entry);
  bool TakeBytes(std::size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Grow() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  MemoryBudget* const budget_;
  // The last of arrays_. Readers may still be in an older one, so all stay;
  // together they are no larger than the last one.
  std::atomic<const Slots*> slots_;

  mutable absl::Mutex mutex_;
  std::vector<std::unique_ptr<const Slots>> arrays_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<const Entry>> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<Reasons, std::shared_ptr<const Decision>> decisions_
      ABSL_GUARDED_BY(mutex_);
  std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_OUTCOMES_H_
