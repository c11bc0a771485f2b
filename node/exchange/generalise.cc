#include "node/exchange/generalise.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "minga/v1/common.pb.h"
#include "node/exchange/checks.h"

namespace minga::exchange {
namespace {

struct Bracket {
  std::int32_t min;
  std::int32_t max;
};

constexpr std::array kExperience = {Bracket{0, 11}, Bracket{12, 23},
                                    Bracket{24, 59}, Bracket{60, 119},
                                    Bracket{120, kMonthsMax}};
constexpr std::array kEducation = {Bracket{0, 2}, Bracket{3, 4}, Bracket{5, 8}};
constexpr std::array kNotice = {Bracket{0, 15}, Bracket{16, 30},
                                Bracket{31, 60}, Bracket{61, 366}};
constexpr std::array kHours = {Bracket{0, 19}, Bracket{20, 34},
                               Bracket{35, kHoursOfAWeek}};
constexpr int kYearsOfABracket = 5;

const Bracket& Around(absl::Span<const Bracket> brackets, std::int32_t value) {
  for (const Bracket& bracket : brackets) {
    if (value <= bracket.max) return bracket;
  }
  return brackets.back();
}

v1::Range Widen(const v1::Range& range, absl::Span<const Bracket> brackets) {
  v1::Range wide;
  wide.set_min(Around(brackets, range.min()).min);
  wide.set_max(Around(brackets, range.max()).max);
  return wide;
}

}  // namespace

absl::string_view GeneraliseIsco(absl::string_view isco, int step) {
  constexpr int kDigits = 4;
  const int digits = std::max(0, kDigits - step);
  return isco.substr(0, static_cast<std::size_t>(digits));
}

v1::Range ExperienceBracket(const v1::Range& months) {
  return Widen(months, kExperience);
}

v1::Range EducationBand(const v1::Range& levels) {
  return Widen(levels, kEducation);
}

v1::Range YearBracket(const v1::Range& years) {
  v1::Range wide;
  wide.set_min(years.min() / kYearsOfABracket * kYearsOfABracket);
  wide.set_max(years.max() / kYearsOfABracket * kYearsOfABracket +
               kYearsOfABracket - 1);
  return wide;
}

v1::Range NoticeBracket(const v1::Range& days) { return Widen(days, kNotice); }

v1::Range HoursBracket(const v1::Range& hours) { return Widen(hours, kHours); }

std::string FirstOfMonth(absl::string_view day) {
  constexpr std::size_t kYearAndMonth = 7;
  if (day.size() <= kYearAndMonth) return std::string(day);
  return absl::StrCat(day.substr(0, kYearAndMonth), "-01");
}

}  // namespace minga::exchange
