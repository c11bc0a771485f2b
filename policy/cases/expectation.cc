#include "policy/cases/expectation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "node/base/strings.h"

namespace minga::policy::cases {
namespace {

using Kind = v1::Obligation::ObligationCase;

// Expected and found, as text.
struct Compared {
  bool holds = false;
  std::string name;
  std::string expected;
  std::string found;
};

Compared Number(absl::string_view name, int expected, int found) {
  return {expected == found, std::string(name), absl::StrCat(expected),
          absl::StrCat(found)};
}

Compared Flag(absl::string_view name, bool expected, bool found) {
  return {expected == found, std::string(name), expected ? "true" : "false",
          found ? "true" : "false"};
}

Compared CompareTransform(const v1::Transform& expected, const Case& one,
                          const Obligations& found) {
  Compared result;
  result.name = "transform";
  result.expected = v1::Transform::Operation_Name(expected.operation());
  result.found = "none such";
  const KindSchema& schema = SchemaOf(one.question.kind);
  for (const Transform& transform : found.transforms) {
    if (static_cast<int>(transform.operation) != expected.operation() ||
        schema.fields[transform.field].name != expected.field()) {
      continue;
    }
    result.found = absl::StrCat("the same with max_characters: ",
                                transform.max_characters);
    result.holds = transform.max_characters == expected.max_characters();
  }
  return result;
}

Compared CompareObligation(const v1::Obligation& expected, const Case& one,
                           const Obligations& found) {
  switch (expected.obligation_case()) {
    case Kind::kMinK:
      return Number("min_k", expected.min_k(), found.min_k);
    case Kind::kMinL:
      return Number("min_l", expected.min_l(), found.min_l);
    case Kind::kRetentionDays:
      return Number("retention_days", expected.retention_days(),
                    found.retention_days);
    case Kind::kEraseWithinHours:
      return Number("erase_within_hours", expected.erase_within_hours(),
                    found.erase_within_hours);
    case Kind::kBreachNoticeHours:
      return Number("breach_notice_hours", expected.breach_notice_hours(),
                    found.breach_notice_hours);
    case Kind::kNationalFirstDays:
      return Number("national_first_days", expected.national_first_days(),
                    found.national_first_days);
    case Kind::kNotifyPerson:
      return Flag("notify_person", expected.notify_person(),
                  found.notify_person);
    case Kind::kNoOnwardTransfer:
      return Flag("no_onward_transfer", expected.no_onward_transfer(),
                  found.no_onward_transfer);
    case Kind::kHoldForOfficer:
      return Flag("hold_for_officer", expected.hold_for_officer(),
                  found.hold_for_officer);
    case Kind::kNotice:
      return {std::find(found.notices.begin(), found.notices.end(),
                        expected.notice()) != found.notices.end(),
              "notice", Printable(expected.notice(), 200),
              absl::StrCat(found.notices.size(), " others")};
    case Kind::kRetentionUntil: {
      const std::string until = found.retention_until == absl::CivilDay::max()
                                    ? "none"
                                    : FormatDay(found.retention_until);
      return {until == expected.retention_until(), "retention_until",
              expected.retention_until(), until};
    }
    case Kind::kTransform:
      return CompareTransform(expected.transform(), one, found);
    case Kind::kFeeRule:
      return Number("fee_rule", expected.fee_rule().max_percent_of_first_pay(),
                    found.fee_percent_max);
    case Kind::OBLIGATION_NOT_SET:
      break;
  }
  return {false, "obligation", "one that is known", "an empty one"};
}

Compared ComparePermitted(const Case& one, const Decision& decision) {
  const auto word = [](bool yes) { return yes ? "permitted" : "withheld"; };
  return {one.permitted == decision.permitted, "record", word(one.permitted),
          word(decision.permitted)};
}

Compared CompareLevel(const ExpectedLevel& expected, const Case& one,
                      const Decision& decision) {
  const Level found = decision.levels[expected.field];
  return {found == expected.level,
          std::string(SchemaOf(one.question.kind).fields[expected.field].name),
          expected.level.ToString(), found.ToString()};
}

// The rules of `one.deciding` that `explanation` does not name.
std::vector<std::string> NotDeciding(const Case& one,
                                     const Explanation& explanation) {
  std::vector<std::string> missing;
  for (const std::string& id : one.deciding) {
    if (std::none_of(
            explanation.deciding.begin(), explanation.deciding.end(),
            [&](const RuleTrace& trace) { return trace.rule_id == id; })) {
      missing.push_back(id);
    }
  }
  return missing;
}

std::string DecidingMismatch(const Case& one, const Explanation& explanation) {
  const std::vector<std::string> missing = NotDeciding(one, explanation);
  if (missing.empty()) return "";
  std::vector<std::string> found;
  for (const RuleTrace& trace : explanation.deciding) {
    found.push_back(trace.rule_id);
  }
  std::string text = absl::StrCat(
      "deciding: expected `", Printable(absl::StrJoin(missing, "`, `"), 200),
      "`, found ",
      found.empty() ? "none"
                    : absl::StrCat("`", absl::StrJoin(found, "`, `"), "`"));
  for (const RuleTrace& near : explanation.nearest) {
    if (std::find(missing.begin(), missing.end(), near.rule_id) ==
        missing.end()) {
      continue;
    }
    absl::StrAppend(&text, "; `", near.rule_id, "` fails on `", near.failed,
                    "`");
  }
  return text;
}

}  // namespace

std::vector<bool> Holds(const Case& one, const Decision& decision) {
  std::vector<bool> holds = {one.permitted == decision.permitted};
  for (const ExpectedLevel& level : one.levels) {
    holds.push_back(decision.levels[level.field] == level.level);
  }
  for (const v1::Obligation& obligation : one.obligations) {
    holds.push_back(
        CompareObligation(obligation, one, decision.obligations).holds);
  }
  return holds;
}

bool Passes(const Case& one, const PolicySet& set) {
  const std::vector<bool> holds =
      Holds(one, set.Decide(one.question, one.facts));
  if (std::find(holds.begin(), holds.end(), false) != holds.end()) return false;
  return one.deciding.empty() ||
         NotDeciding(one, set.Explain(one.question, one.facts)).empty();
}

std::string Mismatch(const Case& one, const PolicySet& set) {
  const Decision decision = set.Decide(one.question, one.facts);
  const Explanation explanation = set.Explain(one.question, one.facts);
  std::vector<std::string> lines;
  const auto add = [&lines](const Compared& compared) {
    if (compared.holds) return;
    lines.push_back(absl::StrCat("`", compared.name, "`: expected ",
                                 compared.expected, ", found ",
                                 compared.found));
  };
  if (const Compared permitted = ComparePermitted(one, decision);
      !permitted.holds) {
    // The levels of what is withheld would only repeat it.
    return absl::StrCat("expected ", permitted.expected, ", found ",
                        explanation.summary);
  }
  for (const ExpectedLevel& level : one.levels) {
    add(CompareLevel(level, one, decision));
  }
  for (const v1::Obligation& obligation : one.obligations) {
    add(CompareObligation(obligation, one, decision.obligations));
  }
  if (std::string deciding = DecidingMismatch(one, explanation);
      !deciding.empty()) {
    lines.push_back(std::move(deciding));
  }
  return absl::StrJoin(lines, "; ");
}

}  // namespace minga::policy::cases
