// The reasons of a decision: the rules that applied, as the same program says,
// and for a refusal the permits that came near.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "policy/condition_eval.h"
#include "policy/policy_set_impl.h"

namespace minga::policy {
namespace {

// More near permits than this are no help to a reader.
constexpr std::size_t kNearestMax = 5;

RuleTrace TraceOf(const RuleRef& ref) {
  RuleTrace trace;
  trace.layer = ref.document->layer;
  trace.rule_id = ref.rule->id;
  trace.effect = ref.rule->effect;
  trace.citations = ref.rule->citations;
  trace.obligations = ref.rule->obligations;
  return trace;
}

// The required fields that `levels` lets out are all; some field is.
bool Survives(const LevelBytes& levels, const KindSchema& schema) {
  bool any = false;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    if (schema.fields[i].required && levels[i] == 0) return false;
    any |= levels[i] != 0;
  }
  return any;
}

std::string NearestOf(Layer layer, const Explanation& explanation) {
  for (const RuleTrace& trace : explanation.nearest) {
    if (trace.layer != layer) continue;
    return absl::StrCat("; nearest rule `", trace.rule_id, "` fails on `",
                        trace.failed, "`");
  }
  return "";
}

std::string Forbidding(const Explanation& explanation) {
  std::vector<std::string> names;
  for (const RuleTrace& trace : explanation.deciding) {
    if (!trace.forbids() || trace.layer == Layer::kConsent) continue;
    std::string name =
        absl::StrCat(LayerName(trace.layer), " rule `", trace.rule_id, "`");
    if (!trace.citations.empty()) {
      absl::StrAppend(&name, ", ", trace.citations.front().ToString());
    }
    names.push_back(std::move(name));
  }
  return absl::StrCat("forbidden by ", absl::StrJoin(names, "; "));
}

std::string WhyWithheld(const Outcome& outcome, const KindSchema& schema,
                        const Explanation& explanation) {
  if (!outcome.failed.empty()) {
    const RuleRef& first =
        *std::min_element(outcome.failed.begin(), outcome.failed.end(),
                          [](const RuleRef& a, const RuleRef& b) {
                            return std::tie(a.document->layer, a.rule->id) <
                                   std::tie(b.document->layer, b.rule->id);
                          });
    return absl::StrCat(LayerName(first.document->layer), " rule `",
                        first.rule->id, "`: its condition cannot be evaluated");
  }
  if (!Survives(outcome.national, schema)) {
    return absl::StrCat(
        "layer national: no permit applies to every required "
        "field",
        NearestOf(Layer::kNational, explanation));
  }
  if (!Survives(outcome.mou, schema)) {
    return absl::StrCat("layer mou: no permit applies to every required field",
                        NearestOf(Layer::kMou, explanation));
  }
  LevelBytes together = outcome.forbidden;
  for (std::size_t i = 0; i < together.size(); ++i) {
    together[i] = std::min({together[i], outcome.national[i], outcome.mou[i]});
  }
  if (!Survives(together, schema)) {
    const bool forbidden =
        std::any_of(explanation.deciding.begin(), explanation.deciding.end(),
                    [](const RuleTrace& t) {
                      return t.forbids() && t.layer != Layer::kConsent;
                    });
    return forbidden ? Forbidding(explanation)
                     : "no field is permitted by both layers";
  }
  return absl::StrCat("layer consent: `", outcome.consent.value_or(""),
                      "` does not cover this");
}

void SortTraces(std::vector<RuleTrace>& traces) {
  std::sort(traces.begin(), traces.end(),
            [](const RuleTrace& a, const RuleTrace& b) {
              return std::tie(a.layer, a.rule_id, a.failed) <
                     std::tie(b.layer, b.rule_id, b.failed);
            });
}

void AddDeciding(const Outcome& outcome, Explanation& out) {
  for (const RuleRef& ref : outcome.deciding) {
    out.deciding.push_back(TraceOf(ref));
  }
  if (!outcome.consent.has_value()) return;
  const std::string& failure = *outcome.consent;
  RuleTrace trace;
  trace.layer = Layer::kConsent;
  trace.rule_id = failure.empty() ? "consent" : failure;
  trace.effect = failure.empty() ? RuleEffect::kPermit : RuleEffect::kForbid;
  // The layer of consent is the last.
  out.deciding.push_back(std::move(trace));
}

// Later stages are nearer to a permission.
int Nearness(absl::string_view failed) {
  if (failed == "peer") return 0;
  if (failed == "purpose") return 1;
  return failed == "date" ? 2 : 3;
}

}  // namespace

void PolicySetImpl::AddNearest(const Question& question, const Facts& facts,
                               Explanation& out) const {
  FactView view(question, GroupsOf(question.peer));
  view.SetRecord(&facts);
  for (const CompiledDocument& document : *documents_) {
    for (const CompiledRule& rule : document.rules) {
      if (!rule.permits() || !Concerns(document, rule, question)) continue;
      RuleTrace trace = TraceOf(RuleRef{&document, &rule});
      trace.failed = std::string(Mismatch(document, rule, question));
      const RulePart& part = *rule.PartOf(question.kind);
      if (trace.failed.empty() && part.when.has_value()) {
        trace.failed = FirstFailure(*part.when, view);
      }
      if (!trace.failed.empty()) out.nearest.push_back(std::move(trace));
    }
  }
  SortTraces(out.nearest);
  std::stable_sort(out.nearest.begin(), out.nearest.end(),
                   [](const RuleTrace& a, const RuleTrace& b) {
                     return Nearness(a.failed) > Nearness(b.failed);
                   });
  if (out.nearest.size() > kNearestMax) out.nearest.resize(kNearestMax);
}

std::string PolicySetImpl::Summary(const Question& question,
                                   const Outcome& outcome,
                                   const Explanation& out) const {
  const KindSchema& schema = SchemaOf(question.kind);
  if (outcome.decision.permitted) {
    const auto& levels = outcome.decision.levels;
    const auto shown =
        std::count_if(levels.begin(), levels.end(),
                      [](Level level) { return !level.suppressed(); });
    return absl::StrCat("permitted: ", shown, " of ", schema.fields.size(),
                        " fields");
  }
  const bool in_force = std::any_of(
      documents_->begin(), documents_->end(), [&](const CompiledDocument& d) {
        return d.layer == Layer::kMou && d.from <= question.as_of &&
               question.as_of <= d.until &&
               std::find(d.countries.begin(), d.countries.end(),
                         question.peer) != d.countries.end();
      });
  if (!in_force) {
    return absl::StrCat(
        "withheld: layer mou: no agreement with ", question.peer.ToString(),
        IsPartner(question.peer)
            ? absl::StrCat(" in force on ", FormatDay(question.as_of))
            : " is signed");
  }
  return absl::StrCat("withheld: ", WhyWithheld(outcome, schema, out));
}

Explanation PolicySetImpl::Explain(const Question& question,
                                   const Facts& facts) const {
  Explanation out;
  if (const std::string why = Unanswerable(question, facts); !why.empty()) {
    out.summary = absl::StrCat("withheld: ", why);
    return out;
  }
  const Outcome outcome =
      WithProgram(question, [&](const Specialised& program, std::int64_t day) {
        return program.Reason(facts, day);
      });
  AddDeciding(outcome, out);
  if (!outcome.decision.permitted) AddNearest(question, facts, out);
  out.summary = Summary(question, outcome, out);
  return out;
}

}  // namespace minga::policy
