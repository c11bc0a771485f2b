// Generalisation hierarchies: how the values of one quasi-identifier become
// coarser, step by step, up to "anything".
#ifndef MINGA_POLICY_ANONYMITY_HIERARCHY_H_
#define MINGA_POLICY_ANONYMITY_HIERARCHY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::policy::anonymity {

// Index of a value within one level of a hierarchy.
using ValueId = std::uint32_t;

// Limits of a hierarchy file: the levels of any real classification, ten times
// the codes of the largest (CUOC titles), and a line that a person could read.
inline constexpr int kHierarchyLevelsMax = 16;
inline constexpr std::size_t kHierarchyValuesMax = 200'000;
inline constexpr std::size_t kHierarchyBytesMax = std::size_t{64} << 20;

// Immutable. Level 0 holds the values as they are; a higher level is coarser,
// and values that are equal on one level are equal on all levels above it.
class Hierarchy {
 public:
  // Reads the format of ARX: one line for each value,
  // `value;level1;level2;...`, with as many columns on every line. A cell may
  // be quoted with `"`. Empty lines and a UTF-8 byte order mark are skipped.
  //   INVALID_ARGUMENT  "name:line: ..." for a line of another length, a value
  //                     that comes twice with different generalisations, values
  //                     that are equal on one level and differ above it, or
  //                     more than the limits above.
  static absl::StatusOr<Hierarchy> Parse(std::string name,
                                         absl::string_view text,
                                         char separator = ';');

  const std::string& name() const { return name_; }
  // At least 1: a hierarchy of one level generalises nothing.
  int levels() const { return static_cast<int>(levels_.size()); }
  // Different values of a level.
  std::size_t size(int level) const { return levels_[At(level)].labels.size(); }
  // NOT_FOUND if the hierarchy does not have `value`.
  absl::StatusOr<ValueId> Find(absl::string_view value) const;
  // REQUIRES: `value` is of level 0.
  ValueId Generalise(int level, ValueId value) const {
    return levels_[At(level)].of_value[value];
  }
  // Generalise() of all values, by id; lives as long as the hierarchy.
  const std::vector<ValueId>& Generalised(int level) const {
    return levels_[At(level)].of_value;
  }
  const std::string& Label(int level, ValueId generalised) const {
    return levels_[At(level)].labels[generalised];
  }
  // Values of level 0 that `generalised` stands for.
  std::uint32_t Leaves(int level, ValueId generalised) const {
    return levels_[At(level)].leaves[generalised];
  }

 private:
  struct Level {
    std::vector<std::string> labels;
    std::vector<std::uint32_t> leaves;  // by id of this level
    std::vector<ValueId> of_value;      // by id of level 0
  };

  static std::size_t At(int level) { return static_cast<std::size_t>(level); }

  std::string name_;
  std::vector<Level> levels_;
  absl::flat_hash_map<std::string, ValueId> values_;
};

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_HIERARCHY_H_
