// The generalisation hierarchies: what GENERALISE(n) shows of a field. Step n
// is the n-th below; each is coarser than the one before.
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

#include <string>

#include "absl/strings/string_view.h"

namespace minga::v1 {
class Range;
}  // namespace minga::v1

namespace minga::exchange {

// The code cut by `step` digits from four; a coarser code stays.
absl::string_view GeneraliseIsco(absl::string_view isco, int step);
// The smallest bracket (or union of brackets) around `range`. All of these map
// their own results onto themselves.
v1::Range ExperienceBracket(const v1::Range& months);
v1::Range EducationBand(const v1::Range& levels);
v1::Range YearBracket(const v1::Range& years);
v1::Range NoticeBracket(const v1::Range& days);
v1::Range HoursBracket(const v1::Range& hours);
// "2026-12-17" -> "2026-12-01".
std::string FirstOfMonth(absl::string_view day);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_GENERALISE_H_
