// The parts of a rule that have texts of their own: citations, dates,
// obligations and the condition.
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/strings.h"
#include "policy/condition.h"
#include "policy/rule_loader.h"

namespace minga::policy {
namespace {

// Ten years in days or hours: more is a slip of the pen.
constexpr int kDurationMax = 87'660;
constexpr int kClassSizeMax = 1'000'000;

Certainty CertaintyOf(v1::Certainty certainty) {
  switch (certainty) {
    case v1::CERTAINTY_VERIFIED:
      return Certainty::kVerified;
    case v1::CERTAINTY_SECONDARY:
      return Certainty::kSecondary;
    default:
      return Certainty::kUnverified;
  }
}

}  // namespace

std::optional<Country> Loader::LoadCountry(const std::string& text,
                                           Place place) {
  const absl::StatusOr<Country> country = Country::Parse(text);
  if (country.ok()) return *country;
  errors_.Add(place, std::string(country.status().message()));
  return std::nullopt;
}

void Loader::LoadDay(const std::string& text, Place place,
                     absl::CivilDay& day) {
  if (text.empty()) return;
  const absl::StatusOr<absl::CivilDay> parsed = ParseDay(text);
  if (parsed.ok()) {
    day = *parsed;
  } else {
    errors_.Add(place, std::string(parsed.status().message()));
  }
}

void Loader::LoadCitation(const v1::Citation& citation,
                          const DocumentText::Spot& spot,
                          std::vector<Citation>& into) {
  if (citation.statute().empty()) {
    errors_.Add(spot.here(), "this citation has no statute");
  }
  if (citation.article().empty()) {
    errors_.Add(spot.here(),
                absl::StrCat("citation of `", Printable(citation.statute(), 80),
                             "` has no article"));
  }
  if (citation.certainty() == v1::CERTAINTY_UNSPECIFIED) {
    errors_.Add(spot.Of("certainty"),
                absl::StrCat("citation of `", Printable(citation.statute(), 80),
                             "` has no certainty: expected CERTAINTY_VERIFIED, "
                             "CERTAINTY_SECONDARY or CERTAINTY_UNVERIFIED"));
  }
  absl::CivilDay verified_on;
  LoadDay(citation.verified_on(), spot.Of("verified_on"), verified_on);
  Citation result;
  result.statute = citation.statute();
  result.article = citation.article();
  result.url = citation.url();
  result.verified_on = citation.verified_on();
  result.certainty = CertaintyOf(citation.certainty());
  into.push_back(std::move(result));
}

void Loader::LoadCondition(const v1::Rule& rule, const DocumentText::Spot& spot,
                           Layer layer, bool receiving, RulePart& part) {
  if (rule.when().empty()) return;
  CheckScope scope;
  scope.schema = &SchemaOf(part.kind);
  scope.receiving = receiving;
  if (layer == Layer::kMou) {
    scope.refused = std::uint64_t{1} << kFactPeerGroups;
    scope.refused_reason =
        "depends on one side's groups; an MoU means the same on both sides";
  }
  ConditionError error;
  part.when = CompileCondition(rule.when(), scope, error);
  if (part.when.has_value()) return;
  errors_.Add(spot.InString("when", rule.when(), error.offset),
              std::move(error.message));
}

void Loader::LoadObligations(const v1::Rule& rule,
                             const DocumentText::Spot& spot,
                             CompiledRule& into) {
  if (into.forbids && !rule.obligations().empty()) {
    errors_.Add(spot.Of("obligations"),
                "obligations belong to a PERMIT: a FORBID lets nothing out");
  }
  for (int i = 0; i < rule.obligations_size(); ++i) {
    const v1::Obligation& obligation = rule.obligations(i);
    const std::unique_ptr<DocumentText::Spot> at =
        spot.Nested("obligations", i);
    Obligations one;
    const auto number = [&](int value, int max, int& target) {
      if (value < 1 || value > max) {
        errors_.Add(at->here(), absl::StrCat("obligation of ", value,
                                             "; expected 1 to ", max));
      }
      target = value;
    };
    const auto flag = [&](bool value, bool& target) {
      if (!value) errors_.Add(at->here(), "expected `true`");
      target = value;
    };
    using Case = v1::Obligation::ObligationCase;
    switch (obligation.obligation_case()) {
      case Case::kMinK:
        number(obligation.min_k(), kClassSizeMax, one.min_k);
        break;
      case Case::kMinL:
        number(obligation.min_l(), kClassSizeMax, one.min_l);
        break;
      case Case::kRetentionDays:
        number(obligation.retention_days(), kDurationMax, one.retention_days);
        break;
      case Case::kEraseWithinHours:
        number(obligation.erase_within_hours(), kDurationMax,
               one.erase_within_hours);
        break;
      case Case::kBreachNoticeHours:
        number(obligation.breach_notice_hours(), kDurationMax,
               one.breach_notice_hours);
        break;
      case Case::kNationalFirstDays:
        number(obligation.national_first_days(), kDurationMax,
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
          errors_.Add(at->here(), "this notice is empty");
        }
        one.notices.push_back(obligation.notice());
        break;
      case Case::OBLIGATION_NOT_SET:
        errors_.Add(at->here(), "this obligation is empty");
        break;
    }
    std::vector<Citation> checked;
    for (int j = 0; j < obligation.citations_size(); ++j) {
      LoadCitation(obligation.citations(j), *at->Nested("citations", j),
                   checked);
    }
    Tighten(into.obligations, one);
  }
}

}  // namespace minga::policy
