#include "node/exchange/judge.h"

#include <bit>
#include <cstring>
#include <utility>
#include <variant>

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
  policy::Decision Decide(const policy::Question&,
                          const policy::Facts&) const override {
    return policy::Decision();
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
  const Digest& hash() const override { return hash_; }
  std::vector<Country> MouPartners() const override { return {}; }
  std::uint64_t FactsAsked(RecordKind) const override { return 0; }

 private:
  const Digest hash_{};
};

template <typename Number>
void AppendNumber(Number number, std::string& key) {
  char bytes[sizeof(Number)];
  std::memcpy(bytes, &number, sizeof(Number));
  key.append(bytes, sizeof(Number));
}

void AppendText(const std::string& text, std::string& key) {
  AppendNumber(static_cast<std::uint32_t>(text.size()), key);
  key.append(text);
}

// The type of a fact is the schema's, so that values need no tag.
void AppendValue(const policy::FactValue& value, std::string& key) {
  if (const bool* truth = std::get_if<bool>(&value)) {
    key.push_back(*truth ? 1 : 0);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    AppendNumber(*number, key);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    AppendText(*text, key);
  } else if (const auto* day = std::get_if<absl::CivilDay>(&value)) {
    AppendNumber(static_cast<std::int64_t>(*day - absl::CivilDay()), key);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    AppendNumber(static_cast<std::uint32_t>(list->size()), key);
    for (const std::string& item : *list) AppendText(item, key);
  }
}

// Facts that the layer of consent asks, whatever the documents say.
std::uint64_t ConsentFacts(RecordKind kind) {
  std::uint64_t bits = 0;
  const policy::KindSchema& schema = policy::SchemaOf(kind);
  for (std::size_t i = 0; i < schema.facts.size(); ++i) {
    if (schema.facts[i].origin_only) bits |= std::uint64_t{1} << i;
  }
  return bits;
}

std::string KeyOf(const policy::Question& question, const policy::Facts& facts,
                  std::uint64_t asked) {
  std::string key = question.peer.ToString();
  key.push_back(static_cast<char>(question.direction));
  key.push_back(static_cast<char>(question.kind));
  key.push_back(static_cast<char>(question.purpose));
  AppendNumber(facts.present(), key);
  std::uint64_t bits = facts.present() & asked;
  for (; bits != 0; bits &= bits - 1) {
    AppendValue(facts.Get(static_cast<policy::FactId>(std::countr_zero(bits))),
                key);
  }
  return key;
}

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

std::string Cited(const policy::RuleTrace& trace) {
  if (trace.citations.empty()) return trace.rule_id;
  const policy::Citation& citation = trace.citations.front();
  return absl::StrCat(trace.rule_id, ": ", citation.statute,
                      citation.article.empty() ? "" : " ", citation.article);
}

std::string ShortExplanation(const policy::Explanation& explanation,
                             bool permitted, absl::string_view reason) {
  std::string text;
  const auto add = [&text](absl::string_view part) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", part);
  };
  for (const policy::RuleTrace& trace : explanation.deciding) {
    if (trace.layer == policy::Layer::kConsent) {
      if (reason == kReasonConsent) add(trace.rule_id);
    } else if (permitted ? trace.permits() : trace.forbids()) {
      add(Cited(trace));
    }
  }
  if (text.empty() && !explanation.nearest.empty()) {
    const policy::RuleTrace& nearest = explanation.nearest.front();
    text = absl::StrCat(nearest.rule_id, " fails on `", nearest.failed, "`");
  }
  if (text.empty()) text = explanation.summary;
  return std::string(TruncateUtf8(text, kExplanationBytesMax));
}

// The obligation that this node has no means to keep, or "".
absl::string_view Unkeepable(const policy::Question& question,
                             const policy::Obligations& obligations) {
  if (question.direction == policy::Direction::kReceive) return "";
  if (obligations.hold_for_officer) return "hold_for_officer";
  if (question.kind != RecordKind::kProfile) return "";
  // Showing whole classes of equal displays gives k, not l.
  if (obligations.min_l > 1) return "min_l";
  return "";
}

void Deny(absl::string_view reason, std::string explanation, Verdict& verdict) {
  verdict.decision.permitted = false;
  verdict.decision.levels.fill(policy::Level::Suppress());
  verdict.reason = std::string(reason);
  verdict.explanation = std::move(explanation);
}

}  // namespace

std::shared_ptr<const policy::PolicySet> DenyEverything() {
  static const auto* const set =
      new std::shared_ptr<const policy::PolicySet>(std::make_shared<DenyAll>());
  return *set;
}

Judge::Judge(std::shared_ptr<const policy::PolicySet> policy)
    : policy_(std::move(policy)) {
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const auto kind = static_cast<RecordKind>(i);
    asked_[i] = policy_->FactsAsked(kind) | ConsentFacts(kind);
  }
}

std::shared_ptr<const Verdict> Judge::Ask(const policy::Question& question,
                                          const policy::Facts& facts) const {
  const std::size_t kind = static_cast<std::size_t>(question.kind);
  const std::string key = KeyOf(question, facts, asked_[kind]);
  {
    absl::MutexLock lock(&mutex_);
    if (day_ != question.as_of) {
      day_ = question.as_of;
      answers_.clear();
    }
    const auto found = answers_.find(key);
    if (found != answers_.end()) return found->second;
  }
  std::shared_ptr<const Verdict> verdict = Reason(question, facts);
  absl::MutexLock lock(&mutex_);
  if (day_ != question.as_of) return verdict;
  if (answers_.size() >= kAnswersMax) answers_.clear();
  answers_.emplace(key, verdict);
  return verdict;
}

std::shared_ptr<const Verdict> Judge::Reason(const policy::Question& question,
                                             const policy::Facts& facts) const {
  auto verdict = std::make_shared<Verdict>();
  verdict->decision = policy_->Decide(question, facts);
  const policy::Explanation explanation = policy_->Explain(question, facts);
  const bool permitted = verdict->decision.permitted;
  verdict->reason =
      permitted ? std::string(kReasonPermit) : ReasonOf(explanation);
  verdict->explanation =
      ShortExplanation(explanation, permitted, verdict->reason);
  const policy::Obligations& obligations = verdict->decision.obligations;
  const absl::string_view unkeepable = Unkeepable(question, obligations);
  if (permitted && !unkeepable.empty()) {
    Deny(kReasonObligation, absl::StrCat("this node cannot keep ", unkeepable),
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
