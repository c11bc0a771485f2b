// Obligations: a closed list, each with the kinds of records that it can be
// carried out for.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/strings.h"
#include "policy/rule_loader.h"

namespace minga::policy {
namespace {

using Case = v1::Obligation::ObligationCase;
using Operation = v1::Transform::Operation;

// Ten years in days or hours: more is a slip of the pen.
constexpr int kDurationMax = 87'660;
// What the node can keep: the name of a class holds k in 16 bits
// (node/exchange/anonymity.h).
constexpr int kClassSizeMax = 65'535;
// Different values within a class: one is no diversity, and the node counts
// them in 8 bits.
constexpr int kClassValuesMax = 255;
constexpr int kTextCharactersMax = 32'768;

// "" if `obligation` has a meaning for records of `kind`.
absl::string_view WhyNot(Case obligation, const KindSchema& kind) {
  switch (obligation) {
    case Case::kMinK:
    case Case::kMinL:
      if (kind.kind == RecordKind::kProfile) return "";
      return "are not shown in anonymity classes";
    case Case::kNotifyPerson:
      return kind.about_person() ? "" : "are not about a person";
    case Case::kNationalFirstDays:
    case Case::kNotice:
    case Case::kFeeRule:
    case Case::kTransform:
      if (kind.kind == RecordKind::kVacancy) return "";
      return "are not vacancies";
    default:
      return "";
  }
}

// True if only the node that sends can carry `obligation` out.
bool IsTheSenders(Case obligation) {
  return obligation == Case::kMinK || obligation == Case::kMinL ||
         obligation == Case::kNationalFirstDays ||
         obligation == Case::kNotifyPerson ||
         obligation == Case::kHoldForOfficer;
}

// The one field that an operation is for.
absl::string_view FieldOf(Operation operation) {
  switch (operation) {
    case v1::Transform::OPERATION_ROUND_TO_DAY:
      return "timestamps";
    case v1::Transform::OPERATION_TRUNCATE_TEXT:
      return "description";
    case v1::Transform::OPERATION_THROUGH_PES_ONLY:
      return "apply_method";
    default:
      return "";
  }
}

}  // namespace

void Loader::LoadTransform(const v1::Transform& transform,
                           const DocumentText::Spot& spot,
                           const std::vector<RecordKind>& kinds,
                           Obligations& into) {
  const absl::string_view field = FieldOf(transform.operation());
  if (field.empty()) {
    errors_.Add(spot.Of("operation"),
                "expected an operation such as OPERATION_ROUND_TO_DAY");
    return;
  }
  if (transform.field() != field) {
    errors_.Add(
        spot.Of("field"),
        absl::StrCat(v1::Transform::Operation_Name(transform.operation()),
                     " is for the field `", field, "`, not for `",
                     Printable(transform.field(), 80), "`"));
    return;
  }
  Transform one;
  one.operation = static_cast<Transform::Operation>(transform.operation());
  const bool cuts =
      transform.operation() == v1::Transform::OPERATION_TRUNCATE_TEXT;
  const int characters = transform.max_characters();
  if (cuts ? characters < 1 || characters > kTextCharactersMax
           : characters != 0) {
    errors_.Add(spot.Of("max_characters"),
                cuts ? absl::StrCat("expected 1 to ", kTextCharactersMax,
                                    ", found ", characters)
                     : std::string("goes with OPERATION_TRUNCATE_TEXT only"));
  }
  one.max_characters = characters;
  // Kinds that do not have the field were refused before.
  for (const RecordKind kind : kinds) {
    const std::optional<FieldId> id = SchemaOf(kind).FindField(field);
    if (!id.has_value()) continue;
    one.field = *id;
    into.transforms.push_back(one);
    return;
  }
}

Obligations Loader::LoadObligation(const v1::Obligation& obligation,
                                   const DocumentText::Spot& spot,
                                   const std::vector<RecordKind>& kinds) {
  Obligations one;
  const auto number = [&](int value, int min, int max, int& target) {
    if (value < min || value > max) {
      errors_.Add(spot.here(), absl::StrCat("obligation of ", value,
                                            "; expected ", min, " to ", max));
    }
    target = value;
  };
  const auto flag = [&](bool value, bool& target) {
    if (!value) errors_.Add(spot.here(), "expected `true`");
    target = value;
  };
  for (const RecordKind kind : kinds) {
    const absl::string_view why =
        WhyNot(obligation.obligation_case(), SchemaOf(kind));
    if (why.empty()) continue;
    errors_.Add(spot.here(),
                absl::StrCat("this obligation cannot be carried out: records "
                             "of kind ",
                             KindName(kind), " ", why));
  }
  switch (obligation.obligation_case()) {
    case Case::kMinK:
      number(obligation.min_k(), 1, kClassSizeMax, one.min_k);
      break;
    case Case::kMinL:
      number(obligation.min_l(), 2, kClassValuesMax, one.min_l);
      break;
    case Case::kRetentionDays:
      number(obligation.retention_days(), 1, kDurationMax, one.retention_days);
      break;
    case Case::kRetentionUntil:
      if (obligation.retention_until().empty()) {
        errors_.Add(spot.here(), "expected a day such as 2027-12-31");
      }
      LoadDay(obligation.retention_until(), spot.Of("retention_until"),
              one.retention_until);
      break;
    case Case::kEraseWithinHours:
      number(obligation.erase_within_hours(), 1, kDurationMax,
             one.erase_within_hours);
      break;
    case Case::kBreachNoticeHours:
      number(obligation.breach_notice_hours(), 1, kDurationMax,
             one.breach_notice_hours);
      break;
    case Case::kNationalFirstDays:
      number(obligation.national_first_days(), 1, kDurationMax,
             one.national_first_days);
      break;
    case Case::kNotifyPerson:
      flag(obligation.notify_person(), one.notify_person);
      break;
    case Case::kNoOnwardTransfer:
      flag(obligation.no_onward_transfer(), one.no_onward_transfer);
      break;
    case Case::kHoldForOfficer:
      flag(obligation.hold_for_officer(), one.hold_for_officer);
      break;
    case Case::kNotice:
      if (obligation.notice().empty()) {
        errors_.Add(spot.here(), "this notice is empty");
      }
      one.notices.push_back(obligation.notice());
      break;
    case Case::kTransform:
      LoadTransform(obligation.transform(), *spot.Nested("transform", 0), kinds,
                    one);
      break;
    case Case::kFeeRule:
      number(obligation.fee_rule().max_percent_of_first_pay(), 0, 100,
             one.fee_percent_max);
      break;
    case Case::OBLIGATION_NOT_SET:
      errors_.Add(spot.here(), "this obligation is empty");
      break;
  }
  std::vector<Citation> checked;
  for (int i = 0; i < obligation.citations_size(); ++i) {
    LoadCitation(obligation.citations(i), *spot.Nested("citations", i),
                 checked);
  }
  return one;
}

void Loader::LoadObligations(const v1::Rule& rule,
                             const DocumentText::Spot& spot,
                             CompiledRule& into) {
  if (into.forbids() && !rule.obligations().empty()) {
    errors_.Add(spot.Of("obligations"),
                "obligations belong to a PERMIT or an OBLIGE: a FORBID lets "
                "nothing out");
  }
  if (into.effect == RuleEffect::kOblige && rule.obligations().empty()) {
    errors_.Add(spot.here(), "this OBLIGE has no obligation");
  }
  std::vector<RecordKind> kinds;
  for (const RulePart& part : into.parts) kinds.push_back(part.kind);
  for (int i = 0; i < rule.obligations_size(); ++i) {
    if (!into.sends && IsTheSenders(rule.obligations(i).obligation_case())) {
      errors_.Add(spot.Of("obligations", i),
                  "this obligation cannot be carried out: it is the sender's, "
                  "and the rule is about receiving");
    }
    Tighten(into.obligations,
            LoadObligation(rule.obligations(i), *spot.Nested("obligations", i),
                           kinds));
  }
}

}  // namespace minga::policy
