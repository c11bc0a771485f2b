#include "node/exchange/judge.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"

namespace minga::exchange {
namespace {

// Answers kept; all are dropped when there are more. At about 600 bytes each
// this is 20 MB.
constexpr std::size_t kAnswersMax = 32768;

class DenyAll final : public policy::PolicySet {
 public:
  policy::Answer Ask(const policy::Question&,
                     const policy::Facts&) const override {
    return policy::Answer();
  }
  policy::Explanation Explain(const policy::Question&,
                              const policy::Facts&) const override {
    policy::Explanation explanation;
    explanation.summary = "withheld: no national policy is in force";
    return explanation;
  }
  absl::CivilDay NextBoundary(absl::CivilDay) const override {
    return absl::CivilDay::max();
  }
  absl::CivilDay NextChange(const policy::Question&,
                            const policy::Facts&) const override {
    return absl::CivilDay::max();
  }
  const Digest& hash() const override { return hash_; }
  std::vector<Country> MouPartners() const override { return {}; }

 private:
  const Digest hash_{};
};

bool WholeConsentFails(const policy::RuleTrace& trace) {
  return trace.layer == policy::Layer::kConsent && trace.forbids() &&
         trace.rule_id != "consent.sections";
}

std::string ReasonOf(const policy::Explanation& explanation) {
  for (const policy::RuleTrace& trace : explanation.deciding) {
    if (WholeConsentFails(trace)) return std::string(kReasonConsent);
  }
  if (absl::StrContains(explanation.summary, "layer consent")) {
    return std::string(kReasonConsent);
  }
  if (absl::StrContains(explanation.summary, "layer mou")) {
    return std::string(kReasonMou);
  }
  for (const policy::RuleTrace& trace : explanation.deciding) {
    if (trace.forbids() && trace.layer == policy::Layer::kOverride) {
      return std::string(kReasonOverride);
    }
  }
  return std::string(kReasonPolicy);
}

CitedRule Cited(const policy::RuleTrace& trace) {
  CitedRule rule{trace.layer, trace.effect, trace.rule_id,
                 "",          "",           trace.failed};
  if (!trace.citations.empty()) {
    rule.statute = trace.citations.front().statute;
    rule.article = trace.citations.front().article;
  }
  return rule;
}

// The rules that say why; empty if none does.
std::vector<CitedRule> RulesOf(const policy::Explanation& explanation,
                               bool permitted, absl::string_view reason) {
  std::vector<CitedRule> rules;
  for (const policy::RuleTrace& trace : explanation.deciding) {
    const bool is_consent = trace.layer == policy::Layer::kConsent;
    if (is_consent ? reason == kReasonConsent
                   : (permitted ? trace.permits() : trace.forbids())) {
      rules.push_back(Cited(trace));
      // What the person decided cites no law.
      if (is_consent) rules.back().statute = rules.back().article = "";
    }
  }
  if (rules.empty() && !explanation.nearest.empty()) {
    rules.push_back(Cited(explanation.nearest.front()));
  }
  return rules;
}

std::string ShortExplanation(const policy::Explanation& explanation,
                             const std::vector<CitedRule>& rules) {
  if (rules.empty()) return CutExplanation(explanation.summary);
  std::string text;
  for (const CitedRule& rule : rules) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", rule.ToString());
  }
  return CutExplanation(text);
}

// True if the law asks for a notice and lets nobody see it.
bool HidesItsNotice(RecordKind kind, const policy::Decision& decision) {
  if (kind != RecordKind::kVacancy || decision.obligations.notices.empty()) {
    return false;
  }
  static const std::optional<policy::FieldId> field =
      policy::SchemaOf(RecordKind::kVacancy).FindField("quota_notice");
  return !field.has_value() || !decision.levels[*field].raw();
}

void Deny(absl::string_view reason, std::string explanation, Verdict& verdict) {
  verdict.decision.permitted = false;
  verdict.decision.levels.fill(policy::Level::Suppress());
  verdict.reason = std::string(reason);
  verdict.explanation = std::move(explanation);
  verdict.rules.clear();
}

}  // namespace

std::string CitedRule::ToString() const {
  if (!failed.empty()) return absl::StrCat(id, " fails on `", failed, "`");
  if (statute.empty()) return id;
  return absl::StrCat(id, ": ", statute, article.empty() ? "" : " ", article);
}

std::string CutExplanation(absl::string_view text) {
  constexpr absl::string_view kMark = "...";
  if (text.size() <= kExplanationBytesMax) return std::string(text);
  return absl::StrCat(TruncateUtf8(text, kExplanationBytesMax - kMark.size()),
                      kMark);
}

std::shared_ptr<const policy::PolicySet> DenyEverything() {
  static const auto* const set =
      new std::shared_ptr<const policy::PolicySet>(std::make_shared<DenyAll>());
  return *set;
}

Judge::Judge(std::shared_ptr<const policy::PolicySet> policy)
    : policy_(std::move(policy)) {}

Ruling Judge::Ask(const policy::Question& question,
                  const policy::Facts& facts) const {
  const policy::Answer answer = policy_->Ask(question, facts);
  Ruling ruling;
  ruling.next_change = policy_->NextChange(question, facts);
  if (answer.basis() != nullptr) {
    absl::MutexLock lock(&mutex_);
    ruling.verdict = Find(answer.basis(), question.as_of);
    if (ruling.verdict != nullptr) return ruling;
  }
  ruling.verdict = Reason(question, facts, *answer);
  if (answer.basis() == nullptr) return ruling;
  absl::MutexLock lock(&mutex_);
  if (day_ != question.as_of) return ruling;
  if (answers_.size() >= kAnswersMax) answers_.clear();
  answers_.emplace(answer.basis(),
                   Remembered{ruling.verdict, answer.keeper()});
  return ruling;
}

std::shared_ptr<const Verdict> Judge::Find(const void* basis,
                                           absl::CivilDay as_of) const {
  // Explanations name the day: those of another day are made anew.
  if (day_ != as_of) {
    day_ = as_of;
    answers_.clear();
  }
  const auto known = answers_.find(basis);
  return known == answers_.end() ? nullptr : known->second.verdict;
}

std::shared_ptr<Verdict> Judge::Reason(const policy::Question& question,
                                       const policy::Facts& facts,
                                       const policy::Decision& decision) const {
  auto verdict = std::make_shared<Verdict>();
  verdict->decision = decision;
  const policy::Explanation explanation = policy_->Explain(question, facts);
  const bool permitted = verdict->decision.permitted;
  verdict->reason =
      permitted ? std::string(kReasonPermit) : ReasonOf(explanation);
  verdict->rules = RulesOf(explanation, permitted, verdict->reason);
  verdict->explanation = ShortExplanation(explanation, verdict->rules);
  for (const policy::RuleTrace& trace : explanation.deciding) {
    if (!permitted || trace.obligations == policy::Obligations()) continue;
    verdict->obliging.emplace_back(Cited(trace), trace.obligations);
  }
  const policy::Obligations& obligations = verdict->decision.obligations;
  if (permitted && HidesItsNotice(question.kind, decision)) {
    Deny(kReasonObligation, "the notice that the law asks for may not be shown",
         *verdict);
  } else if (permitted && question.kind == RecordKind::kProfile &&
             question.direction == policy::Direction::kSend &&
             obligations.min_k < 2) {
    Deny(kReasonClass, "no permit asks for min_k of at least 2", *verdict);
  }
  verdict->unchanged = verdict->decision.permitted;
  const std::size_t fields = policy::SchemaOf(question.kind).fields.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const policy::Level level = verdict->decision.levels[i];
    verdict->levels.push_back(static_cast<char>(level.stored()));
    verdict->unchanged = verdict->unchanged && level.raw();
  }
  return verdict;
}

}  // namespace minga::exchange
