#include "policy/prose/duty_prose.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"

namespace minga::policy::prose {
namespace {

using Kind = v1::Obligation::ObligationCase;

std::string DayText(const std::string& day, const Words& words) {
  const absl::StatusOr<absl::CivilDay> parsed = ParseDay(day);
  return parsed.ok() ? words.Day(*parsed) : day;
}

// The sentence for one where the language has one of its own.
std::string Counted(const std::string& key, int count, const Words& words) {
  const std::string one = key + ".one";
  if (count == 1 && words.Has(one)) return std::string(words.Get(one));
  return words.Fill(key, absl::StrCat(count));
}

std::string TransformText(const v1::Transform& transform, const Words& words) {
  const std::string field = absl::StrCat("field.", transform.field());
  return words.Fill(absl::StrCat("obligation.transform.",
                                 static_cast<int>(transform.operation())),
                    words.Has(field) ? words.Get(field) : transform.field(),
                    absl::StrCat(transform.max_characters()));
}

std::string FeeText(const v1::FeeRule& rule, const Words& words) {
  const int percent = rule.max_percent_of_first_pay();
  if (percent == 0) return std::string(words.Get("obligation.fee_rule.none"));
  return words.Fill("obligation.fee_rule", absl::StrCat(percent));
}

std::string WithoutBasis(const v1::Obligation& obligation, const Words& words) {
  const auto counted = [&](const char* name, int count) {
    return Counted(absl::StrCat("obligation.", name), count, words);
  };
  switch (obligation.obligation_case()) {
    case Kind::kMinK:
      return counted("min_k", obligation.min_k());
    case Kind::kMinL:
      return counted("min_l", obligation.min_l());
    case Kind::kRetentionDays:
      return counted("retention_days", obligation.retention_days());
    case Kind::kRetentionUntil:
      return words.Fill("obligation.retention_until",
                        DayText(obligation.retention_until(), words));
    case Kind::kEraseWithinHours:
      return counted("erase_within_hours", obligation.erase_within_hours());
    case Kind::kBreachNoticeHours:
      return counted("breach_notice_hours", obligation.breach_notice_hours());
    case Kind::kNationalFirstDays:
      return counted("national_first_days", obligation.national_first_days());
    case Kind::kNotifyPerson:
      return std::string(words.Get("obligation.notify_person"));
    case Kind::kNoOnwardTransfer:
      return std::string(words.Get("obligation.no_onward_transfer"));
    case Kind::kHoldForOfficer:
      return std::string(words.Get("obligation.hold_for_officer"));
    case Kind::kNotice:
      return words.Fill("obligation.notice", obligation.notice());
    case Kind::kTransform:
      return TransformText(obligation.transform(), words);
    case Kind::kFeeRule:
      return FeeText(obligation.fee_rule(), words);
    case Kind::OBLIGATION_NOT_SET:
      break;
  }
  return "";
}

}  // namespace

absl::string_view CertaintyText(v1::Certainty certainty, const Words& words) {
  switch (certainty) {
    case v1::CERTAINTY_VERIFIED:
      return words.Get("certainty.verified");
    case v1::CERTAINTY_SECONDARY:
      return words.Get("certainty.secondary");
    default:
      return words.Get("certainty.unverified");
  }
}

std::string CitationText(const v1::Citation& citation, const Words& words) {
  std::string text =
      words.Fill("citation", citation.statute(), citation.article(),
                 CertaintyText(citation.certainty(), words));
  if (!citation.verified_on().empty()) {
    absl::StrAppend(
        &text, "; ",
        words.Fill("citation.day", DayText(citation.verified_on(), words)));
  }
  if (!citation.url().empty()) {
    absl::StrAppend(&text, "; ", words.Fill("citation.url", citation.url()));
  }
  return text;
}

std::string ObligationText(const v1::Obligation& obligation,
                           const Words& words) {
  const std::string text = WithoutBasis(obligation, words);
  if (obligation.citations().empty()) return text;
  std::vector<std::string> basis;
  for (const v1::Citation& citation : obligation.citations()) {
    basis.push_back(CitationText(citation, words));
  }
  return words.Fill("duties.basis", text, absl::StrJoin(basis, "; "));
}

void CitationCount::Add(const v1::Citation& citation) {
  const auto [at, fresh] = certainties_.try_emplace(
      {citation.statute(), citation.article()}, citation.certainty());
  if (!fresh) at->second = std::min(at->second, citation.certainty());
}

int CitationCount::of(v1::Certainty certainty) const {
  return static_cast<int>(
      std::count_if(certainties_.begin(), certainties_.end(),
                    [&](const auto& one) { return one.second == certainty; }));
}

}  // namespace minga::policy::prose
