// The lattice of disclosure:
//   SUPPRESS < GENERALISE(n) < ... < GENERALISE(1) < PSEUDONYM < RAW.
#ifndef MINGA_POLICY_LEVEL_H_
#define MINGA_POLICY_LEVEL_H_

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>

namespace minga::policy {

// How much of one field may be seen. A total order, so that meet is min and
// join is max, and the order in which rules are read can never matter.
class Level {
 public:
  // Steps of a generalisation hierarchy; ISCO-08 has 4, regions 2.
  static constexpr int kGeneraliseStepsMax = 15;

  constexpr Level() = default;  // SUPPRESS
  static constexpr Level Suppress() { return Level(0); }
  // REQUIRES: 1 <= step <= kGeneraliseStepsMax; a larger step is coarser.
  static constexpr Level Generalise(int step) {
    return Level(static_cast<std::uint8_t>(100 - step));
  }
  static constexpr Level Pseudonym() { return Level(200); }
  static constexpr Level Raw() { return Level(255); }

  constexpr bool suppressed() const { return value_ == 0; }
  constexpr bool raw() const { return value_ == 255; }
  constexpr bool pseudonym() const { return value_ == 200; }
  // The step if this is GENERALISE(step), otherwise 0.
  constexpr int generalise_step() const {
    return value_ > 0 && value_ < 100 ? 100 - value_ : 0;
  }
  // The byte kept in stores and logs. Bytes that no level has read as the
  // level below them.
  constexpr std::uint8_t stored() const { return value_; }
  static constexpr Level FromStored(std::uint8_t byte) {
    if (byte == 255) return Raw();
    if (byte >= 200) return Pseudonym();
    if (byte >= 100) return Generalise(1);
    if (byte >= 100 - kGeneraliseStepsMax) return Generalise(100 - byte);
    return Suppress();
  }
  // "RAW", "PSEUDONYM", "GENERALISE(2)", "SUPPRESS".
  std::string ToString() const;

  friend constexpr auto operator<=>(Level a, Level b) = default;

 private:
  explicit constexpr Level(std::uint8_t value) : value_(value) {}
  std::uint8_t value_ = 0;
};

constexpr Level Meet(Level a, Level b) { return std::min(a, b); }
constexpr Level Join(Level a, Level b) { return std::max(a, b); }

}  // namespace minga::policy

#endif  // MINGA_POLICY_LEVEL_H_
