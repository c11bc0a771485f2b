#include "policy/anonymity/histogram.h"

#include <algorithm>

namespace minga::policy::anonymity {
namespace {

std::uint64_t HashOf(absl::Span<const ValueId> tuple) {
  std::uint64_t hash = 0x9E3779B97F4A7C15;
  for (const ValueId value : tuple) {
    hash = (hash ^ value) * 0xFF51AFD7ED558CCD;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

std::size_t Histogram::SlotOf(absl::Span<const ValueId> tuple) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = HashOf(tuple) & mask;
  while (slots_[slot] != 0 && Tuple(slots_[slot] - 1) != tuple) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

std::optional<std::size_t> Histogram::Find(
    absl::Span<const ValueId> tuple) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[SlotOf(tuple)];
  if (found == 0) return std::nullopt;
  return found - 1;
}

void Histogram::Grow() {
  slots_.assign(std::max<std::size_t>(1024, slots_.size() * 2), 0);
  for (std::size_t i = 0; i < size(); ++i) {
    slots_[SlotOf(Tuple(i))] = static_cast<std::uint32_t>(i + 1);
  }
}

std::size_t Histogram::Add(absl::Span<const ValueId> tuple,
                           std::uint32_t records) {
  if (slots_.size() < 2 * (size() + 1)) Grow();
  const std::size_t slot = SlotOf(tuple);
  if (slots_[slot] == 0) {
    cells_.insert(cells_.end(), tuple.begin(), tuple.end());
    counts_.push_back(0);
    slots_[slot] = static_cast<std::uint32_t>(size());
  }
  const std::size_t at = slots_[slot] - 1;
  counts_[at] += records;
  records_ += records;
  return at;
}

}  // namespace minga::policy::anonymity
