#include "policy/specialised_cache.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace minga::policy {
namespace {

// Of the outcomes of one generation.
constexpr std::size_t kOutcomeBytesMax = std::size_t{24} << 20;

// SplitMix64's finaliser: neighbouring keys land far apart.
std::uint64_t Scatter(std::uint64_t key) {
  key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9;
  key = (key ^ key >> 27) * 0x94D049BB133111EB;
  return key ^ key >> 31;
}

// What this thread asked last. Each thread shares the generation through a
// count of its own, so that threads do not contend for one.
struct Pin {
  std::uint64_t set = 0;
  std::shared_ptr<const Generation> generation;
};

// Two sets that are compared with each other must not push each other out.
constexpr std::size_t kPins = 4;

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Generation::Generation(std::shared_ptr<const CompiledDocuments> documents,
                       std::int64_t begin, std::int64_t end)
    : documents_(std::move(documents)),
      begin_(begin),
      end_(end),
      budget_(kOutcomeBytesMax) {
  for (auto& slot : slots_) slot.store(nullptr, std::memory_order_relaxed);
}

const Specialised* Generation::Find(std::uint64_t key) const {
  for (std::size_t i = Scatter(key);; ++i) {
    const Entry* entry = slots_[i % kSlots].load(std::memory_order_acquire);
    if (entry == nullptr) return nullptr;
    if (entry->key == key) return entry->program.get();
  }
}

const Specialised* Generation::Add(
    std::uint64_t key, std::size_t entries_max,
    std::unique_ptr<const Specialised>& program) const {
  const absl::MutexLock lock(&mutex_);
  if (const Specialised* held = Find(key)) return held;
  const std::size_t bytes = program->bytes();
  if (entries_.size() >= std::min(entries_max, kEntriesMax) ||
      bytes_ + bytes > kBytesMax) {
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

Generations::Generations(std::shared_ptr<const CompiledDocuments> documents,
                         std::vector<std::int64_t> boundaries)
    : id_(NextId()),
      documents_(std::move(documents)),
      boundaries_(std::move(boundaries)) {}

const std::shared_ptr<const Generation>& Generations::Of(
    std::int64_t day) const {
  static thread_local std::array<Pin, kPins> pins;
  Pin& pin = pins[id_ % kPins];
  if (pin.set == id_ && pin.generation->Holds(day)) return pin.generation;
  auto shared = std::make_shared<const std::shared_ptr<const Generation>>(
      FindOrMake(day));
  const Generation* const generation = shared->get();
  pin.generation =
      std::shared_ptr<const Generation>(std::move(shared), generation);
  pin.set = id_;
  return pin.generation;
}

std::int64_t Generations::BoundaryAfter(std::int64_t day) const {
  const auto next =
      std::upper_bound(boundaries_.begin(), boundaries_.end(), day);
  return next == boundaries_.end() ? std::numeric_limits<std::int64_t>::max()
                                   : *next;
}

std::shared_ptr<const Generation> Generations::FindOrMake(
    std::int64_t day) const {
  const absl::MutexLock lock(&mutex_);
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (!kept_[i]->Holds(day)) continue;
    const auto at = kept_.begin() + static_cast<std::ptrdiff_t>(i);
    std::rotate(kept_.begin(), at, at + 1);
    return kept_.front();
  }
  const auto next =
      std::upper_bound(boundaries_.begin(), boundaries_.end(), day);
  const std::int64_t begin = next == boundaries_.begin()
                                 ? std::numeric_limits<std::int64_t>::min()
                                 : *(next - 1);
  if (kept_.size() >= kGenerationsMax) kept_.pop_back();
  kept_.insert(kept_.begin(), std::make_shared<const Generation>(
                                  documents_, begin, BoundaryAfter(day)));
  return kept_.front();
}

}  // namespace minga::policy
