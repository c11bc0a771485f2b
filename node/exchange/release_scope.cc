#include "node/exchange/release_scope.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/judge.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

using policy::FieldId;
using policy::Level;

// In the place of a list or a day that is not there.
constexpr absl::string_view kNone = "-";
constexpr int kParts = 7;
constexpr int kByteMax = 255;

absl::Status Damaged() {
  return absl::DataLossError("a stored release does not say what it covers");
}

absl::string_view NameOf(RecordKind kind, FieldId field) {
  const auto& fields = policy::SchemaOf(kind).fields;
  return field < fields.size() ? fields[field].name : kNone;
}

std::string DaysText(int days) {
  return days == 0 ? "unlimited" : absl::StrCat(days);
}

std::string DayText(absl::CivilDay day) {
  return day == absl::CivilDay::max() ? "unlimited" : FormatDay(day);
}

// 0 is no limit.
bool Longer(int days, int than) {
  return than != 0 && (days == 0 || days > than);
}

// True if `now` changes the field as much as `released` does, or more.
bool Kept(const policy::Transform& released,
          const std::vector<policy::Transform>& now) {
  return std::any_of(now.begin(), now.end(), [&](const policy::Transform& one) {
    return one.operation == released.operation && one.field == released.field &&
           !Longer(one.max_characters, released.max_characters);
  });
}

std::vector<std::string> BeyondTerms(const Terms& released, const Terms& now) {
  std::vector<std::string> more;
  if (Longer(now.retention_days, released.retention_days)) {
    more.push_back(absl::StrCat("retention_days ", DaysText(now.retention_days),
                                " instead of ",
                                DaysText(released.retention_days)));
  }
  if (now.retention_until > released.retention_until) {
    more.push_back(absl::StrCat("retention_until ",
                                DayText(now.retention_until), " instead of ",
                                DayText(released.retention_until)));
  }
  if (released.no_onward_transfer && !now.no_onward_transfer) {
    more.emplace_back("no_onward_transfer is not asked for");
  }
  return more;
}

std::string EncodeLevels(const ReleaseScope& scope) {
  std::vector<std::string> items;
  const auto& fields = policy::SchemaOf(scope.kind).fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (scope.levels[i].suppressed()) continue;
    items.push_back(
        absl::StrCat(fields[i].name, ":", int{scope.levels[i].stored()}));
  }
  return absl::StrJoin(items, ",");
}

std::string EncodeTransforms(const ReleaseScope& scope) {
  std::vector<std::string> items;
  for (const policy::Transform& one : scope.transforms) {
    items.push_back(absl::StrCat(NameOf(scope.kind, one.field), ":",
                                 static_cast<int>(one.operation), ":",
                                 one.max_characters));
  }
  return absl::StrJoin(items, ",");
}

std::string EncodeNotices(const ReleaseScope& scope) {
  std::vector<std::string> items;
  for (const Digest& one : scope.notices) items.push_back(Hex(AsView(one)));
  return absl::StrJoin(items, ",");
}

std::string OrNone(std::string list) {
  return list.empty() ? std::string(kNone) : list;
}

std::vector<absl::string_view> Items(absl::string_view list) {
  if (list == kNone) return {};
  return absl::StrSplit(list, ',');
}

absl::Status DecodeLevels(absl::string_view list, ReleaseScope& scope) {
  const policy::KindSchema& schema = policy::SchemaOf(scope.kind);
  for (const absl::string_view item : Items(list)) {
    const std::vector<absl::string_view> parts = absl::StrSplit(item, ':');
    int level = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &level) || level < 0 ||
        level > kByteMax) {
      return Damaged();
    }
    const std::optional<FieldId> field = schema.FindField(parts[0]);
    if (!field.has_value()) continue;
    scope.levels[*field] = Level::FromStored(static_cast<std::uint8_t>(level));
  }
  return absl::OkStatus();
}

absl::Status DecodeTransforms(absl::string_view list, ReleaseScope& scope) {
  const policy::KindSchema& schema = policy::SchemaOf(scope.kind);
  for (const absl::string_view item : Items(list)) {
    const std::vector<absl::string_view> parts = absl::StrSplit(item, ':');
    int operation = 0;
    policy::Transform one;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &operation) ||
        !absl::SimpleAtoi(parts[2], &one.max_characters)) {
      return Damaged();
    }
    // Of a field that is gone nothing is shown, changed or not.
    const std::optional<FieldId> field = schema.FindField(parts[0]);
    if (!field.has_value()) continue;
    one.field = *field;
    // An operation of no name is one that no decision asks for: beyond.
    one.operation = static_cast<policy::Transform::Operation>(
        std::clamp(operation, 0, kByteMax));
    scope.transforms.push_back(one);
  }
  std::sort(scope.transforms.begin(), scope.transforms.end());
  return absl::OkStatus();
}

absl::Status DecodeNotices(absl::string_view list, ReleaseScope& scope) {
  for (const absl::string_view item : Items(list)) {
    MINGA_ASSIGN_OR_RETURN(const std::string bytes, FromHex(item));
    MINGA_ASSIGN_OR_RETURN(const Digest digest, ToDigest(bytes));
    scope.notices.push_back(digest);
  }
  std::sort(scope.notices.begin(), scope.notices.end());
  return absl::OkStatus();
}

}  // namespace

ReleaseScope ScopeOf(RecordKind kind, const policy::Decision& decision) {
  ReleaseScope scope;
  scope.kind = kind;
  // Beyond the schema there is nothing to show.
  const std::size_t fields = policy::SchemaOf(kind).fields.size();
  std::copy_n(decision.levels.begin(), fields, scope.levels.begin());
  const policy::Obligations& obligations = decision.obligations;
  scope.min_k = obligations.min_k;
  scope.min_l = obligations.min_l;
  scope.erase_within_hours = obligations.erase_within_hours;
  scope.terms = TermsOf(obligations);
  scope.transforms = obligations.transforms;
  std::sort(scope.transforms.begin(), scope.transforms.end());
  for (const std::string& notice : obligations.notices) {
    scope.notices.push_back(Sha256(notice));
  }
  std::sort(scope.notices.begin(), scope.notices.end());
  return scope;
}

std::string Beyond(const ReleaseScope& released, const ReleaseScope& now) {
  if (released.kind != now.kind) return "a record of another kind";
  std::vector<std::string> more;
  for (std::size_t i = 0; i < now.levels.size(); ++i) {
    if (now.levels[i] <= released.levels[i]) continue;
    more.push_back(absl::StrCat(NameOf(now.kind, static_cast<FieldId>(i)), " ",
                                now.levels[i].ToString(), " instead of ",
                                released.levels[i].ToString()));
  }
  for (const policy::Transform& one : released.transforms) {
    if (Kept(one, now.transforms)) continue;
    more.push_back(
        absl::StrCat(NameOf(now.kind, one.field), " is transformed less"));
  }
  if (now.min_k < released.min_k) {
    more.push_back(
        absl::StrCat("min_k ", now.min_k, " instead of ", released.min_k));
  }
  if (now.min_l < released.min_l) {
    more.push_back(
        absl::StrCat("min_l ", now.min_l, " instead of ", released.min_l));
  }
  // No term is the longest.
  const bool said = released.erase_within_hours > 0;
  if (said && (now.erase_within_hours == 0 ||
               now.erase_within_hours > released.erase_within_hours)) {
    more.push_back(absl::StrCat("erased within ", now.erase_within_hours,
                                " hours instead of ",
                                released.erase_within_hours));
  }
  for (std::string& term : BeyondTerms(released.terms, now.terms)) {
    more.push_back(std::move(term));
  }
  if (!std::includes(now.notices.begin(), now.notices.end(),
                     released.notices.begin(), released.notices.end())) {
    more.emplace_back("without a notice that it had");
  }
  return CutExplanation(absl::StrJoin(more, "; "));
}

std::string EncodeScope(const ReleaseScope& scope) {
  const Terms& terms = scope.terms;
  return absl::StrJoin(
      {OrNone(EncodeLevels(scope)),
       absl::StrCat(scope.min_k, ":", scope.min_l, ":",
                    scope.erase_within_hours),
       absl::StrCat(terms.retention_days),
       terms.retention_until == absl::CivilDay::max()
           ? std::string(kNone)
           : FormatDay(terms.retention_until),
       std::string(terms.no_onward_transfer ? "1" : "0"),
       OrNone(EncodeTransforms(scope)), OrNone(EncodeNotices(scope))},
      " ");
}

absl::StatusOr<ReleaseScope> DecodeScope(RecordKind kind,
                                         absl::string_view line) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
  ReleaseScope scope;
  scope.kind = kind;
  if (parts.size() != kParts) return Damaged();
  const std::vector<absl::string_view> numbers = absl::StrSplit(parts[1], ':');
  if (numbers.size() != 3 || !absl::SimpleAtoi(numbers[0], &scope.min_k) ||
      !absl::SimpleAtoi(numbers[1], &scope.min_l) ||
      !absl::SimpleAtoi(numbers[2], &scope.erase_within_hours) ||
      !absl::SimpleAtoi(parts[2], &scope.terms.retention_days)) {
    return Damaged();
  }
  if (parts[3] != kNone) {
    MINGA_ASSIGN_OR_RETURN(scope.terms.retention_until, ParseDay(parts[3]));
  }
  scope.terms.no_onward_transfer = parts[4] == "1";
  MINGA_RETURN_IF_ERROR(DecodeLevels(parts[0], scope));
  MINGA_RETURN_IF_ERROR(DecodeTransforms(parts[5], scope));
  MINGA_RETURN_IF_ERROR(DecodeNotices(parts[6], scope));
  return scope;
}

}  // namespace minga::exchange
