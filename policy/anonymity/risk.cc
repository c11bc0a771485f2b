#include "policy/anonymity/risk.h"

#include <algorithm>
#include <vector>

namespace minga::policy::anonymity {

Risks MeasureRisks(absl::Span<const std::uint64_t> class_sizes) {
  Risks risks;
  for (const std::uint64_t size : class_sizes) {
    if (size == 0) continue;
    risks.records += size;
    ++risks.classes;
    risks.smallest = risks.classes == 1 ? size : std::min(risks.smallest, size);
  }
  if (risks.records == 0) return risks;
  risks.prosecutor_max = 1 / static_cast<double>(risks.smallest);
  risks.prosecutor_mean =
      static_cast<double>(risks.classes) / static_cast<double>(risks.records);
  risks.marketer = risks.prosecutor_mean;
  return risks;
}

Risks MeasureRisks(absl::Span<const std::pair<std::uint64_t, std::uint64_t>>
                       sample_and_population) {
  std::vector<std::uint64_t> sizes;
  sizes.reserve(sample_and_population.size());
  double most = 0;
  double sum = 0;
  double people = 0;
  for (const auto& [sample, population] : sample_and_population) {
    sizes.push_back(sample);
    if (sample == 0) continue;
    const double one = 1 / static_cast<double>(std::max(sample, population));
    most = std::max(most, one);
    sum += one * static_cast<double>(sample);
    people += 1 / one;
  }
  Risks risks = MeasureRisks(sizes);
  if (risks.records == 0) return risks;
  risks.journalist_max = most;
  risks.marketer = sum / static_cast<double>(risks.records);
  risks.journalist_mean =
      std::max(risks.marketer, static_cast<double>(risks.classes) / people);
  return risks;
}

double ShareAtRisk(absl::Span<const std::uint64_t> class_sizes,
                   double threshold) {
  std::uint64_t records = 0;
  std::uint64_t at_risk = 0;
  for (const std::uint64_t size : class_sizes) {
    if (size == 0) continue;
    records += size;
    if (1 / static_cast<double>(size) > threshold) at_risk += size;
  }
  if (records == 0) return 0;
  return static_cast<double>(at_risk) / static_cast<double>(records);
}

}  // namespace minga::policy::anonymity
