#include "node/exchange/generalise.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "minga/v1/common.pb.h"

namespace minga::exchange {
namespace {

constexpr int kYearsOfABracket = 5;
constexpr absl::string_view kFirstDay = "0000-01-01";

}  // namespace

std::optional<v1::Range> GeneraliseRange(const Hierarchies& hierarchies,
                                         Trait trait, const v1::Range& range,
                                         int step) {
  const std::optional<Hierarchies::Interval> shown =
      hierarchies.Bracket(trait, {range.min(), range.max()}, step);
  if (!shown.has_value()) return std::nullopt;
  v1::Range wide;
  wide.set_min(static_cast<std::int32_t>(shown->min));
  wide.set_max(static_cast<std::int32_t>(shown->max));
  return wide;
}

std::string GeneraliseDay(const Hierarchies& hierarchies, absl::string_view day,
                          int step) {
  const absl::string_view shown =
      hierarchies.Code(Trait::kAvailableFrom, day, step);
  if (shown.empty() || shown.size() == day.size()) return std::string(shown);
  // A month or a year begins on its first day.
  return absl::StrCat(shown, kFirstDay.substr(shown.size()));
}

v1::Range YearBracket(const v1::Range& years) {
  v1::Range wide;
  wide.set_min(years.min() / kYearsOfABracket * kYearsOfABracket);
  wide.set_max(years.max() / kYearsOfABracket * kYearsOfABracket +
               kYearsOfABracket - 1);
  return wide;
}

}  // namespace minga::exchange
