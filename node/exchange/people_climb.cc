#include "node/exchange/people_climb.h"

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

std::vector<PeopleClimber::Group> PeopleClimber::Everybody() const {
  std::vector<Group> all(table_.histogram().size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    all[i] = {i, table_.histogram().Count(i)};
  }
  return all;
}

RungStanding PeopleClimber::Stand(const PeopleSteps& rung, std::uint32_t k,
                                  std::vector<Group>& left, double& loss) {
  visits_ += left.size();
  std::vector<const Shown*> columns;
  for (const std::size_t column : differing_) {
    columns.push_back(&ShownOn(column, rung[column]));
  }
  const std::vector<ValueId>& histories = HistoriesOn(rung);
  // Columns, history, terms.
  std::vector<ValueId> row(columns.size() + 2);
  Histogram classes(row.size());
  std::vector<std::uint32_t> first;  // tuple of each class
  for (const Group& group : left) {
    const absl::Span<const ValueId> values =
        table_.histogram().Tuple(group.tuple);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row[i] = columns[i]->values[values[differing_[i]]];
    }
    row[columns.size()] = histories[values[table_.history_at()]];
    row[columns.size() + 1] = values[table_.terms_at()];
    const std::size_t at = classes.Add(row, group.people);
    if (at == first.size()) first.push_back(group.tuple);
  }
  RungStanding standing;
  double lost = 0;
  left.clear();
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::uint32_t people = classes.Count(i);
    if (people < k) {
      left.push_back({first[i], people});
      continue;
    }
    ++standing.classes;
    standing.shown += people;
    double one = 0;  // who looks alike loses alike
    for (std::size_t c = 0; c < columns.size(); ++c) {
      one +=
          columns[c]->loss[table_.histogram().Tuple(first[i])[differing_[c]]];
    }
    if (!columns.empty()) {
      lost += one / static_cast<double>(columns.size()) * people;
    }
  }
  loss += lost;
  if (standing.shown > 0) {
    standing.loss = lost / static_cast<double>(standing.shown);
  }
  return standing;
}

Standing PeopleClimber::Climb(const std::vector<PeopleSteps>& rungs,
                              std::uint32_t k) {
  std::vector<Group> left = Everybody();
  Standing standing;
  double loss = 0;
  for (const PeopleSteps& rung : rungs) {
    standing.rungs.push_back(Stand(rung, k, left, loss));
  }
  for (const Group& group : left) standing.hidden += group.people;
  const std::uint64_t people = table_.histogram().records();
  if (people > 0) {
    standing.loss = (loss + static_cast<double>(standing.hidden)) /
                    static_cast<double>(people);
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
