#include "policy/anonymity/class_counter.h"

#include <algorithm>
#include <bit>

namespace minga::policy::anonymity {
namespace {

std::uint64_t Mix(std::uint64_t x) {
  x *= 0x9E3779B97F4A7C15;
  return x ^ (x >> 29);
}

}  // namespace

ClassCounter::ClassCounter(const std::vector<Hierarchy>& hierarchies,
                           const Histogram& histogram)
    : hierarchies_(hierarchies), histogram_(histogram) {}

std::vector<ClassSize> ClassCounter::AllTuples() const {
  std::vector<ClassSize> all(histogram_.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {static_cast<std::uint32_t>(i), histogram_.Count(i)};
  }
  return all;
}

void ClassCounter::MakeRoom(std::size_t classes) {
  const std::size_t slots =
      std::bit_ceil(std::max<std::size_t>(64, 2 * classes));
  slots_.assign(slots, Slot());
  mask_ = slots - 1;
}

void ClassCounter::Add(Slot& slot, std::uint64_t key,
                       const ClassSize& members) {
  if (slot.at != 0) {
    classes_[slot.at - 1].records += members.records;
    return;
  }
  classes_.push_back(members);
  slot.key = key;
  slot.at = static_cast<std::uint32_t>(classes_.size());
}

void ClassCounter::CountPacked(const std::vector<ClassSize>& from) {
  for (const ClassSize& members : from) {
    const ValueId* tuple = histogram_.Tuple(members.tuple).data();
    std::uint64_t key = 0;
    for (const Column& column : columns_) {
      key += column.weight * column.generalised[tuple[column.attribute]];
    }
    std::size_t at = Mix(key) >> 7 & mask_;
    while (slots_[at].at != 0 && slots_[at].key != key) at = (at + 1) & mask_;
    Add(slots_[at], key, members);
  }
}

bool ClassCounter::SameClass(std::uint32_t a, std::uint32_t b) const {
  for (std::size_t i = 0; i < histogram_.attributes(); ++i) {
    const Hierarchy& hierarchy = hierarchies_[i];
    if (hierarchy.Generalise(levels_[i], histogram_.Tuple(a)[i]) !=
        hierarchy.Generalise(levels_[i], histogram_.Tuple(b)[i])) {
      return false;
    }
  }
  return true;
}

void ClassCounter::CountWide(const std::vector<ClassSize>& from) {
  for (const ClassSize& members : from) {
    const absl::Span<const ValueId> tuple = histogram_.Tuple(members.tuple);
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < tuple.size(); ++i) {
      key = Mix(key ^ hierarchies_[i].Generalise(levels_[i], tuple[i]));
    }
    std::size_t at = key & mask_;
    while (slots_[at].at != 0 &&
           (slots_[at].key != key ||
            !SameClass(classes_[slots_[at].at - 1].tuple, members.tuple))) {
      at = (at + 1) & mask_;
    }
    Add(slots_[at], key, members);
  }
}

const std::vector<ClassSize>& ClassCounter::Count(
    const Levels& levels, const std::vector<ClassSize>& from) {
  levels_ = levels;
  columns_.clear();
  // Mixed radix: the product of the sizes counts the possible keys.
  unsigned __int128 product = 1;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::size_t size = hierarchies_[i].size(levels[i]);
    if (size > 1) {
      columns_.push_back({i, hierarchies_[i].Generalised(levels[i]).data(),
                          static_cast<std::uint64_t>(product)});
    }
    product *= size;
    if (product >> 64 != 0) break;
  }
  const bool packed = product >> 64 == 0;
  const std::size_t most =
      packed && static_cast<std::uint64_t>(product) < from.size()
          ? static_cast<std::size_t>(product)
          : from.size();
  MakeRoom(most);
  classes_.clear();
  if (packed) {
    CountPacked(from);
  } else {
    CountWide(from);
  }
  return classes_;
}

}  // namespace minga::policy::anonymity
