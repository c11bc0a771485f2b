#include "node/exchange/checks.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "node/base/clock.h"
#include "node/base/ids.h"
#include "node/base/strings.h"

namespace minga::exchange {
namespace {

// Longest echo of a refused value.
constexpr std::size_t kEchoBytesMax = 60;

bool Digit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}
bool Upper(char c) {
  return absl::ascii_isupper(static_cast<unsigned char>(c));
}
bool Lower(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c));
}

bool AllDigits(absl::string_view value) {
  for (const char c : value) {
    if (!Digit(c)) return false;
  }
  return true;
}

}  // namespace

absl::Status Field(absl::string_view name, const absl::Status& status) {
  return At(name, status);
}

absl::Status Inside(absl::string_view message, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(message, ".", status.message()));
}

absl::Status Item(absl::string_view name, int index,
                  const absl::Status& status) {
  if (status.ok()) return status;
  return At(absl::StrCat(name, "[", index, "]"), status);
}

absl::Status Bad(absl::string_view what, absl::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " `", Printable(value, kEchoBytesMax), "`"));
}

absl::Status Bad(absl::string_view what, std::int64_t value) {
  return absl::InvalidArgumentError(absl::StrCat(what, " `", value, "`"));
}

absl::Status Required(absl::string_view value) {
  if (!value.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("must not be empty");
}

absl::Status Line(absl::string_view value, std::size_t max_bytes) {
  if (value.size() > max_bytes) {
    return Bad(absl::StrCat("must have at most ", max_bytes, " bytes, has"),
               static_cast<std::int64_t>(value.size()));
  }
  return ValidateText(value, "");
}

absl::Status Running(absl::string_view value, std::size_t max_bytes) {
  if (value.size() > max_bytes) {
    return Bad(absl::StrCat("must have at most ", max_bytes, " bytes, has"),
               static_cast<std::int64_t>(value.size()));
  }
  return ValidateText(value, "\n\r\t");
}

absl::Status CountryCode(absl::string_view value) {
  if (value.empty() ||
      (value.size() == 2 && Upper(value[0]) && Upper(value[1]))) {
    return absl::OkStatus();
  }
  return Bad("must be a country code such as `EC`, is", value);
}

absl::Status CurrencyCode(absl::string_view value) {
  if (value.empty() || (value.size() == 3 && Upper(value[0]) &&
                        Upper(value[1]) && Upper(value[2]))) {
    return absl::OkStatus();
  }
  return Bad("must be a currency code such as `USD`, is", value);
}

absl::Status LanguageCode(absl::string_view value) {
  if (value.empty() ||
      (value.size() == 2 && Lower(value[0]) && Lower(value[1]))) {
    return absl::OkStatus();
  }
  return Bad("must be a language code such as `es`, is", value);
}

absl::Status IscoCode(absl::string_view value) {
  if (value.size() <= 4 && AllDigits(value)) return absl::OkStatus();
  return Bad("must be 1 to 4 digits of ISCO-08, is", value);
}

absl::Status IsicCode(absl::string_view value) {
  if (value.empty() || (value.size() <= 5 && value[0] >= 'A' &&
                        value[0] <= 'U' && AllDigits(value.substr(1)))) {
    return absl::OkStatus();
  }
  return Bad("must be a section and digits of ISIC such as `C1071`, is", value);
}

absl::Status IscedField(absl::string_view value) {
  if (value.empty() ||
      (value.size() >= 2 && value.size() <= 4 && AllDigits(value))) {
    return absl::OkStatus();
  }
  return Bad("must be 2 to 4 digits of ISCED-F, is", value);
}

absl::Status Url(absl::string_view value) {
  if (value.empty()) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(Line(value, kUrlBytesMax));
  const bool scheme =
      absl::StartsWith(value, "https://") || absl::StartsWith(value, "http://");
  if (scheme && !absl::StrContains(value, ' ')) return absl::OkStatus();
  return Bad("must be a web address (http or https), is", value);
}

absl::Status Email(absl::string_view value) {
  if (value.empty()) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(Line(value));
  const std::size_t at = value.find('@');
  const bool whole = at != absl::string_view::npos && at > 0 &&
                     at + 1 < value.size() &&
                     value.find('@', at + 1) == absl::string_view::npos;
  if (whole && !absl::StrContains(value, ' ')) return absl::OkStatus();
  return Bad("must be an e-mail address, is", value);
}

absl::Status Phone(absl::string_view value) {
  constexpr absl::string_view kAllowed = "+-()./ #,;ext";
  for (const char c : value) {
    if (!Digit(c) && !absl::StrContains(kAllowed, c)) {
      return Bad("must be a phone number, is", value);
    }
  }
  return Line(value);
}

absl::Status Day(absl::string_view value) {
  if (value.empty()) return absl::OkStatus();
  return ParseDay(value).status();
}

absl::Status Between(std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return Bad(absl::StrCat("must be in ", min, "..", max, ", is"), value);
}

absl::Status NotNegative(std::int64_t value) {
  if (value >= 0) return absl::OkStatus();
  return Bad("must not be negative, is", value);
}

absl::Status EnumValue(bool valid, int value) {
  if (valid) return absl::OkStatus();
  return Bad("must be a known value, is", value);
}

absl::Status DaysInOrder(absl::string_view first, absl::string_view second,
                         absl::string_view what) {
  // The form YYYY-MM-DD orders as text.
  if (first.empty() || second.empty() || first <= second) {
    return absl::OkStatus();
  }
  return Bad(what, second);
}

}  // namespace minga::exchange
