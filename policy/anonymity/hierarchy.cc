#include "policy/anonymity/hierarchy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "policy/anonymity/table.h"

namespace minga::policy::anonymity {
namespace {

constexpr absl::string_view kPrefix = "prefix:";
// Characters that a rule may keep: longer codes are no classification.
constexpr int kKeptMax = 64;
constexpr std::size_t kDigitsMax = 9;

std::optional<std::int64_t> ParseNumber(absl::string_view text) {
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return std::nullopt;
    }
    number = number * 10 + (c - '0');
  }
  return number;
}

// ARX has no rules: a value `*` whose generalisations are anything else is one
// like others.
bool IsRule(const std::vector<std::string>& cells) {
  return cells[0] == kAnything &&
         std::any_of(cells.begin() + 1, cells.end(), [](const auto& cell) {
           return absl::StartsWith(cell, kPrefix);
         });
}

absl::StatusOr<std::vector<int>> ParseRule(
    const std::vector<std::string>& cells) {
  std::vector<int> rule = {-1};
  int most = kKeptMax;
  for (std::size_t level = 1; level < cells.size(); ++level) {
    absl::string_view cell = cells[level];
    int kept = 0;
    const bool form =
        cell == kAnything ||
        (absl::ConsumePrefix(&cell, kPrefix) && ParseNumber(cell).has_value() &&
         absl::SimpleAtoi(cell, &kept));
    if (!form || kept > most) {
      return absl::InvalidArgumentError(absl::StrCat(
          "`", Printable(cells[level], 80), "` in a rule: expected `prefix:0` ",
          "to `prefix:", most, "`, or `*`"));
    }
    most = kept;
    rule.push_back(kept);
  }
  return rule;
}

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

// Line by line.
class Hierarchy::Parser {
 public:
  explicit Parser(std::string name) { result_.name_ = std::move(name); }

  absl::Status Refuse(const std::string& why) const {
    return absl::InvalidArgumentError(
        absl::StrCat(result_.name_, ":", line_, ": ", why));
  }

  absl::Status AddLine(absl::string_view line, char separator) {
    ++line_;
    absl::ConsumeSuffix(&line, "\r");
    if (line.empty()) return absl::OkStatus();
    // Cells take many times the bytes of a line of separators.
    if (line.size() > kTableLineBytesMax) {
      return Refuse(absl::StrCat("a line of ", line.size(), " bytes; at most ",
                                 kTableLineBytesMax));
    }
    const std::vector<std::string> cells = SplitCells(line, separator);
    MINGA_RETURN_IF_ERROR(CheckWidth(cells.size()));
    if (!result_.rule_.empty() || (IsRule(cells) && !result_.values_.empty())) {
      return Refuse("a rule stands alone, without other lines");
    }
    return IsRule(cells) ? SetRule(cells) : AddValue(cells);
  }

  absl::StatusOr<Hierarchy> Finish() && {
    line_ = 1;
    if (result_.levels_.empty()) return Refuse("the hierarchy is empty");
    result_.FindIntervals();
    return std::move(result_);
  }

 private:
  absl::Status CheckWidth(std::size_t columns) {
    if (result_.levels_.empty()) {
      if (columns > kHierarchyLevelsMax) {
        return Refuse(
            absl::StrCat(columns, " levels; at most ", kHierarchyLevelsMax));
      }
      result_.levels_.resize(columns);
      ids_.resize(columns);
      parents_.resize(columns);
    }
    if (columns == result_.levels_.size()) return absl::OkStatus();
    return Refuse(absl::StrCat("expected ", result_.levels_.size(),
                               " columns, found ", columns));
  }

  absl::Status SetRule(const std::vector<std::string>& cells) {
    absl::StatusOr<std::vector<int>> rule = ParseRule(cells);
    if (!rule.ok()) return Refuse(std::string(rule.status().message()));
    result_.rule_ = *std::move(rule);
    result_.labels_.resize(cells.size());
    return absl::OkStatus();
  }

  absl::Status AddValue(const std::vector<std::string>& cells) {
    const bool known = result_.values_.contains(cells[0]);
    if (!known && result_.values_.size() >= kHierarchyValuesMax) {
      return Refuse(absl::StrCat("more than ", kHierarchyValuesMax, " values"));
    }
    ValueId below = 0;
    for (std::size_t level = 0; level < cells.size(); ++level) {
      Level& into = result_.levels_[level];
      const ValueId id = ids_[level].Of(cells[level], into.labels);
      if (level > 0 && !SameParent(below, id, parents_[level])) {
        return Refuse(
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
    if (known) return absl::OkStatus();
    result_.values_.emplace(cells[0],
                            static_cast<ValueId>(result_.values_.size()));
    result_.lines_.push_back(line_);
    return absl::OkStatus();
  }

  Hierarchy result_;
  std::size_t line_ = 0;
  std::vector<LevelIds> ids_;
  std::vector<std::vector<std::int64_t>> parents_;
};

absl::StatusOr<Hierarchy> Hierarchy::Parse(std::string name,
                                           absl::string_view text,
                                           char separator) {
  if (text.size() > kHierarchyBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ":1: more than ", kHierarchyBytesMax, " bytes"));
  }
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  Parser parser(std::move(name));
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    MINGA_RETURN_IF_ERROR(parser.AddLine(line, separator));
  }
  return std::move(parser).Finish();
}

void Hierarchy::FindIntervals() {
  std::vector<Leaf> leaves;
  bool wide = false;
  for (ValueId value = 0; value < values_.size(); ++value) {
    const std::optional<Interval> interval = ParseInterval(Label(0, value));
    if (!interval.has_value()) return;
    wide = wide || interval->min < interval->max;
    leaves.push_back({*interval, value});
  }
  // Else they may be codes: `0110` is not `110`.
  if (!wide) return;
  std::sort(leaves.begin(), leaves.end(), [](const Leaf& a, const Leaf& b) {
    return a.interval.min < b.interval.min;
  });
  for (std::size_t i = 1; i < leaves.size(); ++i) {
    if (leaves[i].interval.min <= leaves[i - 1].interval.max) return;
  }
  intervals_ = std::move(leaves);
}

std::optional<ValueId> Hierarchy::FindNumber(absl::string_view value) const {
  const std::optional<std::int64_t> number = ParseNumber(value);
  if (!number.has_value()) return std::nullopt;
  const auto after =
      std::upper_bound(intervals_.begin(), intervals_.end(), *number,
                       [](std::int64_t wanted, const Leaf& leaf) {
                         return wanted < leaf.interval.min;
                       });
  if (after == intervals_.begin()) return std::nullopt;
  const Leaf& leaf = *(after - 1);
  if (*number > leaf.interval.max) return std::nullopt;
  return leaf.value;
}

absl::StatusOr<ValueId> Hierarchy::Find(absl::string_view value) const {
  const auto it = values_.find(value);
  if (it != values_.end()) return it->second;
  if (const std::optional<ValueId> leaf = FindNumber(value)) return *leaf;
  return absl::NotFoundError(absl::StrCat(
      "the hierarchy ", name_, " has no value `", Printable(value, 80), "`"));
}

absl::StatusOr<ValueId> Hierarchy::FindOrAdd(absl::string_view value) {
  if (rule_.empty()) return Find(value);
  const auto it = values_.find(value);
  if (it != values_.end()) return it->second;
  if (values_.size() >= kHierarchyValuesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kHierarchyValuesMax, " values of ", name_));
  }
  const auto added = static_cast<ValueId>(values_.size());
  values_.emplace(value, added);
  lines_.push_back(1);
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    Level& into = levels_[level];
    const absl::string_view label = level == 0 ? value
                                    : rule_[level] == 0
                                        ? kAnything
                                        : PrefixOf(value, rule_[level]);
    const auto [at, is_new] =
        labels_[level].emplace(label, static_cast<ValueId>(into.labels.size()));
    if (is_new) into.labels.emplace_back(label);
    into.of_value.push_back(at->second);
    into.leaves.resize(into.labels.size());
    ++into.leaves[at->second];
  }
  return added;
}

std::optional<Interval> ParseInterval(absl::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<std::int64_t> min = ParseNumber(text.substr(0, dash));
  if (!min.has_value()) return std::nullopt;
  if (dash == absl::string_view::npos) return Interval{*min, *min};
  const std::optional<std::int64_t> max = ParseNumber(text.substr(dash + 1));
  if (!max.has_value() || *max < *min) return std::nullopt;
  return Interval{*min, *max};
}

absl::string_view PrefixOf(absl::string_view text, int characters) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    // Bytes 10xxxxxx continue a character.
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && --characters < 0) break;
  }
  return text.substr(0, end);
}

}  // namespace minga::policy::anonymity
