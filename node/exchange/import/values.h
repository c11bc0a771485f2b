// The words of a file as values: numbers, dates, yes and no. Exact: no floating
// point, no guessing.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_VALUES_H_
#define MINGA_NODE_EXCHANGE_IMPORT_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace minga::importing {

struct NumberFormat {
  char decimal = '.';
  char thousands = 0;  // 0 = none
};

// digits / 10^fraction_digits.
struct Decimal {
  absl::int128 digits = 0;
  int fraction_digits = 0;
};

// INVALID_ARGUMENT unless `text` is an optional sign, digits (in groups of
// three if there is a thousands separator) and an optional fraction: at most 18
// digits in all.
absl::StatusOr<Decimal> ParseDecimal(absl::string_view text,
                                     const NumberFormat& format);

Decimal Product(const Decimal& a, const Decimal& b);

// `value` × `scale`. INVALID_ARGUMENT if that is no integer of 64 bits; with
// `round`, halves go away from zero instead.
// REQUIRES: 1 <= scale <= 1,000,000.
absl::StatusOr<std::int64_t> ToInteger(const Decimal& value, std::int64_t scale,
                                       bool round);

// A zone by offset ("-05:00") or by name of the tz database
// ("America/Bogota"). INVALID_ARGUMENT if the machine does not know it.
absl::StatusOr<absl::TimeZone> ParseZone(absl::string_view text);

// `format` as in absl::ParseTime: strftime's letters and %E*S for fractions.
absl::StatusOr<absl::Time> ParseMoment(absl::string_view text,
                                       const std::string& format,
                                       absl::TimeZone zone);

// INVALID_ARGUMENT unless `text` is one of `yes` or `no`; ASCII case does not
// count.
absl::StatusOr<bool> ParseYesNo(absl::string_view text,
                                const std::vector<std::string>& yes,
                                const std::vector<std::string>& no);

// `text` with each run of white space and control characters as one space and
// none at the ends.
std::string CleanSpaces(absl::string_view text);

// The candidate that takes the fewest edits to become `name`, ASCII case
// aside; empty if none is near.
std::string Nearest(absl::string_view name,
                    const std::vector<std::string>& candidates);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_VALUES_H_
