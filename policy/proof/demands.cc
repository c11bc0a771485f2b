#include "policy/proof/demands.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "node/base/clock.h"

namespace minga::policy::proof {
namespace {

// Numbers of which the larger and the smaller is the stricter.
constexpr int Obligations::*kLargest[] = {&Obligations::min_k,
                                          &Obligations::min_l,
                                          &Obligations::national_first_days};
constexpr int Obligations::*kSmallest[] = {&Obligations::retention_days,
                                           &Obligations::erase_within_hours,
                                           &Obligations::breach_notice_hours};
constexpr bool Obligations::*kFlags[] = {&Obligations::notify_person,
                                         &Obligations::no_onward_transfer,
                                         &Obligations::hold_for_officer};

bool Holds(const std::vector<Transform>& have, const Transform& wanted) {
  return std::any_of(have.begin(), have.end(), [&](const Transform& one) {
    return one.operation == wanted.operation && one.field == wanted.field &&
           one.max_characters <= wanted.max_characters;
  });
}

absl::string_view OperationName(Transform::Operation operation) {
  switch (operation) {
    case Transform::Operation::kRoundToDay:
      return "OPERATION_ROUND_TO_DAY";
    case Transform::Operation::kTruncateText:
      return "OPERATION_TRUNCATE_TEXT";
    case Transform::Operation::kThroughPesOnly:
      break;
  }
  return "OPERATION_THROUGH_PES_ONLY";
}

std::string TransformText(const Transform& one, const KindSchema& schema) {
  std::string text =
      absl::StrCat("transform { operation: ", OperationName(one.operation),
                   " field: \"", schema.fields[one.field].name, "\"");
  if (one.max_characters > 0) {
    absl::StrAppend(&text, " max_characters: ", one.max_characters);
  }
  return text + " }";
}

}  // namespace

std::vector<Obligations> Demands(const Obligations& all) {
  std::vector<Obligations> singles;
  const auto copy = [&](auto member) {
    if (all.*member == Obligations().*member) return;
    singles.emplace_back().*member = all.*member;
  };
  for (const auto member : kLargest) copy(member);
  for (const auto member : kSmallest) copy(member);
  for (const auto member : kFlags) copy(member);
  copy(&Obligations::retention_until);
  copy(&Obligations::fee_percent_max);
  for (const std::string& notice : all.notices) {
    singles.emplace_back().notices = {notice};
  }
  for (const Transform& transform : all.transforms) {
    singles.emplace_back().transforms = {transform};
  }
  return singles;
}

bool Meets(const Obligations& have, const Obligations& demand) {
  for (const auto member : kLargest) {
    if (have.*member < demand.*member) return false;
  }
  for (const auto member : kSmallest) {
    if (demand.*member > 0 &&
        (have.*member == 0 || have.*member > demand.*member)) {
      return false;
    }
  }
  for (const auto member : kFlags) {
    if (demand.*member && !(have.*member)) return false;
  }
  if (have.retention_until > demand.retention_until) return false;
  if (demand.fee_percent_max >= 0 &&
      (have.fee_percent_max < 0 ||
       have.fee_percent_max > demand.fee_percent_max)) {
    return false;
  }
  for (const std::string& notice : demand.notices) {
    if (std::find(have.notices.begin(), have.notices.end(), notice) ==
        have.notices.end()) {
      return false;
    }
  }
  return std::all_of(
      demand.transforms.begin(), demand.transforms.end(),
      [&](const Transform& t) { return Holds(have.transforms, t); });
}

std::string DemandText(const Obligations& demand, const KindSchema& schema) {
  if (demand.min_k > 0) return absl::StrCat("min_k: ", demand.min_k);
  if (demand.min_l > 0) return absl::StrCat("min_l: ", demand.min_l);
  if (demand.national_first_days > 0) {
    return absl::StrCat("national_first_days: ", demand.national_first_days);
  }
  if (demand.retention_days > 0) {
    return absl::StrCat("retention_days: ", demand.retention_days);
  }
  if (demand.erase_within_hours > 0) {
    return absl::StrCat("erase_within_hours: ", demand.erase_within_hours);
  }
  if (demand.breach_notice_hours > 0) {
    return absl::StrCat("breach_notice_hours: ", demand.breach_notice_hours);
  }
  if (demand.notify_person) return "notify_person: true";
  if (demand.no_onward_transfer) return "no_onward_transfer: true";
  if (demand.hold_for_officer) return "hold_for_officer: true";
  if (demand.retention_until != absl::CivilDay::max()) {
    return absl::StrCat("retention_until: \"",
                        FormatDay(demand.retention_until), "\"");
  }
  if (demand.fee_percent_max >= 0) {
    return absl::StrCat(
        "fee_rule { max_percent_of_first_pay: ", demand.fee_percent_max, " }");
  }
  if (!demand.notices.empty()) {
    return absl::StrCat("notice: \"",
                        absl::Utf8SafeCEscape(demand.notices.front()), "\"");
  }
  return demand.transforms.empty()
             ? ""
             : TransformText(demand.transforms.front(), schema);
}

}  // namespace minga::policy::proof
