// Checks of single values, and how their errors get the path of the field. A
// check of a value says what is wrong ("must not be negative, is `-5`"); Field
// and Inside put the path before it: "pay.min_hundredths: must not be ...".
// Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_CHECKS_H_
#define MINGA_NODE_EXCHANGE_CHECKS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace google::protobuf {
class Message;
class Timestamp;
}  // namespace google::protobuf

namespace minga::v1 {
class LanguageSkill;
class LocalizedText;
class Location;
class Occupation;
class Range;
class Skill;
}  // namespace minga::v1

namespace minga::exchange {

// A web address; longer ones are tracking.
inline constexpr std::size_t kUrlBytesMax = 2000;
// A paragraph: legal notices, how to apply.
inline constexpr std::size_t kParagraphBytesMax = 4000;
inline constexpr std::int32_t kHoursOfAWeek = 168;
inline constexpr std::int32_t kMonthsMax = 1200;  // a hundred years

// --- Paths -------------------------------------------------------------------
absl::Status Field(absl::string_view name, const absl::Status& status);
absl::Status Inside(absl::string_view message, const absl::Status& status);
absl::Status Item(absl::string_view name, int index,
                  const absl::Status& status);
absl::Status Bad(absl::string_view what, absl::string_view value);
absl::Status Bad(absl::string_view what, std::int64_t value);

// Every item of a repeated field, at most kRepeatedFieldItemsMax. `check`
// returns the Status of a message (with the path inside it).
template <typename Items, typename Check>
absl::Status EachMessage(absl::string_view name, const Items& items,
                         const Check& check) {
  if (items.size() > kRepeatedFieldItemsMax) {
    return Field(name, Bad(absl::StrCat("must have at most ",
                                        kRepeatedFieldItemsMax, " items, has"),
                           items.size()));
  }
  for (int i = 0; i < items.size(); ++i) {
    if (absl::Status status = check(items[i]); !status.ok()) {
      return Inside(absl::StrCat(name, "[", i, "]"), status);
    }
  }
  return absl::OkStatus();
}

// The same for values: `check` returns the Status of a value.
template <typename Items, typename Check>
absl::Status EachValue(absl::string_view name, const Items& items,
                       const Check& check) {
  if (items.size() > kRepeatedFieldItemsMax) {
    return Field(name, Bad(absl::StrCat("must have at most ",
                                        kRepeatedFieldItemsMax, " items, has"),
                           items.size()));
  }
  for (int i = 0; i < items.size(); ++i) {
    if (absl::Status status = check(items[i]); !status.ok()) {
      return Item(name, i, status);
    }
  }
  return absl::OkStatus();
}

// --- Values ------------------------------------------------------------------
// Empty passes everywhere but in Required.
absl::Status Required(absl::string_view value);
// UTF-8 on one line.
absl::Status Line(absl::string_view value,
                  std::size_t max_bytes = kShortTextBytesMax);
// UTF-8 with line breaks.
absl::Status Running(absl::string_view value, std::size_t max_bytes);
absl::Status CountryCode(absl::string_view value);   // ISO 3166-1 alpha-2
absl::Status CurrencyCode(absl::string_view value);  // form of ISO 4217
absl::Status LanguageCode(absl::string_view value);  // form of ISO 639-1
absl::Status IscoCode(absl::string_view value);      // 1..4 digits
absl::Status IsicCode(absl::string_view value);      // "C", "C1071"
absl::Status IscedField(absl::string_view value);    // ISCED-F: 2..4 digits
absl::Status Url(absl::string_view value);           // http, https
absl::Status Email(absl::string_view value);
absl::Status Phone(absl::string_view value);
absl::Status Day(absl::string_view value);  // "2026-12-01"
absl::Status Between(std::int64_t value, std::int64_t min, std::int64_t max);
absl::Status NotNegative(std::int64_t value);
// An open enum of proto3 may hold any number.
absl::Status EnumValue(bool valid, int value);
// INVALID_ARGUMENT unless `first` is not after `second`; an empty one passes.
// REQUIRES: both passed Day.
absl::Status DaysInOrder(absl::string_view first, absl::string_view second,
                         absl::string_view what);

// --- Messages of common.proto ------------------------------------------------
absl::Status CheckRange(const v1::Range& range, std::int64_t min,
                        std::int64_t max);
absl::Status CheckTimestamp(const google::protobuf::Timestamp& time);
// `origin` is the only country that `location` may be in.
absl::Status CheckLocation(const v1::Location& location,
                           absl::string_view origin);
absl::Status CheckOccupation(const v1::Occupation& occupation);
absl::Status CheckSkill(const v1::Skill& skill);
absl::Status CheckLanguageSkill(const v1::LanguageSkill& skill);
absl::Status CheckText(const v1::LocalizedText& text);

// A field that the schema does not have, anywhere inside `message`: a vacancy,
// a profile, a rights notice, a consent, or a part of one.
absl::Status CheckNoUnknownFields(const google::protobuf::Message& message);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_CHECKS_H_
