// What GENERALISE(n) shows of the values of a message, by the hierarchies in
// use (hierarchies.h). As built in:
//
//   occupations  RAW four digits of ISCO-08; 1: three; 2: two; 3: one; 4: none.
//                National codes and ESCO URIs only when RAW: they are finer.
//   experience   RAW months; 1: bracket 0-11, 12-23, 24-59, 60-119, 120 and
//                more; 2: none. Its occupations follow the field occupations.
//   education    RAW level, field, bracket of five years; 1: band of levels
//                0-2, 3-4, 5-8 only; 2: none.
//   region       RAW subdivision (never the municipality); 1: country; 2: none.
//   mobility     RAW countries; 1: whether at all.
//   availability RAW day, notice, hours; 1: first of the month, notice 0-15,
//                16-30, 31-60, 61 and more days, hours 0-19, 20-34, 35 and
//                more.
#ifndef MINGA_NODE_EXCHANGE_GENERALISE_H_
#define MINGA_NODE_EXCHANGE_GENERALISE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "node/exchange/hierarchies.h"

namespace minga::v1 {
class Range;
}  // namespace minga::v1

namespace minga::exchange {

// All of these map their own results onto themselves.

// The smallest bracket (or union of brackets) of `step` around `range`; nullopt
// if the step shows nothing of it.
std::optional<v1::Range> GeneraliseRange(const Hierarchies& hierarchies,
                                         Trait trait, const v1::Range& range,
                                         int step);
// The first day of what is shown of `day`: "2026-12-17" -> "2026-12-01".
std::string GeneraliseDay(const Hierarchies& hierarchies, absl::string_view day,
                          int step);
// The bracket of five years around a year that education ended: so close to the
// birth date that no level shows it finer, whatever the hierarchies.
v1::Range YearBracket(const v1::Range& years);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_GENERALISE_H_
