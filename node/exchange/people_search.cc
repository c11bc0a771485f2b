#include "node/exchange/people_search.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/rung_tuner.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/ladder.h"

namespace minga::exchange {
namespace {

namespace anonymity = policy::anonymity;
using anonymity::Hierarchy;
using anonymity::Histogram;
using anonymity::ValueId;

// How the search sees experience, which the columns tell without occupations.
enum class Experience {
  kApart,     // as the column: classes may be smaller than the search thinks
  kTogether,  // with the whole history while any of it is shown: larger
  kNever,     // not shown: as it thinks
};

// One quasi-identifier of the search.
struct Attribute {
  std::size_t column = 0;  // of the table
  std::vector<int> steps;  // by level
  std::string text;        // of its hierarchy
  // What values of the column are on the first of these steps.
  std::vector<ValueId> values;
  // If a history belongs to the value: what both together are.
  absl::flat_hash_map<std::uint64_t, ValueId> paired;
};

// The steps of a column that differ from each other: of those that do not, the
// finest, so that a ladder asks for no more than it has to; of those that show
// nothing, the one that says so.
std::vector<int> DifferentSteps(const PeopleColumn& column) {
  std::vector<int> steps;
  for (int step = 0; step <= column.last(); ++step) {
    // Each step is coarser or the same: with as many values, the same.
    if (step > 0 && column.size(step) == column.size(step - 1)) continue;
    steps.push_back(column.Silent(step) ? column.last() : step);
  }
  return steps;
}

std::string Line(const PeopleColumn& column, const std::vector<int>& steps,
                 ValueId value) {
  std::string line;
  int at = steps.front();
  for (const int step : steps) {
    for (; at < step; ++at) value = column.Above(at, value);
    absl::StrAppend(&line, line.empty() ? "" : ";", value);
  }
  return line;
}

Attribute AttributeOf(const PeopleTable& table, std::size_t place) {
  const PeopleColumn& column = table.columns()[place];
  Attribute attribute;
  attribute.column = place;
  attribute.steps = DifferentSteps(column);
  // Where nearly everybody has a value of their own, no class is large enough.
  while (attribute.steps.size() > 1 && column.size(attribute.steps.front()) >
                                           anonymity::kHierarchyValuesMax) {
    attribute.steps.erase(attribute.steps.begin());
  }
  const int finest = attribute.steps.front();
  attribute.values = column.OnStep(finest);
  for (ValueId value = 0; value < column.size(finest); ++value) {
    absl::StrAppend(&attribute.text, Line(column, attribute.steps, value),
                    "\n");
  }
  return attribute;
}

std::uint64_t Pair(ValueId months, ValueId history) {
  return std::uint64_t{months} << 32 | history;
}

// Experience with all of its history until nothing of it is shown; nullopt if
// there are too many.
std::optional<Attribute> WithHistory(const PeopleTable& table,
                                     const Attribute& months) {
  const PeopleColumn& column = table.columns()[months.column];
  Attribute attribute;
  attribute.column = months.column;
  attribute.steps = months.steps;
  attribute.values = months.values;
  for (std::size_t i = 0; i < table.histogram().size(); ++i) {
    const absl::Span<const ValueId> tuple = table.histogram().Tuple(i);
    const ValueId value = months.values[tuple[months.column]];
    const ValueId history = tuple[table.history_at()];
    const auto next = static_cast<ValueId>(attribute.paired.size());
    if (!attribute.paired.emplace(Pair(value, history), next).second) continue;
    if (next >= anonymity::kHierarchyValuesMax) return std::nullopt;
    // "3;1;0" becomes "3/17;1/17;0".
    ValueId shown = value;
    int at = attribute.steps.front();
    for (const int step : attribute.steps) {
      for (; at < step; ++at) shown = column.Above(at, shown);
      absl::StrAppend(&attribute.text,
                      step == attribute.steps.front() ? "" : ";", shown);
      if (step < column.last()) absl::StrAppend(&attribute.text, "/", history);
    }
    attribute.text += "\n";
  }
  return attribute;
}

class RungSearch {
 public:
  RungSearch(const PeopleTable& table, std::uint32_t k)
      : table_(table), k_(k) {}

  // NOT_FOUND if this way of looking has no answer.
  absl::StatusOr<std::vector<PeopleSteps>> Run(Experience experience);

 private:
  bool Choose(Experience experience);
  absl::StatusOr<std::vector<Hierarchy>> Hierarchies() const;
  Histogram People() const;
  std::vector<PeopleSteps> RungsOf(const anonymity::Ladder& ladder,
                                   Experience experience) const;
  // Terms cannot be generalised; they are a quasi-identifier if they differ.
  bool terms() const { return table_.terms() > 1; }

  const PeopleTable& table_;
  const std::uint32_t k_;
  std::vector<Attribute> attributes_;
};

bool RungSearch::Choose(Experience experience) {
  attributes_.clear();
  for (std::size_t i = 0; i < table_.columns().size(); ++i) {
    if (table_.columns()[i].size(0) < 2) continue;
    if (i == table_.experience() && experience == Experience::kNever) continue;
    attributes_.push_back(AttributeOf(table_, i));
    if (i != table_.experience() || experience != Experience::kTogether) {
      continue;
    }
    std::optional<Attribute> whole = WithHistory(table_, attributes_.back());
    if (!whole.has_value()) return false;
    attributes_.back() = *std::move(whole);
  }
  return true;
}

absl::StatusOr<std::vector<Hierarchy>> RungSearch::Hierarchies() const {
  std::vector<Hierarchy> hierarchies;
  for (const Attribute& attribute : attributes_) {
    const PeopleColumn& column = table_.columns()[attribute.column];
    MINGA_ASSIGN_OR_RETURN(
        Hierarchy hierarchy,
        Hierarchy::Parse(std::string(column.def().name), attribute.text));
    hierarchies.push_back(std::move(hierarchy));
  }
  if (!terms()) return hierarchies;
  std::string text;
  for (std::size_t i = 0; i < table_.terms(); ++i) {
    absl::StrAppend(&text, i, "\n");
  }
  MINGA_ASSIGN_OR_RETURN(Hierarchy fixed, Hierarchy::Parse("terms", text));
  hierarchies.push_back(std::move(fixed));
  return hierarchies;
}

Histogram RungSearch::People() const {
  std::vector<ValueId> row(attributes_.size() + (terms() ? 1 : 0));
  Histogram people(row.size());
  for (std::size_t i = 0; i < table_.histogram().size(); ++i) {
    const absl::Span<const ValueId> tuple = table_.histogram().Tuple(i);
    for (std::size_t a = 0; a < attributes_.size(); ++a) {
      const Attribute& attribute = attributes_[a];
      row[a] = attribute.values[tuple[attribute.column]];
      if (attribute.paired.empty()) continue;
      const std::uint64_t pair = Pair(row[a], tuple[table_.history_at()]);
      row[a] = attribute.paired.find(pair)->second;
    }
    if (terms()) row.back() = tuple[table_.terms_at()];
    people.Add(row, table_.histogram().Count(i));
  }
  return people;
}

std::vector<PeopleSteps> RungSearch::RungsOf(const anonymity::Ladder& ladder,
                                             Experience experience) const {
  std::vector<PeopleSteps> rungs;
  for (const anonymity::Rung& from : ladder.rungs) {
    PeopleSteps& rung = rungs.emplace_back(table_.columns().size());
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      rung[attributes_[i].column] =
          attributes_[i].steps[static_cast<std::size_t>(from.levels[i])];
    }
    if (experience != Experience::kNever) continue;
    rung[table_.experience()] = table_.columns()[table_.experience()].last();
  }
  return rungs;
}

absl::StatusOr<std::vector<PeopleSteps>> RungSearch::Run(
    Experience experience) {
  if (!Choose(experience)) {
    return absl::NotFoundError("too many different histories");
  }
  MINGA_ASSIGN_OR_RETURN(const std::vector<Hierarchy> hierarchies,
                         Hierarchies());
  // All look alike: as the law shows them.
  if (hierarchies.empty()) {
    return RungsOf({{anonymity::Rung{}}, 0, 0}, experience);
  }
  anonymity::LadderAim aim;
  aim.k = k_;
  MINGA_ASSIGN_OR_RETURN(const anonymity::Ladder ladder,
                         anonymity::PlanLadder(hierarchies, People(), aim));
  return RungsOf(ladder, experience);
}

}  // namespace

absl::StatusOr<PlannedRungs> FindRungs(const PeopleTable& table,
                                       PeopleClimber& climber, std::uint32_t k,
                                       int rungs_max) {
  std::vector<Experience> ways = {Experience::kApart};
  if (table.histories() > 1) {
    ways = {Experience::kApart, Experience::kTogether, Experience::kNever};
  }
  if (table.histogram().size() > kSearchTuplesMax) ways.clear();
  RungSearch search(table, k);
  RungTuner tuner(table, climber, k, rungs_max);
  tuner.OfferGreedy();
  for (const Experience way : ways) {
    absl::StatusOr<std::vector<PeopleSteps>> rungs = search.Run(way);
    if (absl::IsNotFound(rungs.status())) continue;
    MINGA_RETURN_IF_ERROR(rungs.status());
    tuner.Offer(*rungs);
    // Whoever finds enough others as the law shows all may be shown so first.
    const PeopleSteps finest(table.columns().size());
    if (rungs->front() == finest) continue;
    rungs->insert(rungs->begin(), finest);
    tuner.Offer(*rungs);
  }
  std::vector<PeopleSteps> built_in;
  for (const ProfileLevels& rung : BuiltInLadder().rungs) {
    built_in.push_back(StepsOf(table, rung));
  }
  tuner.Offer(built_in);
  tuner.Tune();
  if (!tuner.best().rungs.empty()) return tuner.best();
  return absl::NotFoundError(
      absl::StrCat("no way to show people has ", k, " who look alike"));
}

}  // namespace minga::exchange
