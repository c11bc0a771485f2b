#include "node/exchange/hierarchies.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "minga/v1/common.pb.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/checks.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

using policy::anonymity::Hierarchy;
using policy::anonymity::kAnything;
using policy::anonymity::ParseInterval;
using policy::anonymity::PrefixOf;
using policy::anonymity::ValueId;
using Interval = Hierarchies::Interval;

constexpr std::array<absl::string_view, kTraits> kNames = {
    "occupation",  "region",       "education", "experience", "available-from",
    "notice-days", "weekly-hours", "mobility",  "age"};

// Fields of the profile schema; age is none.
constexpr std::array<absl::string_view, kTraits> kFields = {
    "occupations",  "region",       "education",
    "experience",   "availability", "availability",
    "availability", "mobility",     ""};

// A year with its leap day; the oldest people there are.
constexpr std::int64_t kNoticeDaysMax = 366;
constexpr std::int64_t kAgeMax = 120;
constexpr std::size_t kCountryLetters = 2;
constexpr std::size_t kYear = 4;
constexpr std::size_t kYearAndMonth = 7;
constexpr std::size_t kWholeDay = 10;

// The largest number of a trait; -1 for codes.
std::int64_t LargestOf(Trait trait) {
  switch (trait) {
    case Trait::kEducation:
      return 8;  // doctoral, ISCED 2011
    case Trait::kExperience:
      return kMonthsMax;
    case Trait::kNoticeDays:
      return kNoticeDaysMax;
    case Trait::kWeeklyHours:
      return kHoursOfAWeek;
    case Trait::kAge:
      return kAgeMax;
    case Trait::kOccupation:
    case Trait::kRegion:
    case Trait::kAvailableFrom:
    case Trait::kMobility:
      break;
  }
  return -1;
}

absl::Status At(const std::string& file, std::size_t line,
                absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(file, ":", line, ": ", why));
}

absl::StatusOr<Trait> TraitOf(const HierarchyFile& file) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), file.trait);
  if (found != kNames.end()) {
    return static_cast<Trait>(found - kNames.begin());
  }
  return At(
      file.name, 1,
      absl::StrCat("there is no hierarchy of `", Printable(file.trait, 80),
                   "`; there are those of ", absl::StrJoin(kNames, ", ")));
}

// 0 for a trait that no schema shows.
int StepsOf(Trait trait) {
  const absl::string_view name = kFields[static_cast<std::size_t>(trait)];
  const policy::KindSchema& schema = policy::SchemaOf(RecordKind::kProfile);
  const std::optional<policy::FieldId> field = schema.FindField(name);
  return field.has_value() ? schema.fields[*field].generalise_steps : 0;
}

absl::Status CheckColumns(Trait trait, const HierarchyFile& file,
                          const Hierarchy& hierarchy) {
  const int steps = StepsOf(trait);
  if (steps == 0 ? hierarchy.levels() > 1 : hierarchy.levels() == steps + 1) {
    return absl::OkStatus();
  }
  return At(file.name, 1,
            absl::StrCat("expected ",
                         steps == 0 ? "2 columns or more"
                                    : absl::StrCat(steps + 1, " columns"),
                         ", found ", hierarchy.levels()));
}

bool IsCountry(absl::string_view code) {
  return code.size() == kCountryLetters && CountryCode(code).ok();
}

bool IsRegion(absl::string_view code) {
  const std::string country(code.substr(0, kCountryLetters));
  v1::Location location;
  location.set_country(country);
  if (code.size() > kCountryLetters)
    location.set_subdivision(std::string(code));
  return IsCountry(country) && CheckLocation(location, country).ok();
}

// Whether `code` may be shown of `value`, and `value` be one at all.
bool Fits(Trait trait, absl::string_view value, absl::string_view code) {
  switch (trait) {
    case Trait::kOccupation:
      return !value.empty() && !code.empty() && IscoCode(value).ok() &&
             IscoCode(code).ok();
    case Trait::kRegion:
      // A region is in one country.
      return IsRegion(value) && IsRegion(code) &&
             value.substr(0, kCountryLetters) ==
                 code.substr(0, kCountryLetters);
    case Trait::kMobility:
      return IsCountry(value) && IsCountry(code);
    default:
      return false;  // days are not listed
  }
}

// Whether the first `kept` characters of a value are one that can be shown.
bool FitsRule(Trait trait, int kept) {
  const auto size = static_cast<std::size_t>(kept);
  switch (trait) {
    case Trait::kOccupation:
      return true;
    case Trait::kRegion:
    case Trait::kMobility:
      return size == kCountryLetters;
    case Trait::kAvailableFrom:
      return size == kYear || size == kYearAndMonth || size == kWholeDay;
    default:
      return false;
  }
}

Digest DigestOf(const std::vector<HierarchyFile>& files) {
  std::string all;
  for (const HierarchyFile& file : files) {
    absl::StrAppend(&all, file.trait, ":", file.text.size(), ":", file.text);
  }
  return Sha256(all);
}

}  // namespace

// Takes one file into a Kind, or says what is wrong with it.
class HierarchyCheck {
 public:
  HierarchyCheck(Trait trait, const std::string& file, Hierarchies::Kind& kind)
      : trait_(trait), file_(file), kind_(kind), from_(*kind.hierarchy) {}

  absl::Status Numbers() {
    if (!from_.rule().empty()) return At(file_, 1, "numbers take no rule");
    for (ValueId value = 0; value < from_.size(0); ++value) {
      MINGA_RETURN_IF_ERROR(AddLeaf(value));
    }
    MINGA_RETURN_IF_ERROR(CheckCover());
    for (int step = 1; step < from_.levels(); ++step) {
      MINGA_RETURN_IF_ERROR(CheckShown(step));
    }
    std::sort(kind_.leaves.begin(), kind_.leaves.end(),
              [](const auto& a, const auto& b) {
                return a.interval.min < b.interval.min;
              });
    return absl::OkStatus();
  }

  absl::Status Codes() {
    for (const int kept : from_.rule()) {
      if (kept <= 0 || FitsRule(trait_, kept)) continue;
      return At(file_, 1,
                absl::StrCat("`prefix:", kept, "` makes no code of ", Name()));
    }
    if (trait_ == Trait::kAvailableFrom && from_.rule().empty()) {
      return At(file_, 1, "days are not listed: expected a rule");
    }
    for (int level = 0; level < from_.levels(); ++level) {
      for (ValueId value = 0; value < from_.size(0); ++value) {
        MINGA_RETURN_IF_ERROR(AddCode(level, value));
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::string_view Name() const {
    return kNames[static_cast<std::size_t>(trait_)];
  }
  const std::string& LabelOf(int level, ValueId value) const {
    return from_.Label(level, from_.Generalise(level, value));
  }

  // REQUIRES: called for each value in order, so that leaves are by value.
  absl::Status AddLeaf(ValueId value) {
    Hierarchies::Leaf leaf;
    const std::optional<Interval> interval = ParseInterval(LabelOf(0, value));
    if (!interval.has_value()) {
      return At(file_, from_.Line(value),
                absl::StrCat("expected a number or an interval such as "
                             "`0-11`, found `",
                             Printable(LabelOf(0, value), 80), "`"));
    }
    leaf.interval = *interval;
    for (int step = 1; step < from_.levels(); ++step) {
      const std::string& label = LabelOf(step, value);
      leaf.shown.push_back(ParseInterval(label));
      if (leaf.shown.back().has_value() || label == kAnything) continue;
      return At(file_, from_.Line(value),
                absl::StrCat("expected an interval or `*`, found `",
                             Printable(label, 80), "`"));
    }
    kind_.leaves.push_back(std::move(leaf));
    return absl::OkStatus();
  }

  // Without gap or overlap from 0 to the largest number.
  absl::Status CheckCover() const {
    std::vector<ValueId> order(from_.size(0));
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](ValueId a, ValueId b) {
      return kind_.leaves[a].interval.min < kind_.leaves[b].interval.min;
    });
    std::int64_t next = 0;
    for (const ValueId value : order) {
      const Interval& interval = kind_.leaves[value].interval;
      if (interval.min != next) {
        return At(file_, from_.Line(value),
                  absl::StrCat("`", LabelOf(0, value), "` ",
                               interval.min < next ? "overlaps with another"
                                                   : "leaves a gap before it",
                               "; expected it to begin with ", next));
      }
      next = interval.max + 1;
    }
    const std::int64_t largest = LargestOf(trait_);
    if (next == largest + 1) return absl::OkStatus();
    return At(file_, from_.Line(order.back()),
              absl::StrCat("expected the last interval to end with ", largest,
                           ", found ", next - 1));
  }

  // What is shown must be what its values are together, so that it is shown the
  // same when it is generalised again.
  absl::Status CheckShown(int step) const {
    std::vector<std::int64_t> numbers(from_.size(step));
    for (ValueId value = 0; value < kind_.leaves.size(); ++value) {
      const Interval& interval = kind_.leaves[value].interval;
      numbers[from_.Generalise(step, value)] += interval.max - interval.min + 1;
    }
    for (ValueId value = 0; value < kind_.leaves.size(); ++value) {
      const Hierarchies::Leaf& leaf = kind_.leaves[value];
      const auto& shown = leaf.shown[static_cast<std::size_t>(step - 1)];
      if (!shown.has_value() ||
          (shown->min <= leaf.interval.min && leaf.interval.max <= shown->max &&
           shown->max - shown->min + 1 ==
               numbers[from_.Generalise(step, value)])) {
        continue;
      }
      return At(file_, from_.Line(value),
                absl::StrCat("`", LabelOf(step, value),
                             "` is not what the intervals shown as it are "
                             "together"));
    }
    return absl::OkStatus();
  }

  absl::Status AddCode(int level, ValueId value) {
    const std::string& label = LabelOf(level, value);
    if ((level == 0 || label != kAnything) &&
        !Fits(trait_, LabelOf(0, value), label)) {
      return At(file_, from_.Line(value),
                absl::StrCat("`", Printable(label, 80), "` is no code of ",
                             Name(), " that can stand for `",
                             Printable(LabelOf(0, value), 80), "`"));
    }
    if (level > 0) {
      kind_.labels.emplace(label, Hierarchies::Label{level, value});
    }
    return absl::OkStatus();
  }

  const Trait trait_;
  const std::string& file_;
  Hierarchies::Kind& kind_;
  const Hierarchy& from_;
};

absl::Status Hierarchies::Add(Trait trait, const HierarchyFile& file) {
  Kind& kind = kinds_[static_cast<std::size_t>(trait)];
  MINGA_ASSIGN_OR_RETURN(Hierarchy hierarchy,
                         Hierarchy::Parse(file.name, file.text));
  MINGA_RETURN_IF_ERROR(CheckColumns(trait, file, hierarchy));
  kind.hierarchy = std::move(hierarchy);
  HierarchyCheck check(trait, file.name, kind);
  return LargestOf(trait) < 0 ? check.Codes() : check.Numbers();
}

absl::StatusOr<std::shared_ptr<const Hierarchies>> Hierarchies::Parse(
    const std::vector<HierarchyFile>& files) {
  std::vector<HierarchyFile> used = BuiltInHierarchyFiles();
  std::vector<bool> given(used.size());
  for (const HierarchyFile& file : files) {
    MINGA_ASSIGN_OR_RETURN(const Trait trait, TraitOf(file));
    const auto at = static_cast<std::size_t>(trait);
    if (given[at]) {
      return At(file.name, 1,
                absl::StrCat("a second hierarchy of `", file.trait, "`"));
    }
    given[at] = true;
    used[at] = file;
  }
  const std::shared_ptr<Hierarchies> result(new Hierarchies);
  for (std::size_t i = 0; i < used.size(); ++i) {
    MINGA_RETURN_IF_ERROR(result->Add(static_cast<Trait>(i), used[i]));
  }
  result->digest_ = DigestOf(used);
  return std::shared_ptr<const Hierarchies>(result);
}

const std::shared_ptr<const Hierarchies>& Hierarchies::BuiltIn() {
  static const auto* const built_in = [] {
    auto parsed = Parse({});
    if (!parsed.ok()) {
      // A mistake in the program itself, which its tests find.
      std::fprintf(stderr, "%s\n", parsed.status().ToString().c_str());
      std::abort();
    }
    return new std::shared_ptr<const Hierarchies>(*std::move(parsed));
  }();
  return *built_in;
}

absl::Span<const absl::string_view> Hierarchies::Names() { return kNames; }

absl::string_view Hierarchies::Code(Trait trait, absl::string_view code,
                                    int step) const {
  const Kind& kind = KindOf(trait);
  const Hierarchy& from = *kind.hierarchy;
  step = std::min(step, from.levels() - 1);
  if (step <= 0) return code;
  if (!from.rule().empty()) {
    return PrefixOf(code, from.rule()[static_cast<std::size_t>(step)]);
  }
  absl::string_view shown;
  if (const absl::StatusOr<ValueId> value = from.Find(code); value.ok()) {
    shown = from.Label(step, from.Generalise(step, *value));
  } else if (const auto at = kind.labels.find(code); at != kind.labels.end()) {
    if (at->second.level >= step) return code;
    shown = from.Label(step, from.Generalise(step, at->second.value));
  }
  return shown == kAnything ? absl::string_view() : shown;
}

std::optional<Interval> Hierarchies::Bracket(Trait trait, Interval range,
                                             int step) const {
  const Kind& kind = KindOf(trait);
  step = std::min(step, kind.hierarchy->levels() - 1);
  if (step <= 0) return range;
  const auto around = [&](std::int64_t number) {
    for (const Leaf& leaf : kind.leaves) {
      if (number <= leaf.interval.max) {
        return leaf.shown[static_cast<std::size_t>(step - 1)];
      }
    }
    return kind.leaves.back().shown[static_cast<std::size_t>(step - 1)];
  };
  const std::optional<Interval> low = around(range.min);
  const std::optional<Interval> high = around(range.max);
  if (!low.has_value() || !high.has_value()) return std::nullopt;
  return Interval{low->min, high->max};
}

bool Hierarchies::Silent(Trait trait, int step) const {
  const Hierarchy& from = Of(trait);
  step = std::min(step, from.levels() - 1);
  if (step <= 0) return false;
  if (!from.rule().empty()) {
    return from.rule()[static_cast<std::size_t>(step)] == 0;
  }
  return from.size(step) == 1 && from.Label(step, 0) == kAnything;
}

}  // namespace minga::exchange
