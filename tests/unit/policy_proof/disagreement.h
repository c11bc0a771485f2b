// Three evaluators side by side, and the smallest documents and facts on which
// they still disagree.
#ifndef MINGA_TESTS_UNIT_POLICY_PROOF_DISAGREEMENT_H_
#define MINGA_TESTS_UNIT_POLICY_PROOF_DISAGREEMENT_H_

#include <google/protobuf/text_format.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/policy_set.h"
#include "policy/proof/evaluator.h"
#include "tests/unit/policy/random_policy.h"
#include "tests/unit/policy/reference.h"

namespace minga::policy {

inline reference::Documents CopyOf(const reference::Documents& documents) {
  reference::Documents copy;
  copy.national = documents.national;
  copy.mous = documents.mous;
  copy.overrides = documents.overrides;
  copy.signed_by = documents.signed_by;
  return copy;
}

inline std::string Printed(const v1::PolicyDocument& document) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(document, &text);
  return text;
}

inline PolicySources SourcesFrom(const reference::Documents& documents) {
  PolicySources sources;
  v1::PolicyDocument outer;
  *outer.mutable_national_policy() = documents.national;
  sources.national = {"national", Printed(outer)};
  for (std::size_t i = 0; i < documents.mous.size(); ++i) {
    *outer.mutable_mou() = documents.mous[i];
    sources.mous.push_back({"mou", Printed(outer)});
    if (i < documents.signed_by.size()) {
      sources.mous.back().signed_by = documents.signed_by[i];
    }
  }
  for (const v1::NodeOverride& document : documents.overrides) {
    *outer.mutable_node_override() = document;
    sources.overrides.push_back({"override", Printed(outer)});
  }
  return sources;
}

inline bool SameDecision(const Decision& a, const Decision& b) {
  return a.permitted == b.permitted && a.levels == b.levels &&
         a.obligations == b.obligations;
}

class ThreeJudges {
 public:
  static absl::StatusOr<std::unique_ptr<ThreeJudges>> Load(
      const reference::Documents& documents) {
    const Country own = Country::Of("CO");
    const PolicySources sources = SourcesFrom(documents);
    auto set = PolicySet::Load(own, sources);
    if (!set.ok()) return set.status();
    auto proved = proof::Evaluator::Load(own, sources);
    if (!proved.ok()) return proved.status();
    auto judges = std::make_unique<ThreeJudges>();
    judges->documents_ = CopyOf(documents);
    judges->set_ = *std::move(set);
    judges->proved_ = *std::move(proved);
    return judges;
  }

  // `permitted`, if not null, is counted up if the answer is yes.
  bool Agree(const Question& question, const Facts& facts, int* permitted) {
    const Decision compiled = set_->Decide(question, facts);
    const Decision naive =
        reference::Evaluator(documents_, question, facts).Decide();
    const absl::StatusOr<Decision> proved = proved_->Decide(question, facts);
    if (permitted != nullptr && compiled.permitted) ++*permitted;
    answers_ = absl::StrCat(
        "compiled: ", Describe(compiled), "\nnaive: ", Describe(naive),
        "\nproved: ",
        proved.ok() ? Describe(*proved) : proved.status().ToString(), "\n");
    return proved.ok() && SameDecision(compiled, naive) &&
           SameDecision(compiled, *proved);
  }
  // Of the last question.
  const std::string& answers() const { return answers_; }

 private:
  static std::string Describe(const Decision& decision) {
    if (!decision.permitted) return "withheld";
    const Obligations& o = decision.obligations;
    std::string text = "permitted";
    for (const Level level : decision.levels) {
      absl::StrAppend(&text, " ", level.stored());
    }
    absl::StrAppend(
        &text, "; k ", o.min_k, " l ", o.min_l, " days ", o.retention_days,
        " erase ", o.erase_within_hours, " breach ", o.breach_notice_hours,
        " first ", o.national_first_days, " until ",
        FormatDay(o.retention_until), " fee ", o.fee_percent_max, " flags ",
        o.notify_person, o.no_onward_transfer, o.hold_for_officer, " notices ",
        absl::StrJoin(o.notices, ","));
    return absl::StrCat(text, " transforms ", o.transforms.size());
  }

  reference::Documents documents_;
  std::shared_ptr<const PolicySet> set_;
  std::unique_ptr<proof::Evaluator> proved_;
  std::string answers_;
};

inline bool Disagree(const reference::Documents& documents,
                     const Question& question, const Facts& facts) {
  const auto judges = ThreeJudges::Load(documents);
  return judges.ok() && !(*judges)->Agree(question, facts, nullptr);
}

inline std::string ValueText(const FactValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return absl::StrCat(*number);
  }
  if (const auto* day = std::get_if<absl::CivilDay>(&value)) {
    return FormatDay(*day);
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return absl::StrCat("[", absl::StrJoin(*list, ", "), "]");
  }
  return "absent";
}

// Drops every rule of `rules`, part of `documents`, that is not needed for
// `still_wrong`.
template <typename Rules, typename StillWrong>
void DropRules(Rules& rules, const StillWrong& still_wrong) {
  for (int i = rules.size() - 1; i >= 0; --i) {
    const Rules before = rules;
    rules.DeleteSubrange(i, 1);
    if (!still_wrong()) rules = before;
  }
}

// Drops rules, then conditions, then facts, while the three still disagree.
inline std::string MinimalCase(const reference::Documents& given,
                               const Question& question, Facts facts) {
  reference::Documents documents = CopyOf(given);
  const auto still_wrong = [&] { return Disagree(documents, question, facts); };
  DropRules(*documents.national.mutable_rules(), still_wrong);
  for (v1::Mou& mou : documents.mous) {
    DropRules(*mou.mutable_rules(), still_wrong);
  }
  for (v1::NodeOverride& document : documents.overrides) {
    DropRules(*document.mutable_rules(), still_wrong);
  }
  for (v1::Rule& rule : *documents.national.mutable_rules()) {
    const std::string when = rule.when();
    rule.clear_when();
    if (!still_wrong()) rule.set_when(when);
  }
  const KindSchema& schema = SchemaOf(facts.kind());
  std::string text;
  for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
    const auto fact = static_cast<FactId>(i);
    const FactValue before = facts.Get(fact);
    facts.Set(fact, std::monostate());
    if (!still_wrong()) facts.Set(fact, before);
    absl::StrAppend(&text, schema.facts[i].name, " = ",
                    ValueText(facts.Get(fact)), "\n");
  }
  const PolicySources sources = SourcesFrom(documents);
  std::string all = sources.national.text;
  for (const DocumentSource& mou : sources.mous) all += mou.text;
  for (const DocumentSource& one : sources.overrides) all += one.text;
  const auto judges = ThreeJudges::Load(documents);
  if (judges.ok()) (*judges)->Agree(question, facts, nullptr);
  return absl::StrCat(all, "peer ", question.peer.ToString(), " ",
                      DirectionName(question.direction), " ",
                      PurposeName(question.purpose), " ",
                      FormatDay(question.as_of), "\n", text,
                      judges.ok() ? (*judges)->answers() : "");
}

}  // namespace minga::policy

#endif  // MINGA_TESTS_UNIT_POLICY_PROOF_DISAGREEMENT_H_
