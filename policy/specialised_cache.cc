#include <utility>

#include "policy/policy_set_impl.h"

namespace minga::policy {
namespace {

// SplitMix64's finaliser: neighbouring keys land far apart.
std::uint64_t Scatter(std::uint64_t key) {
  key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9;
  key = (key ^ key >> 27) * 0x94D049BB133111EB;
  return key ^ key >> 31;
}

}  // namespace

SpecialisedCache::SpecialisedCache() {
  for (auto& slot : slots_) slot.store(nullptr, std::memory_order_relaxed);
}

const Specialised* SpecialisedCache::Find(std::uint64_t key) const {
  for (std::size_t i = Scatter(key);; ++i) {
    const Entry* entry = slots_[i % kSlots].load(std::memory_order_acquire);
    if (entry == nullptr) return nullptr;
    if (entry->key == key) return entry->program.get();
  }
}

const Specialised* SpecialisedCache::Add(
    std::uint64_t key, std::unique_ptr<const Specialised>& program) {
  const absl::MutexLock lock(&mutex_);
  if (const Specialised* held = Find(key)) return held;
  const std::size_t bytes = program->bytes();
  if (entries_.size() >= kEntriesMax || bytes_ + bytes > kBytesMax) {
    return nullptr;
  }
  bytes_ += bytes;
  auto entry = std::make_unique<const Entry>(Entry{key, std::move(program)});
  std::size_t i = Scatter(key);
  while (slots_[i % kSlots].load(std::memory_order_relaxed) != nullptr) ++i;
  slots_[i % kSlots].store(entry.get(), std::memory_order_release);
  entries_.push_back(std::move(entry));
  return entries_.back()->program.get();
}

}  // namespace minga::policy
