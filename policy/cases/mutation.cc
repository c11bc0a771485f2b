#include "policy/cases/mutation.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "policy/cases/atoms.h"
#include "policy/cases/coverage.h"
#include "policy/cases/expectation.h"
#include "policy/specialised.h"

namespace minga::policy::cases {
namespace {

using Rules = google::protobuf::RepeatedPtrField<v1::Rule>;

Rules& RulesOf(v1::PolicyDocument& document) {
  if (document.has_mou()) return *document.mutable_mou()->mutable_rules();
  if (document.has_node_override()) {
    return *document.mutable_node_override()->mutable_rules();
  }
  return *document.mutable_national_policy()->mutable_rules();
}

// Takes away what no decision depends on, so that mutants load fast.
void Strip(v1::PolicyDocument& document) {
  if (document.has_mou()) {
    document.mutable_mou()->clear_titles();
    document.mutable_mou()->clear_properties();
  } else if (document.has_node_override()) {
    document.mutable_node_override()->clear_titles();
    document.mutable_node_override()->clear_properties();
  } else {
    document.mutable_national_policy()->clear_titles();
    document.mutable_national_policy()->clear_properties();
  }
  for (v1::Rule& rule : RulesOf(document)) {
    rule.clear_rationale();
    if (rule.citations_size() > 1) {
      rule.mutable_citations()->DeleteSubrange(1, rule.citations_size() - 1);
    }
    for (v1::Obligation& obligation : *rule.mutable_obligations()) {
      obligation.clear_citations();
    }
  }
}

// True if some record and direction is a matter of both.
bool Meet(const CompiledRule& a, const CompiledRule& b) {
  if (!(a.sends && b.sends) && !(a.receives && b.receives)) return false;
  return std::any_of(a.parts.begin(), a.parts.end(), [&](const RulePart& part) {
    return b.PartOf(part.kind) != nullptr;
  });
}

// False if the schema already keeps in whatever `forbid` lowers: a person's
// field that no section of a consent covers is never sent.
bool Observable(const CompiledRule& forbid) {
  for (const RulePart& part : forbid.parts) {
    const KindSchema& schema = SchemaOf(part.kind);
    if (forbid.receives || !schema.about_person()) return true;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      const FieldDef& field = schema.fields[i];
      if (part.levels[i] != Level::Raw().stored() &&
          (field.impersonal || !field.consent_section.empty())) {
        return true;
      }
    }
  }
  return false;
}

// One change of one rule.
struct Mutant {
  std::string what;  // "`atom` flipped"
  // The new condition; absent: the rule is left out.
  std::optional<std::string> when;
};

std::string Replace(const std::string& text, Span span,
                    absl::string_view with) {
  return absl::StrCat(text.substr(0, span.begin), with, text.substr(span.end));
}

std::vector<Mutant> MutantsOf(const CompiledRule& rule) {
  const std::string when = ConditionOf(rule);
  const ConditionShape shape = ShapeOf(rule);
  const auto cut = [&](Span span) {
    return when.substr(span.begin, span.end - span.begin);
  };
  std::vector<Mutant> mutants = {{"left out", std::nullopt}};
  for (const Span atom : shape.atoms) {
    mutants.push_back(
        {absl::StrCat("`", cut(atom), "` flipped"),
         Replace(when, atom, absl::StrCat("!(", cut(atom), ")"))});
  }
  for (const ConditionShape::Chain& chain : shape.chains) {
    std::string changed = when;
    for (const Span one : chain.operators) {
      // Both operators are as long, so later places stay.
      changed = Replace(changed, one, chain.is_and ? "||" : "&&");
    }
    mutants.push_back(
        {absl::StrCat("`", chain.is_and ? "&&" : "||", "` of `", cut(chain.all),
                      "` turned into `", chain.is_and ? "||" : "&&", "`"),
         std::move(changed)});
  }
  return mutants;
}

class Trial {
 public:
  Trial(const v1::PolicyDocument& document, const CompiledDocument& compiled,
        const Bench& bench, const std::vector<const Case*>& cases,
        const PolicySet& guarded)
      : stripped_(document), compiled_(compiled), bench_(bench), cases_(cases) {
    Strip(stripped_);
    for (const Case* one : cases) {
      upheld_.push_back(Holds(*one, guarded.Decide(one->question, one->facts)));
    }
  }

  // Of a mutant, at most.
  std::size_t bytes() const { return TextOf(stripped_).size(); }

  // Tries the mutants of rule `index`.
  void Try(int index, const std::vector<Mutant>& mutants, Report& report) {
    const CompiledRule& rule = compiled_.rules[static_cast<std::size_t>(index)];
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      if (Concerns(compiled_, rule, cases_[i]->question)) asked.push_back(i);
    }
    // Without such a case the rule is uncovered, which has been reported.
    if (asked.empty()) return;
    if (rule.forbids() && !Observable(rule)) return;
    int own = 0;
    v1::PolicyDocument reduced = Reduced(index, own);
    for (const Mutant& mutant : mutants) {
      ++report.mutants;
      v1::PolicyDocument changed = reduced;
      if (mutant.when.has_value()) {
        RulesOf(changed).Mutable(own)->set_when(*mutant.when);
      } else {
        RulesOf(changed).DeleteSubrange(own, 1);
      }
      if (Noticed(changed, asked) ||
          (rule.forbids() && Unguarded(changed, asked))) {
        continue;
      }
      report.survivors.push_back(absl::StrCat("rule `", rule.id, "`",
                                              mutant.when ? ": " : " ",
                                              mutant.what, ", no case fails"));
    }
  }

 private:
  // The rules that speak about the same records as rule `index`, which becomes
  // rule `own`: no other can change the answers that it can change.
  v1::PolicyDocument Reduced(int index, int& own) const {
    v1::PolicyDocument reduced = stripped_;
    Rules& rules = RulesOf(reduced);
    const CompiledRule& rule = compiled_.rules[static_cast<std::size_t>(index)];
    Rules kept;
    for (int i = 0; i < rules.size(); ++i) {
      if (i == index) own = kept.size();
      if (i != index &&
          !Meet(rule, compiled_.rules[static_cast<std::size_t>(i)])) {
        continue;
      }
      kept.Add()->Swap(rules.Mutable(i));
    }
    rules.Swap(&kept);
    return reduced;
  }

  std::shared_ptr<const PolicySet> Load(
      const v1::PolicyDocument& document) const {
    auto set = bench_.Load("mutant", TextOf(document), /*agreement=*/true);
    return set.ok() ? *std::move(set) : nullptr;
  }

  // The mutant does not load, or some case fails.
  bool Noticed(const v1::PolicyDocument& mutant,
               const std::vector<std::size_t>& asked) const {
    const std::shared_ptr<const PolicySet> set = Load(mutant);
    return set == nullptr ||
           std::any_of(asked.begin(), asked.end(), [&](std::size_t i) {
             return !Passes(*cases_[i], *set);
           });
  }

  // What the document upheld where everything is permitted, the mutant does
  // not.
  bool Unguarded(const v1::PolicyDocument& mutant,
                 const std::vector<std::size_t>& asked) const {
    const std::shared_ptr<const PolicySet> set = Load(WithPermitsAll(mutant));
    if (set == nullptr) return true;
    for (const std::size_t i : asked) {
      const Case& one = *cases_[i];
      const std::vector<bool> holds =
          Holds(one, set->Decide(one.question, one.facts));
      for (std::size_t j = 0; j < holds.size(); ++j) {
        if (upheld_[i][j] && !holds[j]) return true;
      }
    }
    return false;
  }

  v1::PolicyDocument stripped_;
  const CompiledDocument& compiled_;
  const Bench& bench_;
  const std::vector<const Case*>& cases_;
  // By case: which expectations hold where everything is permitted besides.
  std::vector<std::vector<bool>> upheld_;
};

}  // namespace

v1::PolicyDocument WithPermitsAll(const v1::PolicyDocument& document) {
  v1::PolicyDocument with = document;
  if (with.has_node_override()) return with;
  v1::NodeOverride holder;
  if (google::protobuf::TextFormat::ParseFromString(PermitsAll(), &holder)) {
    *RulesOf(with).Add() = holder.rules(0);
  }
  return with;
}

std::string TextOf(const v1::PolicyDocument& document) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(document, &text);
  return text;
}

absl::Status TryMutants(const v1::PolicyDocument& document,
                        const CompiledDocument& compiled, const Bench& bench,
                        const std::vector<const Case*>& cases,
                        const PolicySet& guarded, Report& report) {
  std::size_t count = compiled.rules.size();
  for (const CompiledRule& rule : compiled.rules) {
    const ConditionShape shape = ShapeOf(rule);
    count += shape.atoms.size() + shape.chains.size();
  }
  Trial trial(document, compiled, bench, cases, guarded);
  if (count > kMutantBytesMax / std::max<std::size_t>(trial.bytes(), 1)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "policy test: `", compiled.name, "` is too long to be tested: ", count,
        " changes of it (one for each rule and each part of a condition), of ",
        trial.bytes(), " bytes each, are more than ", kMutantBytesMax,
        " bytes together; shorten it by joining rules that differ only in "
        "kinds, peers or fields (texts do not count)"));
  }
  for (std::size_t i = 0; i < compiled.rules.size(); ++i) {
    trial.Try(static_cast<int>(i), MutantsOf(compiled.rules[i]), report);
  }
  return absl::OkStatus();
}

}  // namespace minga::policy::cases
