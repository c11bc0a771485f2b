// Generalisation hierarchies: how the values of one quasi-identifier become
// coarser, step by step, up to "anything".
#ifndef MINGA_POLICY_ANONYMITY_HIERARCHY_H_
#define MINGA_POLICY_ANONYMITY_HIERARCHY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
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

// Whole numbers from `min` to `max`, both included.
struct Interval {
  std::int64_t min = 0;
  std::int64_t max = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

// "7" is 7 to 7, "12-23" is 12 to 23; nullopt for anything else. Numbers have
// at most nine digits and no sign.
std::optional<Interval> ParseInterval(absl::string_view text);

// What stands for "anything".
inline constexpr absl::string_view kAnything = "*";

// The first `characters` of a UTF-8 text; all of a shorter one.
absl::string_view PrefixOf(absl::string_view text, int characters);

// Immutable, but for FindOrAdd. Level 0 holds the values as they are; a higher
// level is coarser, and values that are equal on one level are equal on all
// levels above it.
class Hierarchy {
 public:
  // Reads the format of ARX: one line for each value,
  // `value;level1;level2;...`, with as many columns on every line. A cell may
  // be quoted with `"`. Empty lines and a UTF-8 byte order mark are skipped.
  //
  // Two additions to that format. If all values are intervals (ParseInterval)
  // that do not overlap, some of more than one number, a number is found in the
  // one that holds it. And a file
  // may be one rule for any value instead: a line such as
  // `*;prefix:3;prefix:2;*` keeps so many characters of it; only `*` follows
  // `*`, and nothing keeps more than the level below.
  //
  //   INVALID_ARGUMENT  "name:line: ..." for a line of another length, a value
  //                     that comes twice with different generalisations, values
  //                     that are equal on one level and differ above it, a
  //                     malformed rule or one beside other lines, or more than
  //                     the limits above.
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
  // The same; a hierarchy with a rule takes in a new value.
  // RESOURCE_EXHAUSTED for more than kHierarchyValuesMax.
  absl::StatusOr<ValueId> FindOrAdd(absl::string_view value);

  // For each level how many characters of a value are kept, 0 where the label
  // is `*`; of level 0 all, written as -1. Empty unless the hierarchy is a
  // rule.
  const std::vector<int>& rule() const { return rule_; }
  // Line of the file that names the value of level 0 first.
  std::size_t Line(ValueId value) const { return lines_[value]; }
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
  class Parser;
  struct Level {
    std::vector<std::string> labels;
    std::vector<std::uint32_t> leaves;  // by id of this level
    std::vector<ValueId> of_value;      // by id of level 0
  };

  struct Leaf {
    Interval interval;
    ValueId value = 0;
  };

  static std::size_t At(int level) { return static_cast<std::size_t>(level); }
  void FindIntervals();
  std::optional<ValueId> FindNumber(absl::string_view value) const;

  std::string name_;
  std::vector<Level> levels_;
  absl::flat_hash_map<std::string, ValueId> values_;
  std::vector<std::size_t> lines_;  // by id of level 0
  std::vector<Leaf> intervals_;     // by number; empty if values are no numbers
  std::vector<int> rule_;
  // Of a rule: labels by level.
  std::vector<absl::flat_hash_map<std::string, ValueId>> labels_;
};

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_HIERARCHY_H_
