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
#include "policy/consent.h"
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
  return trace;
}

// Where each layer alone leaves the fields.
struct LayerLevels {
  LevelBytes national{};
  LevelBytes mou{};
  LevelBytes forbidden{};  // after the forbids of all layers
};

LayerLevels LevelsOf(const std::vector<RuleRef>& applied, RecordKind kind) {
  LayerLevels levels;
  levels.forbidden.fill(Level::Raw().stored());
  for (const RuleRef& ref : applied) {
    const LevelBytes& part = ref.rule->PartOf(kind)->levels;
    LevelBytes& raised =
        ref.document->layer == Layer::kMou ? levels.mou : levels.national;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (ref.rule->forbids()) {
        levels.forbidden[i] = std::min(levels.forbidden[i], part[i]);
      } else {
        raised[i] = std::max(raised[i], part[i]);
      }
    }
  }
  return levels;
}

// True if `forbid` lowers a field that both layers let out.
bool TookEffect(const RuleRef& forbid, const LayerLevels& levels,
                RecordKind kind) {
  const LevelBytes& part = forbid.rule->PartOf(kind)->levels;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] < std::min(levels.national[i], levels.mou[i])) return true;
  }
  return false;
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

std::string WhyWithheld(const LayerLevels& levels, const KindSchema& schema,
                        const Explanation& explanation) {
  if (!Survives(levels.national, schema)) {
    return absl::StrCat(
        "layer national: no permit applies to every required "
        "field",
        NearestOf(Layer::kNational, explanation));
  }
  if (!Survives(levels.mou, schema)) {
    return absl::StrCat("layer mou: no permit applies to every required field",
                        NearestOf(Layer::kMou, explanation));
  }
  LevelBytes together = levels.forbidden;
  for (std::size_t i = 0; i < together.size(); ++i) {
    together[i] = std::min({together[i], levels.national[i], levels.mou[i]});
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
  for (const RuleTrace& trace : explanation.deciding) {
    if (trace.layer != Layer::kConsent) continue;
    return absl::StrCat("layer consent: `", trace.rule_id,
                        "` does not cover this");
  }
  return "a condition could not be evaluated";
}

void SortTraces(std::vector<RuleTrace>& traces) {
  std::sort(
      traces.begin(), traces.end(), [](const RuleTrace& a, const RuleTrace& b) {
        return std::tie(a.layer, a.rule_id) < std::tie(b.layer, b.rule_id);
      });
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
  for (const CompiledDocument& document : documents_) {
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

Explanation PolicySetImpl::Explain(const Question& question,
                                   const Facts& facts) const {
  Explanation out;
  if (const std::string why = Unanswerable(question, facts); !why.empty()) {
    out.summary = absl::StrCat("withheld: ", why);
    return out;
  }
  const KindSchema& schema = SchemaOf(question.kind);
  const std::string peer = question.peer.ToString();
  std::vector<RuleRef> applied;
  const Decision decision =
      WithProgram(question, [&](const Specialised& program) {
        return program.Decide(question, facts, &applied);
      });
  const LayerLevels levels = LevelsOf(applied, question.kind);
  for (const RuleRef& ref : applied) {
    if (ref.rule->forbids() && !TookEffect(ref, levels, question.kind))
      continue;
    out.deciding.push_back(TraceOf(ref));
  }
  if (question.direction == Direction::kSend && schema.about_person()) {
    const std::string failure = ConsentFailure(question, facts);
    RuleTrace trace;
    trace.layer = Layer::kConsent;
    trace.rule_id = failure.empty() ? "consent" : failure;
    trace.effect = failure.empty() ? RuleEffect::kPermit : RuleEffect::kForbid;
    out.deciding.push_back(std::move(trace));
  }
  SortTraces(out.deciding);
  const bool has_agreement =
      std::binary_search(partners_.begin(), partners_.end(), question.peer);
  const bool in_force = std::any_of(
      documents_.begin(), documents_.end(), [&](const CompiledDocument& d) {
        return d.layer == Layer::kMou && d.from <= question.as_of &&
               question.as_of <= d.until &&
               std::find(d.countries.begin(), d.countries.end(),
                         question.peer) != d.countries.end();
      });
  if (decision.permitted && has_agreement) {
    const auto shown =
        std::count_if(decision.levels.begin(), decision.levels.end(),
                      [](Level level) { return !level.suppressed(); });
    out.summary = absl::StrCat("permitted: ", shown, " of ",
                               schema.fields.size(), " fields");
    return out;
  }
  AddNearest(question, facts, out);
  if (!in_force) {
    out.summary = absl::StrCat(
        "withheld: layer mou: no agreement with ", peer, " ",
        has_agreement ? absl::StrCat("in force on ", FormatDay(question.as_of))
                      : "is signed");
    return out;
  }
  out.summary = absl::StrCat("withheld: ", WhyWithheld(levels, schema, out));
  return out;
}

}  // namespace minga::policy
