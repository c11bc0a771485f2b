#include "node/base/ids.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga {
namespace {

constexpr std::size_t kEchoBytesMax = 80;

// Indexed by the kind's number.
constexpr std::array<absl::string_view, kRecordKinds> kKindNames = {
    "unspecified",       "vacancy",
    "profile",           "application",
    "contact_request",   "rights_notice",
    "complaint",         "training_offer",
    "training_referral", "qualification_recognition",
    "statistic",
};

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

absl::StatusOr<Country> Country::Parse(absl::string_view text) {
  if (text.size() != 2 || !IsUpper(text[0]) || !IsUpper(text[1])) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", Printable(text, kEchoBytesMax),
                     "` is not a country code of two letters A-Z"));
  }
  return Country(text[0], text[1]);
}

std::string Country::ToString() const {
  return empty() ? "--" : std::string{first_, second_};
}

absl::string_view KindName(RecordKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number < kKindNames.size() ? kKindNames[number] : kKindNames[0];
}

absl::StatusOr<RecordKind> ParseKind(absl::string_view name) {
  const auto* const first = kKindNames.begin() + 1;
  const auto* const found = std::find(first, kKindNames.end(), name);
  if (found == kKindNames.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", Printable(name, kEchoBytesMax), "` is not a kind of record; use ",
        absl::StrJoin(first, kKindNames.end(), ", ")));
  }
  return static_cast<RecordKind>(found - kKindNames.begin());
}

absl::StatusOr<RecordKind> KindFromNumber(int number) {
  if (number < 1 || number >= kRecordKinds) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", number, "` is not the number of a kind of record"));
  }
  return static_cast<RecordKind>(number);
}

std::string RecordKey::ToString() const {
  return absl::StrCat(country.ToString(), "/", KindName(kind), "/", id);
}

absl::StatusOr<RecordKey> RecordKey::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 2));
  if (parts.size() != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", Printable(text, kEchoBytesMax),
                     "` is not a record of the form `CO/vacancy/1234`"));
  }
  RecordKey key;
  MINGA_ASSIGN_OR_RETURN(key.country, Country::Parse(parts[0]));
  MINGA_ASSIGN_OR_RETURN(key.kind, ParseKind(parts[1]));
  MINGA_RETURN_IF_ERROR(ValidateRecordId(parts[2]));
  key.id = std::string(parts[2]);
  return key;
}

absl::Status ValidateRecordId(absl::string_view id) {
  if (id.empty()) return absl::InvalidArgumentError("record id is empty");
  if (id.size() > kRecordIdBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("record id has ", id.size(), " bytes; at most ",
                     kRecordIdBytesMax, " are allowed"));
  }
  for (const char c : id) {
    const bool allowed =
        c > ' ' && c < '\x7f' && c != '/' && c != '"' && c != '\'' && c != '`';
    if (!allowed) {
      return absl::InvalidArgumentError(absl::StrCat(
          "record id `", Printable(id, kEchoBytesMax),
          "` has a character other than printable ASCII without space, slash "
          "and quotes"));
    }
  }
  return absl::OkStatus();
}

}  // namespace minga
