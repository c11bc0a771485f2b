#include "policy/anonymity/standing.h"

#include "absl/types/span.h"

namespace minga::policy::anonymity {
namespace {

void Generalise(const std::vector<Hierarchy>& hierarchies, const Levels& levels,
                absl::Span<const ValueId> tuple, std::vector<ValueId>& row) {
  row.resize(levels.size());
  for (std::size_t a = 0; a < levels.size(); ++a) {
    row[a] = hierarchies[a].Generalise(levels[a], tuple[a]);
  }
}

}  // namespace

Standing StandOn(const std::vector<Hierarchy>& hierarchies,
                 const Histogram& histogram, std::uint32_t k,
                 const std::vector<Levels>& rungs) {
  Standing standing;
  standing.class_of.assign(histogram.size(), Standing::kHidden);
  std::vector<ValueId> row;
  std::vector<std::uint32_t> looks(histogram.size());
  for (std::size_t rung = 0; rung < rungs.size(); ++rung) {
    Histogram shown(histogram.attributes());
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < histogram.size(); ++i) {
      if (standing.class_of[i] != Standing::kHidden) continue;
      Generalise(hierarchies, rungs[rung], histogram.Tuple(i), row);
      looks[i] = static_cast<std::uint32_t>(shown.Add(row, histogram.Count(i)));
      if (looks[i] == first.size()) first.push_back(i);
    }
    std::vector<std::uint32_t> classes(shown.size(), Standing::kHidden);
    for (std::size_t look = 0; look < shown.size(); ++look) {
      if (shown.Count(look) < k) continue;
      classes[look] = static_cast<std::uint32_t>(standing.classes.size());
      standing.classes.push_back({rung, first[look], shown.Count(look)});
    }
    for (std::size_t i = 0; i < histogram.size(); ++i) {
      if (standing.class_of[i] == Standing::kHidden) {
        standing.class_of[i] = classes[looks[i]];
      }
    }
  }
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    if (standing.class_of[i] == Standing::kHidden) {
      standing.hidden += histogram.Count(i);
    }
  }
  return standing;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> CountPopulation(
    const std::vector<Hierarchy>& hierarchies, const Histogram& histogram,
    const Standing& standing, const std::vector<Levels>& rungs,
    const Histogram& population) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counts;
  for (const ShownClass& one : standing.classes) {
    counts.emplace_back(one.records, 0);
  }
  std::vector<ValueId> row;
  for (std::size_t rung = 0; rung < rungs.size(); ++rung) {
    Histogram people(population.attributes());
    for (std::size_t i = 0; i < population.size(); ++i) {
      Generalise(hierarchies, rungs[rung], population.Tuple(i), row);
      people.Add(row, population.Count(i));
    }
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (standing.classes[c].rung != rung) continue;
      Generalise(hierarchies, rungs[rung],
                 histogram.Tuple(standing.classes[c].tuple), row);
      const std::optional<std::size_t> alike = people.Find(row);
      if (alike.has_value()) counts[c].second = people.Count(*alike);
    }
  }
  return counts;
}

}  // namespace minga::policy::anonymity
