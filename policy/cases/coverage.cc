#include "policy/cases/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/condition_eval.h"
#include "policy/specialised.h"

namespace minga::policy::cases {
namespace {

// Whether an atom, or a whole condition, was seen true and false.
struct Seen {
  bool is_true = false;
  bool is_false = false;

  void Add(Truth truth) {
    is_true |= truth == Truth::kTrue;
    is_false |= truth == Truth::kFalse;
  }
};

// Evaluates a condition as its text reads, from left to right, stopping where
// `&&` and `||` stop, and notes what each atom was.
class Tracer {
 public:
  Tracer(const Condition& condition, const FactView& view,
         std::map<Span, Seen>& atoms)
      : condition_(condition), view_(view), atoms_(atoms) {}

  Truth Run() { return Walk(condition_.root, Span{}); }

 private:
  // Lowering makes several nodes of one atom, all with its place in the text:
  // the outermost is the atom itself.
  Truth Walk(NodeId id, Span parent) {
    const Node& node = condition_.nodes[id];
    const Span span = {node.begin, node.end};
    const Truth truth = Evaluate(node, span);
    if (span == parent) return truth;
    const auto atom = atoms_.find(span);
    if (atom != atoms_.end()) atom->second.Add(truth);
    return truth;
  }

  Truth Evaluate(const Node& node, Span span) {
    const auto child = [&](std::size_t i) {
      return Walk(node.children[i], span);
    };
    switch (node.kind) {
      case Node::Kind::kConst:
        return node.value ? Truth::kTrue : Truth::kFalse;
      case Node::Kind::kAtom:
        return EvaluateAtom(condition_.atoms[node.atom], view_);
      case Node::Kind::kNot: {
        const Truth truth = child(0);
        if (truth == Truth::kUnknown) return truth;
        return truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
      }
      case Node::Kind::kIf: {
        const Truth test = child(0);
        if (test == Truth::kUnknown) return test;
        return child(test == Truth::kTrue ? 1 : 2);
      }
      case Node::Kind::kAnd:
      case Node::Kind::kOr:
        break;
    }
    const bool is_and = node.kind == Node::Kind::kAnd;
    const Truth through = is_and ? Truth::kTrue : Truth::kFalse;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Truth truth = child(i);
      if (truth != through) return truth;
    }
    return through;
  }

  const Condition& condition_;
  const FactView& view_;
  std::map<Span, Seen>& atoms_;
};

std::vector<std::string> GroupsOf(const CompiledDocument& document,
                                  Country peer) {
  std::vector<std::string> names;
  for (const auto& [name, countries] : document.groups) {
    if (std::find(countries.begin(), countries.end(), peer) !=
        countries.end()) {
      names.push_back(name);
    }
  }
  return names;
}

class RuleCoverage {
 public:
  explicit RuleCoverage(const CompiledRule& rule)
      : rule_(rule), source_(ConditionOf(rule)) {
    for (const Span atom : ShapeOf(rule).atoms) atoms_[atom];
  }

  void Try(const CompiledDocument& document, const Case& one) {
    if (!Concerns(document, rule_, one.question) ||
        !Mismatch(document, rule_, one.question).empty()) {
      return;
    }
    const RulePart& part = *rule_.PartOf(one.question.kind);
    if (!part.when.has_value()) {
      whole_.is_true = true;
      return;
    }
    FactView view(one.question, GroupsOf(document, one.question.peer));
    view.SetRecord(&one.facts);
    whole_.Add(Tracer(*part.when, view, atoms_).Run());
  }

  void Report(bool takes_effect, std::vector<std::string>& out) const {
    const std::string rule = absl::StrCat("rule `", rule_.id, "`");
    if (!whole_.is_true) {
      out.push_back(absl::StrCat(rule, " never applies"));
    } else if (rule_.forbids() && !takes_effect) {
      out.push_back(absl::StrCat(rule, " never takes effect"));
    }
    if (!atoms_.empty() && !whole_.is_false) {
      out.push_back(
          absl::StrCat(rule, " is never kept from applying by its condition"));
    }
    for (const auto& [span, seen] : atoms_) {
      // Not in the lambda: clang 14 captures no structured binding.
      const std::string atom =
          source_.substr(span.begin, span.end - span.begin);
      const auto add = [&](bool was, absl::string_view value) {
        if (was) return;
        out.push_back(absl::StrCat(rule, ": `", atom, "` is never ", value));
      };
      add(seen.is_true, "true");
      add(seen.is_false, "false");
    }
  }

 private:
  const CompiledRule& rule_;
  const std::string source_;
  Seen whole_;
  std::map<Span, Seen> atoms_;
};

// Ids of the rules of `layer` that shaped some answer.
std::set<std::string> Deciding(Layer layer,
                               const std::vector<const Case*>& cases,
                               const std::vector<const PolicySet*>& sets) {
  std::set<std::string> ids;
  for (const PolicySet* set : sets) {
    for (const Case* one : cases) {
      for (RuleTrace& trace :
           set->Explain(one->question, one->facts).deciding) {
        if (trace.layer == layer) ids.insert(std::move(trace.rule_id));
      }
    }
  }
  return ids;
}

}  // namespace

std::string ConditionOf(const CompiledRule& rule) {
  for (const RulePart& part : rule.parts) {
    if (part.when.has_value()) return part.when->source;
  }
  return "";
}

ConditionShape ShapeOf(const CompiledRule& rule) {
  for (const RulePart& part : rule.parts) {
    if (!part.when.has_value()) continue;
    return ShapeOf(part.when->source, SchemaOf(part.kind));
  }
  return ConditionShape();
}

std::vector<std::string> Uncovered(const CompiledDocument& document,
                                   const std::vector<const Case*>& cases,
                                   const std::vector<const PolicySet*>& sets) {
  std::vector<std::string> uncovered;
  const std::set<std::string> deciding = Deciding(document.layer, cases, sets);
  for (const CompiledRule& rule : document.rules) {
    RuleCoverage coverage(rule);
    for (const Case* one : cases) coverage.Try(document, *one);
    coverage.Report(deciding.count(rule.id) > 0, uncovered);
  }
  return uncovered;
}

}  // namespace minga::policy::cases
