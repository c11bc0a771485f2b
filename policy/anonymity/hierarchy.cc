#include "policy/anonymity/hierarchy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "policy/anonymity/table.h"

namespace minga::policy::anonymity {
namespace {

// Gives each different text of a level its id.
class LevelIds {
 public:
  ValueId Of(const std::string& label, std::vector<std::string>& labels) {
    const auto [it, added] =
        ids_.emplace(label, static_cast<ValueId>(labels.size()));
    if (added) labels.push_back(label);
    return it->second;
  }

 private:
  absl::flat_hash_map<std::string, ValueId> ids_;
};

// The id that `child` has above, the first time it is seen; false if it had
// another before.
bool SameParent(ValueId child, ValueId parent,
                std::vector<std::int64_t>& parents) {
  if (child >= parents.size()) parents.resize(child + 1, -1);
  if (parents[child] < 0) parents[child] = parent;
  return parents[child] == parent;
}

}  // namespace

absl::StatusOr<Hierarchy> Hierarchy::Parse(std::string name,
                                           absl::string_view text,
                                           char separator) {
  Hierarchy result;
  result.name_ = std::move(name);
  const auto refuse = [&result](std::size_t line, const std::string& why) {
    return absl::InvalidArgumentError(
        absl::StrCat(result.name_, ":", line, ": ", why));
  };
  if (text.size() > kHierarchyBytesMax) {
    return refuse(1, absl::StrCat("more than ", kHierarchyBytesMax, " bytes"));
  }
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  std::vector<LevelIds> ids;
  std::vector<std::vector<std::int64_t>> parents;
  std::size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    absl::ConsumeSuffix(&line, "\r");
    if (line.empty()) continue;
    // Cells take many times the bytes of a line of separators.
    if (line.size() > kTableLineBytesMax) {
      return refuse(number,
                    absl::StrCat("a line of ", line.size(), " bytes; at most ",
                                 kTableLineBytesMax));
    }
    const std::vector<std::string> cells = SplitCells(line, separator);
    if (result.levels_.empty()) {
      if (cells.size() > kHierarchyLevelsMax) {
        return refuse(number, absl::StrCat(cells.size(), " levels; at most ",
                                           kHierarchyLevelsMax));
      }
      result.levels_.resize(cells.size());
      ids.resize(cells.size());
      parents.resize(cells.size());
    }
    if (cells.size() != result.levels_.size()) {
      return refuse(number, absl::StrCat("expected ", result.levels_.size(),
                                         " columns, found ", cells.size()));
    }
    const bool known = result.values_.contains(cells[0]);
    if (!known && result.values_.size() >= kHierarchyValuesMax) {
      return refuse(number,
                    absl::StrCat("more than ", kHierarchyValuesMax, " values"));
    }
    ValueId below = 0;
    for (std::size_t level = 0; level < cells.size(); ++level) {
      Level& into = result.levels_[level];
      const ValueId id = ids[level].Of(cells[level], into.labels);
      if (level > 0 && !SameParent(below, id, parents[level])) {
        return refuse(
            number,
            absl::StrCat("`", Printable(cells[level - 1], 80),
                         "` is generalised to `", Printable(cells[level], 80),
                         "`, and to something else on a line before"));
      }
      below = id;
      if (known) continue;
      into.of_value.push_back(id);
      into.leaves.resize(into.labels.size());
      ++into.leaves[id];
    }
    if (!known) {
      result.values_.emplace(cells[0],
                             static_cast<ValueId>(result.values_.size()));
    }
  }
  if (result.levels_.empty()) return refuse(1, "the hierarchy is empty");
  return result;
}

absl::StatusOr<ValueId> Hierarchy::Find(absl::string_view value) const {
  const auto it = values_.find(value);
  if (it != values_.end()) return it->second;
  return absl::NotFoundError(absl::StrCat(
      "the hierarchy ", name_, " has no value `", Printable(value, 80), "`"));
}

}  // namespace minga::policy::anonymity
