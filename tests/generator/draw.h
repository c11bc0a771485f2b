// Choices from a seed. One Draw belongs to one record, so that a record is the
// same whatever was made before it.
#ifndef MINGA_TESTS_GENERATOR_DRAW_H_
#define MINGA_TESTS_GENERATOR_DRAW_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "node/base/random.h"

namespace minga::testing {

// Threads: one.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  // In [0, bound). REQUIRES: 0 < bound < 2^32. The bias below 2^-32 does not
  // matter for samples.
  std::uint64_t Below(std::uint64_t bound) {
    return ((random_.Next() >> 32) * bound) >> 32;
  }
  // In [min, max]. REQUIRES: min <= max.
  std::int64_t Between(std::int64_t min, std::int64_t max) {
    return min + static_cast<std::int64_t>(
                     Below(static_cast<std::uint64_t>(max - min) + 1));
  }
  bool Percent(std::uint64_t chance) { return Below(100) < chance; }

  template <typename T>
  const T& Of(absl::Span<const T> items) {
    return items[static_cast<std::size_t>(Below(items.size()))];
  }

 private:
  SeededRandom random_;
};

}  // namespace minga::testing

#endif  // MINGA_TESTS_GENERATOR_DRAW_H_
