// The parts of a rule that have texts of their own: countries, dates, citations
// and the condition.
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/strings.h"
#include "policy/condition.h"
#include "policy/rule_loader.h"

namespace minga::policy {
namespace {

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

}  // namespace minga::policy
