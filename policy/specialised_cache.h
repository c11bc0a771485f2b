// Programs that are kept, and when they are dropped. Internal to this room.
#ifndef MINGA_POLICY_SPECIALISED_CACHE_H_
#define MINGA_POLICY_SPECIALISED_CACHE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "policy/outcomes.h"
#include "policy/rule.h"
#include "policy/specialised.h"

namespace minga::policy {

using CompiledDocuments = std::vector<CompiledDocument>;

// What is specialised for the days of one interval, in which no date of a
// document lies: added once, kept until the generation goes. Readers never
// wait. A full one answers null and takes no more: the caller then builds what
// it needs each time, slower but as right.
class Generation {
 public:
  // 64 peers, both directions, eight kinds.
  static constexpr std::size_t kEntriesMax = 1024;
  // Of peers without an agreement: who asks about any country must leave room
  // for the peers.
  static constexpr std::size_t kStrangersMax = kEntriesMax / 4;

  // For the days from `begin` to before `end` (DayNumber).
  Generation(std::shared_ptr<const CompiledDocuments> documents,
             std::int64_t begin, std::int64_t end);

  const CompiledDocuments& documents() const { return *documents_; }
  bool Holds(std::int64_t day) const { return begin_ <= day && day < end_; }
  // What outcomes may take; of all programs together.
  MemoryBudget* budget() const { return &budget_; }

  // Threads: any. Null if `key` is not held.
  const Specialised* Find(std::uint64_t key) const;
  // Takes `program` if fewer than `entries_max` are held and `key` is not;
  // returns what is held then, or null with `program` untouched.
  const Specialised* Add(std::uint64_t key, std::size_t entries_max,
                         std::unique_ptr<const Specialised>& program) const;

 private:
  // Twice the entries, so that probing stays short.
  static constexpr std::size_t kSlots = 2 * kEntriesMax;
  // A pathological policy must not fill the memory of a small machine.
  static constexpr std::size_t kBytesMax = std::size_t{24} << 20;

  struct Entry {
    std::uint64_t key = 0;
    std::unique_ptr<const Specialised> program;
  };

  // Constant after construction.
  const std::shared_ptr<const CompiledDocuments> documents_;
  const std::int64_t begin_;
  const std::int64_t end_;

  // These synchronise themselves.
  mutable MemoryBudget budget_;
  mutable std::array<std::atomic<const Entry*>, kSlots> slots_;

  mutable absl::Mutex mutex_;
  mutable std::vector<std::unique_ptr<const Entry>> entries_
      ABSL_GUARDED_BY(mutex_);
  mutable std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The generations of one policy set. A new day beyond a boundary makes a new
// one, and the one unused for longest is dropped when there are more than
// kGenerationsMax; an answer that is still held, and a thread that asked of it
// last, keep it until they let go. Threads: any.
class Generations {
 public:
  // Today, and what is asked about other days.
  static constexpr std::size_t kGenerationsMax = 3;

  // `boundaries` are days (DayNumber), sorted.
  Generations(std::shared_ptr<const CompiledDocuments> documents,
              std::vector<std::int64_t> boundaries);

  // The generation of `day`. Valid until this thread asks this or another set
  // for one; copies of the pointer keep it longer.
  const std::shared_ptr<const Generation>& Of(std::int64_t day) const;

  // The first boundary after `day`; INT64_MAX if none.
  std::int64_t BoundaryAfter(std::int64_t day) const;

 private:
  std::shared_ptr<const Generation> FindOrMake(std::int64_t day) const;

  // Constant after construction. Tells sets apart, also past their end.
  const std::uint64_t id_;
  const std::shared_ptr<const CompiledDocuments> documents_;
  const std::vector<std::int64_t> boundaries_;

  mutable absl::Mutex mutex_;
  // The one used last comes first.
  mutable std::vector<std::shared_ptr<const Generation>> kept_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_SPECIALISED_CACHE_H_
