#include "node/base/clock.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"

namespace minga {
namespace {

// Longest echo of a text that was no day.
constexpr std::size_t kEchoBytesMax = 40;

// Digits [begin, begin + size) of `text`; -1 if one is not a digit.
int Digits(absl::string_view text, std::size_t begin, std::size_t size) {
  int value = 0;
  for (const char c : text.substr(begin, size)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

absl::Time SimulatedClock::Now() const {
  absl::MutexLock lock(&mutex_);
  return now_;
}

void SimulatedClock::Set(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  now_ = now;
}

void SimulatedClock::Advance(absl::Duration by) {
  absl::MutexLock lock(&mutex_);
  now_ += by;
}

absl::CivilDay DayOf(absl::Time time) {
  return absl::ToCivilDay(time, absl::UTCTimeZone());
}

absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = Digits(text, 0, 4);
    const int month = Digits(text, 5, 2);
    const int day = Digits(text, 8, 2);
    if (year >= 1 && month >= 1 && day >= 1) {
      // CivilDay turns 31 April into 1 May: what it changed was no real day.
      const absl::CivilDay parsed(year, month, day);
      if (parsed.year() == year && parsed.month() == month &&
          parsed.day() == day) {
        return parsed;
      }
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("`", Printable(text, kEchoBytesMax),
                   "` is not a day of the form `2026-12-01`"));
}

std::string FormatDay(absl::CivilDay day) {
  return absl::StrCat(absl::Dec(day.year(), absl::kZeroPad4), "-",
                      absl::Dec(day.month(), absl::kZeroPad2), "-",
                      absl::Dec(day.day(), absl::kZeroPad2));
}

}  // namespace minga
