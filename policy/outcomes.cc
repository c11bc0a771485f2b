#include "policy/outcomes.h"

#include <utility>

namespace minga::policy {
namespace {

constexpr std::size_t kSlotsAtFirst = 32;

std::size_t HashOf(const Signature& signature) {
  std::uint64_t hash = 0;
  for (const std::uint64_t word : signature) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  }
  return hash;
}

std::size_t BytesOf(const Decision& decision,
                    const OutcomeTable::Reasons& reasons) {
  // With the nodes and blocks of the heap.
  constexpr std::size_t kOverhead = 160;
  std::size_t bytes = sizeof(Decision) + 8 * reasons.size() + kOverhead;
  for (const DecidingRule& rule : decision.deciding) {
    bytes += sizeof(rule) + rule.id.capacity();
  }
  for (const std::string& notice : decision.obligations.notices) {
    bytes += sizeof(notice) + notice.capacity();
  }
  return bytes + decision.obligations.transforms.size() * sizeof(Transform);
}

}  // namespace

bool MemoryBudget::Take(std::size_t bytes) {
  std::size_t left = left_.load(std::memory_order_relaxed);
  do {
    if (left < bytes) return false;
  } while (!left_.compare_exchange_weak(left, left - bytes,
                                        std::memory_order_relaxed));
  return true;
}

OutcomeTable::Slots::Slots(std::size_t size)
    : mask(size - 1), slots(new std::atomic<const Entry*>[size]) {
  for (std::size_t i = 0; i < size; ++i) {
    slots[i].store(nullptr, std::memory_order_relaxed);
  }
}

OutcomeTable::OutcomeTable(MemoryBudget* budget) : budget_(budget) {
  arrays_.push_back(std::make_unique<const Slots>(kSlotsAtFirst));
  slots_.store(arrays_.back().get(), std::memory_order_release);
}

const OutcomeTable::Entry* OutcomeTable::Find(
    const Signature& signature) const {
  const Slots& slots = *slots_.load(std::memory_order_acquire);
  for (std::size_t i = HashOf(signature);; ++i) {
    const Entry* entry =
        slots.slots[i & slots.mask].load(std::memory_order_acquire);
    if (entry == nullptr || entry->signature == signature) return entry;
  }
}

std::shared_ptr<const Decision> OutcomeTable::FindDecision(
    const Reasons& reasons) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = decisions_.find(reasons);
  return found == decisions_.end() ? nullptr : found->second;
}

const OutcomeTable::Entry* OutcomeTable::Add(
    const Signature& signature, const Reasons& reasons,
    const std::shared_ptr<const Decision>& decision) {
  const absl::MutexLock lock(&mutex_);
  if (const Entry* held = Find(signature)) return held;
  if (entries_.size() >= kEntriesMax) return nullptr;
  // Half of the slots stay empty, so that probing stays short and ends.
  if (2 * (entries_.size() + 1) > arrays_.back()->mask && !Grow()) {
    return nullptr;
  }
  auto found = decisions_.find(reasons);
  const bool fresh = found == decisions_.end();
  std::size_t bytes = sizeof(Entry) + 8 * signature.size();
  if (fresh) bytes += BytesOf(*decision, reasons);
  if (!TakeBytes(bytes)) return nullptr;
  if (fresh) found = decisions_.emplace(reasons, decision).first;
  entries_.push_back(
      std::make_unique<const Entry>(Entry{found->second.get(), signature}));
  Place(*arrays_.back(), entries_.back().get());
  return entries_.back().get();
}

void OutcomeTable::Place(const Slots& slots, const Entry* entry) {
  std::size_t i = HashOf(entry->signature);
  while (slots.slots[i & slots.mask].load(std::memory_order_relaxed) !=
         nullptr) {
    ++i;
  }
  slots.slots[i & slots.mask].store(entry, std::memory_order_release);
}

bool OutcomeTable::TakeBytes(std::size_t bytes) {
  if (bytes_ + bytes > kBytesMax || !budget_->Take(bytes)) return false;
  bytes_ += bytes;
  return true;
}

bool OutcomeTable::Grow() {
  const std::size_t size = 2 * (arrays_.back()->mask + 1);
  if (!TakeBytes(size * sizeof(std::atomic<const Entry*>))) return false;
  arrays_.push_back(std::make_unique<const Slots>(size));
  for (const auto& entry : entries_) Place(*arrays_.back(), entry.get());
  slots_.store(arrays_.back().get(), std::memory_order_release);
  return true;
}

}  // namespace minga::policy
