// How likely somebody in a table, or in what a peer sees, is found again: the
// three measures of El Emam, Guide to the De-Identification of Personal Health
// Information (2013), chapter 16. Each looks at classes: all records that look
// the same in what an attacker may know.
#ifndef MINGA_POLICY_ANONYMITY_RISK_H_
#define MINGA_POLICY_ANONYMITY_RISK_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/types/span.h"

namespace minga::policy::anonymity {

// Probabilities, 0 to 1. All 0 if there are no records.
struct Risks {
  // The prosecutor knows that one person is in the table, and looks for that
  // one: 1 / size of the person's class. Of the person worst off, and the mean
  // over all records, which is classes / records.
  double prosecutor_max = 0;
  double prosecutor_mean = 0;
  // The marketer wants as many as possible, and does not mind errors: the share
  // of records that are matched to the right person. If all of the population
  // are in the table this is classes / records; else the mean, over records, of
  // 1 / people of the population who look the same.
  double marketer = 0;
  // The journalist wants to find anybody, and knows the population that the
  // records are from, but not who is in the table: as the prosecutor's, with
  // the class in the population. The mean is the larger of that over the
  // records (a record is looked up in the population) and that over the people
  // who look like one (a person is looked up in the table). Only where the
  // population is given.
  std::optional<double> journalist_max;
  std::optional<double> journalist_mean;
  std::uint64_t records = 0;
  std::uint64_t classes = 0;
  // Records of the smallest class.
  std::uint64_t smallest = 0;
};

// Of a table whose classes have these sizes; a size of 0 is no class.
Risks MeasureRisks(absl::Span<const std::uint64_t> class_sizes);

// Each class with its size in the table and in the population. A population
// that has fewer than the table is taken to have as many: the table is part of
// it.
Risks MeasureRisks(absl::Span<const std::pair<std::uint64_t, std::uint64_t>>
                       sample_and_population);

// Share of records whose risk of being found by the prosecutor is more than
// `threshold` (0 to 1): those in classes of fewer than 1 / threshold. 0 if
// there are no records.
double ShareAtRisk(absl::Span<const std::uint64_t> class_sizes,
                   double threshold);

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_RISK_H_
