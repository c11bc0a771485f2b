#include "node/exchange/people_climb.h"

#include <numeric>

#include "policy/anonymity/histogram.h"

namespace minga::exchange {

using policy::anonymity::Histogram;

PeopleClimber::PeopleClimber(const PeopleTable& table) : table_(table) {
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    if (table.columns()[i].size(0) > 1) differing_.push_back(i);
  }
}

const PeopleClimber::Shown& PeopleClimber::ShownOn(std::size_t column,
                                                   int step) {
  const auto [entry, added] = shown_.try_emplace({column, step});
  Shown& shown = entry->second;
  if (!added) return shown;
  const PeopleColumn& values = table_.columns()[column];
  shown.values = values.OnStep(step);
  std::vector<std::uint32_t> leaves(values.size(step));
  for (const ValueId value : shown.values) ++leaves[value];
  const auto most = static_cast<float>(shown.values.size() - 1);
  for (const ValueId value : shown.values) {
    shown.loss.push_back(most > 0 ? static_cast<float>(leaves[value] - 1) / most
                                  : 0);
  }
  return shown;
}

const std::vector<PeopleTable::ValueId>& PeopleClimber::HistoriesOn(
    const PeopleSteps& rung) {
  const std::size_t occupations = table_.occupations();
  const std::size_t experience = table_.experience();
  const auto [entry, added] =
      histories_.try_emplace({rung[occupations], rung[experience]});
  if (added) {
    entry->second = table_.Histories(
        table_.columns()[occupations].LevelOf(rung[occupations]),
        table_.columns()[experience].LevelOf(rung[experience]));
  }
  return entry->second;
}

RungStanding PeopleClimber::Stand(const PeopleSteps& rung, std::uint32_t k,
                                  std::vector<std::uint32_t>& left,
                                  double& loss) {
  const Histogram& people = table_.histogram();
  std::vector<const Shown*> columns;
  for (const std::size_t column : differing_) {
    columns.push_back(&ShownOn(column, rung[column]));
  }
  const std::vector<ValueId>& histories = HistoriesOn(rung);
  // Columns, history, terms.
  std::vector<ValueId> row(columns.size() + 2);
  Histogram classes(row.size());
  std::vector<std::size_t> class_of;
  class_of.reserve(left.size());
  for (const std::uint32_t tuple : left) {
    const absl::Span<const ValueId> values = people.Tuple(tuple);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row[i] = columns[i]->values[values[differing_[i]]];
    }
    row[columns.size()] = histories[values[table_.history_at()]];
    row[columns.size() + 1] = values[table_.terms_at()];
    class_of.push_back(classes.Add(row, people.Count(tuple)));
  }
  RungStanding standing;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes.Count(i) >= k) ++standing.classes;
  }
  double lost = 0;
  std::vector<std::uint32_t> rest;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (classes.Count(class_of[i]) < k) {
      rest.push_back(left[i]);
      continue;
    }
    const std::uint32_t count = people.Count(left[i]);
    standing.shown += count;
    double one = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      one += columns[c]->loss[people.Tuple(left[i])[differing_[c]]];
    }
    if (!columns.empty()) {
      lost += one / static_cast<double>(columns.size()) * count;
    }
  }
  left = std::move(rest);
  loss += lost;
  if (standing.shown > 0) {
    standing.loss = lost / static_cast<double>(standing.shown);
  }
  return standing;
}

Standing PeopleClimber::Climb(const std::vector<PeopleSteps>& rungs,
                              std::uint32_t k) {
  const Histogram& people = table_.histogram();
  std::vector<std::uint32_t> left(people.size());
  std::iota(left.begin(), left.end(), 0U);
  Standing standing;
  double loss = 0;
  for (const PeopleSteps& rung : rungs) {
    standing.rungs.push_back(Stand(rung, k, left, loss));
  }
  for (const std::uint32_t tuple : left) standing.hidden += people.Count(tuple);
  if (people.records() > 0) {
    standing.loss = (loss + static_cast<double>(standing.hidden)) /
                    static_cast<double>(people.records());
  }
  return standing;
}

PeopleSteps StepsOf(const PeopleTable& table, const ProfileLevels& rung) {
  PeopleSteps steps;
  for (const PeopleColumn& column : table.columns()) {
    steps.push_back(column.StepOf(rung[column.field()]));
  }
  return steps;
}

ProfileLevels LevelsOf(const PeopleTable& table, const PeopleSteps& steps) {
  ProfileLevels levels;
  levels.fill(policy::Level::Raw());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    levels[table.columns()[i].field()] = table.columns()[i].LevelOf(steps[i]);
  }
  return levels;
}

}  // namespace minga::exchange
