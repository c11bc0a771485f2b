// The one implementation of PolicySet. Internal to this room.
#ifndef MINGA_POLICY_POLICY_SET_IMPL_H_
#define MINGA_POLICY_POLICY_SET_IMPL_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "policy/policy_set.h"
#include "policy/rule.h"
#include "policy/specialised.h"

namespace minga::policy {

// Specialised programs by key, added once and kept until the set goes. Readers
// never wait. A full cache answers null and takes no more: the caller then
// builds what it needs each time, slower but as right.
class SpecialisedCache {
 public:
  SpecialisedCache();

  // Threads: any. Null if `key` is not held.
  const Specialised* Find(std::uint64_t key) const;
  // Takes `program` if there is room and `key` is not held yet; returns what
  // is held then, or null with `program` untouched.
  const Specialised* Add(std::uint64_t key,
                         std::unique_ptr<const Specialised>& program);

 private:
  // Slots are twice the entries, so that probing stays short.
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kEntriesMax = kSlots / 2;
  // A pathological policy must not fill the memory of a small machine.
  static constexpr std::size_t kBytesMax = std::size_t{64} << 20;

  struct Entry {
    std::uint64_t key = 0;
    std::unique_ptr<const Specialised> program;
  };

  std::array<std::atomic<const Entry*>, kSlots> slots_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<const Entry>> entries_ ABSL_GUARDED_BY(mutex_);
  std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

class PolicySetImpl final : public PolicySet {
 public:
  PolicySetImpl(Country own, std::vector<CompiledDocument> documents,
                const Digest& hash);

  Decision Decide(const Question& question, const Facts& facts) const override;
  Explanation Explain(const Question& question,
                      const Facts& facts) const override;
  absl::CivilDay NextBoundary(absl::CivilDay day) const override;
  const Digest& hash() const override { return hash_; }
  std::vector<Country> MouPartners() const override { return partners_; }
  std::uint64_t FactsAsked(RecordKind kind) const override;

 private:
  // Why `question` cannot be answered at all; "" if it can.
  std::string Unanswerable(const Question& question, const Facts& facts) const;
  std::vector<std::string> GroupsOf(Country peer) const;
  // Questions with the same key have the same program.
  std::uint64_t KeyOf(const Question& question) const;
  // Calls `use` with the program for `question`.
  template <typename Use>
  auto WithProgram(const Question& question, Use use) const;
  void AddNearest(const Question& question, const Facts& facts,
                  Explanation& out) const;

  // Constant after construction.
  const Country own_;
  const std::vector<CompiledDocument> documents_;
  const Digest hash_;
  // Days, since 1970-01-01, on which an answer may change; sorted. Between two
  // of them all answers that depend on the date alone are the same.
  std::vector<std::int64_t> boundaries_;
  std::vector<Country> partners_;  // sorted

  // Synchronises itself.
  mutable SpecialisedCache cache_;
};

template <typename Use>
auto PolicySetImpl::WithProgram(const Question& question, Use use) const {
  const std::uint64_t key = KeyOf(question);
  if (const Specialised* held = cache_.Find(key)) return use(*held);
  std::unique_ptr<const Specialised> fresh = std::make_unique<Specialised>(
      question, GroupsOf(question.peer), documents_);
  const Specialised* added = cache_.Add(key, fresh);
  return use(added != nullptr ? *added : *fresh);
}

}  // namespace minga::policy

#endif  // MINGA_POLICY_POLICY_SET_IMPL_H_
