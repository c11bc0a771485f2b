#include "node/exchange/import/values.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"

namespace minga::importing {
namespace {

constexpr int kDecimalDigitsMax = 18;
constexpr std::size_t kQuotedBytesMax = 60;  // of a value in an error message

absl::Status NotA(absl::string_view what, absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("`", Printable(text, kQuotedBytesMax), "` is not ", what));
}

bool IsSpace(char c) { return static_cast<unsigned char>(c) <= ' '; }

}  // namespace

absl::StatusOr<Decimal> ParseDecimal(absl::string_view text,
                                     const NumberFormat& format) {
  const absl::Status bad = NotA("a number", text);
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) ++i;
  Decimal value;
  int digits = 0;
  int group = -1;  // digits since the last thousands separator; -1 = none yet
  int whole = 0;
  bool fraction = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      if (++digits > kDecimalDigitsMax) return bad;
      value.digits = value.digits * 10 + (c - '0');
      if (fraction) {
        ++value.fraction_digits;
      } else {
        ++whole;
        if (group >= 0) ++group;
      }
    } else if (!fraction && c == format.decimal) {
      if (whole == 0) return bad;
      fraction = true;
    } else if (!fraction && format.thousands != 0 && c == format.thousands) {
      const bool complete =
          group == 3 || (group < 0 && whole >= 1 && whole < 4);
      if (!complete) return bad;
      group = 0;
    } else {
      return bad;
    }
  }
  if (whole == 0 || (group >= 0 && group != 3) ||
      (fraction && value.fraction_digits == 0)) {
    return bad;
  }
  if (negative) value.digits = -value.digits;
  return value;
}

Decimal Product(const Decimal& a, const Decimal& b) {
  return {a.digits * b.digits, a.fraction_digits + b.fraction_digits};
}

absl::StatusOr<std::int64_t> ToInteger(const Decimal& value, std::int64_t scale,
                                       bool round) {
  // At most 36 digits from a product and 6 from the scale would leave 128 bits,
  // so the factors of ten that cancel go first.
  absl::int128 digits = value.digits;
  int fraction_digits = value.fraction_digits;
  while (fraction_digits > 0 && digits % 10 == 0) {
    digits /= 10;
    --fraction_digits;
  }
  while (fraction_digits > 0 && scale % 10 == 0) {
    scale /= 10;
    --fraction_digits;
  }
  const absl::int128 bound = std::numeric_limits<absl::int128>::max() / scale;
  if (digits > bound || digits < -bound) {
    return absl::InvalidArgumentError("number is too large");
  }
  digits *= scale;
  absl::int128 divisor = 1;
  for (int i = 0; i < fraction_digits; ++i) divisor *= 10;
  absl::int128 quotient = digits / divisor;
  const absl::int128 rest = digits % divisor;
  if (rest != 0) {
    if (!round) {
      return absl::InvalidArgumentError(
          "number has more decimals than the field can hold");
    }
    const absl::int128 size = rest < 0 ? -rest : rest;
    if (size >= divisor - size) quotient += digits < 0 ? -1 : 1;
  }
  if (quotient > std::numeric_limits<std::int64_t>::max() ||
      quotient < std::numeric_limits<std::int64_t>::min()) {
    return absl::InvalidArgumentError("number is too large");
  }
  return static_cast<std::int64_t>(quotient);
}

absl::StatusOr<absl::TimeZone> ParseZone(absl::string_view text) {
  int hours = 0;
  int minutes = 0;
  if (text.size() == 6 && (text[0] == '+' || text[0] == '-') &&
      text[3] == ':' &&
      absl::ascii_isdigit(static_cast<unsigned char>(text[1])) &&
      absl::SimpleAtoi(text.substr(1, 2), &hours) &&
      absl::ascii_isdigit(static_cast<unsigned char>(text[4])) &&
      absl::SimpleAtoi(text.substr(4), &minutes) && hours <= 14 &&
      minutes < 60) {
    const int seconds = (hours * 60 + minutes) * 60;
    return absl::FixedTimeZone(text[0] == '-' ? -seconds : seconds);
  }
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(text, &zone)) {
    return NotA(
        "a time zone: write \"-05:00\" or a name such as "
        "\"America/Bogota\"",
        text);
  }
  return zone;
}

absl::StatusOr<absl::Time> ParseMoment(absl::string_view text,
                                       const std::string& format,
                                       absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(format, text, zone, &time, &error) ||
      time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    return NotA(absl::StrCat("a date in the form `", format, "`"), text);
  }
  return time;
}

absl::StatusOr<bool> ParseYesNo(absl::string_view text,
                                const std::vector<std::string>& yes,
                                const std::vector<std::string>& no) {
  const auto among = [text](const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(),
                       [text](const std::string& word) {
                         return absl::EqualsIgnoreCase(word, text);
                       });
  };
  if (among(yes)) return true;
  if (among(no)) return false;
  return NotA("one of the words for yes and no", text);
}

std::string CleanSpaces(absl::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  bool space = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // U+0080..U+009F (C1 controls) and U+00A0 are C2 80..C2 A0 in UTF-8.
    const bool two = c == '\xC2' && i + 1 < text.size() &&
                     static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                     static_cast<unsigned char>(text[i + 1]) <= 0xA0;
    if (two) ++i;
    if (two || IsSpace(c) || c == '\x7f') {
      space = true;
      continue;
    }
    if (space && !clean.empty()) clean += ' ';
    space = false;
    clean += c;
  }
  return clean;
}

std::string Nearest(absl::string_view name,
                    const std::vector<std::string>& candidates) {
  const std::string wanted = absl::AsciiStrToLower(name);
  std::string best;
  // More than a third of the letters wrong is another word.
  std::size_t best_edits = (wanted.size() + 1) / 3 + 1;
  std::vector<std::size_t> row(wanted.size() + 1);
  for (const std::string& candidate : candidates) {
    const std::string known = absl::AsciiStrToLower(candidate);
    for (std::size_t j = 0; j <= wanted.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= known.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= wanted.size(); ++j) {
        const std::size_t replaced =
            diagonal + (known[i - 1] == wanted[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      }
    }
    if (row[wanted.size()] < best_edits) {
      best_edits = row[wanted.size()];
      best = candidate;
    }
  }
  return best;
}

}  // namespace minga::importing
