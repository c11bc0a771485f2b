// Hierarchies and tables from anywhere: no crash; a hierarchy that is accepted
// only gets coarser upwards and reads the same when it is written again; a rule
// takes any value and stays one; a number is in the interval that it is found
// in; a table counts each line that it accepts and names the line that it does
// not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/table.h"

namespace {

using minga::policy::anonymity::Hierarchy;
using minga::policy::anonymity::ParseInterval;
using minga::policy::anonymity::TableReader;
using minga::policy::anonymity::ValueId;

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string Quoted(absl::string_view cell) {
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

void CheckRefused(const absl::Status& status, const std::string& place) {
  Require(status.code() == absl::StatusCode::kInvalidArgument);
  Require(absl::StartsWith(status.message(), place));
}

void CheckLevels(const Hierarchy& hierarchy) {
  Require(hierarchy.levels() >= 1);
  Require(hierarchy.levels() <= minga::policy::anonymity::kHierarchyLevelsMax);
  const std::size_t values = hierarchy.size(0);
  Require(values >= 1 || !hierarchy.rule().empty());
  for (int level = 0; level < hierarchy.levels(); ++level) {
    Require(hierarchy.size(level) <=
            hierarchy.size(level == 0 ? 0 : level - 1));
    Require(hierarchy.Generalised(level).size() == values);
    std::vector<std::uint32_t> leaves(hierarchy.size(level));
    for (const ValueId id : hierarchy.Generalised(level)) {
      Require(id < leaves.size());
      ++leaves[id];
    }
    for (ValueId id = 0; id < leaves.size(); ++id) {
      Require(leaves[id] > 0 && leaves[id] == hierarchy.Leaves(level, id));
    }
  }
  for (ValueId value = 0; value < values; ++value) {
    const auto found = hierarchy.Find(hierarchy.Label(0, value));
    Require(found.ok() && *found == value);
    Require(hierarchy.Generalise(0, value) == value);
  }
}

// Takes what is between the separators as values.
void CheckRule(Hierarchy hierarchy, absl::string_view text, char separator) {
  const std::vector<int>& rule = hierarchy.rule();
  Require(rule.size() == static_cast<std::size_t>(hierarchy.levels()));
  for (const absl::string_view value : absl::StrSplit(text, separator)) {
    const auto added = hierarchy.FindOrAdd(value);
    Require(added.ok());
    Require(*hierarchy.Find(value) == *added);
    for (int level = 1; level < hierarchy.levels(); ++level) {
      const std::string& label =
          hierarchy.Label(level, hierarchy.Generalise(level, *added));
      Require(rule[static_cast<std::size_t>(level)] == 0
                  ? label == "*"
                  : absl::StartsWith(value, label));
    }
  }
  CheckLevels(hierarchy);
}

void CheckNumbers(const Hierarchy& hierarchy) {
  for (std::int64_t number = 0; number < 200; ++number) {
    const auto found = hierarchy.Find(absl::StrCat(number));
    if (!found.ok()) continue;
    const auto interval = ParseInterval(hierarchy.Label(0, *found));
    Require(interval.has_value());
    Require(interval->min <= number && number <= interval->max);
  }
}

// All values of the hierarchy with what they become, a line each.
std::string Write(const Hierarchy& hierarchy, char separator) {
  std::string text;
  for (ValueId value = 0; value < hierarchy.size(0); ++value) {
    for (int level = 0; level < hierarchy.levels(); ++level) {
      if (level > 0) text.push_back(separator);
      const ValueId id = hierarchy.Generalise(level, value);
      text += Quoted(hierarchy.Label(level, id));
    }
    text.push_back('\n');
  }
  return text;
}

// A table of one record for each value has each of them once.
void CheckOwnTable(const Hierarchy& hierarchy) {
  const std::vector<Hierarchy> hierarchies = {hierarchy};
  TableReader reader(hierarchies, "own", ',');
  Require(reader.AddLine(absl::StrCat("note,", hierarchy.name())).ok());
  for (ValueId value = 0; value < hierarchy.size(0); ++value) {
    const std::string line =
        absl::StrCat("x,", Quoted(hierarchy.Label(0, value)));
    Require(reader.AddLine(line).ok());
  }
  Require(reader.histogram().size() == hierarchy.size(0));
  Require(reader.histogram().records() == hierarchy.size(0));
}

void CheckHierarchy(absl::string_view text, char separator) {
  const auto hierarchy = Hierarchy::Parse("fuzz", text, separator);
  if (!hierarchy.ok()) return CheckRefused(hierarchy.status(), "fuzz:");
  CheckLevels(*hierarchy);
  CheckNumbers(*hierarchy);
  if (!hierarchy->rule().empty()) {
    return CheckRule(*hierarchy, text, separator);
  }
  const std::string written = Write(*hierarchy, separator);
  const auto again = Hierarchy::Parse("fuzz", written, separator);
  Require(again.ok());
  Require(Write(*again, separator) == written);
  CheckOwnTable(*hierarchy);
}

void CheckTable(absl::string_view text,
                const std::vector<Hierarchy>& hierarchies) {
  TableReader reader(hierarchies, "table", ',');
  std::uint64_t number = 0;
  // A reader that has refused a line can still be asked.
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::uint64_t before = reader.histogram().records();
    const absl::Status status = reader.AddLine(line);
    Require(reader.lines() == ++number);
    const std::uint64_t added = reader.histogram().records() - before;
    Require(added <= (status.ok() ? 1 : 0));
    if (!status.ok())
      CheckRefused(status, absl::StrCat("table:", number, ": "));
  }
  std::uint64_t records = 0;
  for (std::size_t i = 0; i < reader.histogram().size(); ++i) {
    records += reader.histogram().Count(i);
    for (std::size_t of = 0; of < hierarchies.size(); ++of) {
      Require(reader.histogram().Tuple(i)[of] < hierarchies[of].size(0));
    }
  }
  Require(records == reader.histogram().records());
}

std::vector<Hierarchy> Fixed() {
  return {*Hierarchy::Parse("region", "EC-P;EC;*\nEC-G;EC;*\nCO-DC;CO;*\n"),
          *Hierarchy::Parse("age", "20;20-29;*\n21;20-29;*\n30;30-39;*\n")};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const std::vector<Hierarchy> fixed = Fixed();
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  CheckHierarchy(text, ';');
  CheckHierarchy(text, ',');
  CheckTable(text, fixed);
  return 0;
}
