#include "policy/proof/liveness.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/proof/demands.h"

namespace minga::policy::proof {
namespace {

using Answer = Searcher::Answer;

// One place where a rule stands: a side and its number there.
struct Standing {
  Workbench::Side* side = nullptr;
  int index = 0;
};

std::vector<Standing> StandingsOf(const CompiledRule& rule, Workbench& bench) {
  std::vector<Standing> standings;
  for (const RulePart& part : rule.parts) {
    for (const Direction direction : {Direction::kSend, Direction::kReceive}) {
      const bool sends = direction == Direction::kSend;
      if (!(sends ? rule.sends : rule.receives)) continue;
      Workbench::Side& side = bench.At(part.kind, direction);
      const auto& rules = side.decisions.rules();
      for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].rule != &rule) continue;
        standings.push_back(Standing{&side, static_cast<int>(i)});
      }
    }
  }
  return standings;
}

const DecisionModel::Rule& RuleAt(const Standing& at) {
  return at.side->decisions.rules()[static_cast<std::size_t>(at.index)];
}

// Whether `formula` of a standing can be true at any of them.
template <typename Formula>
Answer Anywhere(const std::vector<Standing>& standings,
                const Formula& formula) {
  Answer answer = Answer::kNone;
  for (const Standing& at : standings) {
    const Answer here = at.side->searcher.Ask(formula(at));
    if (here == Answer::kFound) return here;
    if (here == Answer::kUndecided) answer = here;
  }
  return answer;
}

Answer AppliesAnywhere(const std::vector<Standing>& standings) {
  return Anywhere(standings,
                  [](const Standing& at) { return RuleAt(at).applies; });
}

Answer HoldsAnywhere(const std::vector<Standing>& standings) {
  return Anywhere(standings, [](const Standing& at) {
    const DecisionModel& decisions = at.side->decisions;
    const std::optional<Condition>& when = RuleAt(at).part->when;
    return when.has_value() ? decisions.Condition(*when)
                            : decisions.symbols().z3().bool_val(true);
  });
}

std::string WhyDead(const CompiledRule& rule, const std::string& document,
                    const std::vector<Standing>& standings) {
  if (HoldsAnywhere(standings) == Answer::kNone) {
    return absl::StrCat(document, ":", rule.when_line, ":", rule.when_column,
                        ": this condition can never hold");
  }
  return "no record, peer, purpose and day satisfy its scope, its dates and "
         "its condition together";
}

// Decisions with and without one rule, whose number is the unknown `off`.
class Difference {
 public:
  explicit Difference(const DecisionModel& decisions)
      : off_(decisions.symbols().z3().int_const("the rule left out")),
        differs_(Build(decisions, decisions.Without(off_))) {}

  // Some decision depends on the rule at `index`.
  z3::expr DependsOn(int index) const { return off_ == index && differs_; }

 private:
  static z3::expr Build(const DecisionModel& with,
                        const DecisionModel& without) {
    const KindSchema& schema = with.symbols().schema();
    z3::expr_vector any(with.symbols().z3());
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      const auto field = static_cast<FieldId>(i);
      for (const Level level : with.LevelsOf(field)) {
        any.push_back(with.Shown(field, level) != without.Shown(field, level));
      }
    }
    std::set<std::string> seen;
    for (const DecisionModel::Rule& rule : with.rules()) {
      for (const Obligations& demand : Demands(rule.rule->obligations)) {
        if (!seen.insert(DemandText(demand, schema)).second) continue;
        any.push_back(with.permitted() &&
                      with.Tied(demand) != without.Tied(demand));
      }
    }
    return z3::mk_or(any);
  }

  z3::expr off_;
  z3::expr differs_;
};

// True if `one` does at least what `other` does, wherever both apply.
bool DoesMore(const DecisionModel::Rule& one,
              const DecisionModel::Rule& other) {
  if (one.rule->effect != other.rule->effect) return false;
  if ((one.document->layer == Layer::kMou) !=
      (other.document->layer == Layer::kMou)) {
    return false;
  }
  for (std::size_t i = 0; i < kFieldsMax; ++i) {
    const std::uint8_t a = one.part->levels[i];
    const std::uint8_t b = other.part->levels[i];
    if (one.rule->forbids() ? a > b : a < b) return false;
  }
  const auto demands = Demands(other.rule->obligations);
  return std::all_of(demands.begin(), demands.end(), [&](const auto& demand) {
    return Meets(one.rule->obligations, demand);
  });
}

// A single rule that covers the one at `at` wherever it applies; "" if none.
std::string CoveredBy(const Standing& at) {
  const DecisionModel::Rule& covered = RuleAt(at);
  for (const DecisionModel::Rule& other : at.side->decisions.rules()) {
    if (other.rule == covered.rule || !DoesMore(other, covered)) continue;
    if (at.side->searcher.Ask(covered.applies && !other.applies) ==
        Answer::kNone) {
      return other.rule->id;
    }
  }
  return "";
}

std::string WhyShadowed(const CompiledRule& rule,
                        const std::vector<Standing>& standings) {
  std::set<std::string> covering;
  for (const Standing& at : standings) covering.insert(CoveredBy(at));
  if (covering.size() == 1 && !covering.begin()->empty()) {
    return absl::StrCat("rule `", *covering.begin(),
                        "` already says the same wherever it applies");
  }
  return rule.forbids() ? "what it forbids is withheld without it"
                        : "other rules already say the same, or forbid it";
}

bool IsDead(const CompiledRule& rule, const Report& report) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const Finding& finding) {
                       return finding.kind == Finding::Kind::kDeadRule &&
                              finding.id == rule.id;
                     });
}

}  // namespace

void FindDeadRules(const CompiledDocument& document, Workbench& bench,
                   Report& report) {
  const Stopwatch watch;
  const std::size_t before = report.findings.size();
  for (const CompiledRule& rule : document.rules) {
    const std::vector<Standing> standings = StandingsOf(rule, bench);
    const Answer answer = AppliesAnywhere(standings);
    if (answer == Answer::kUndecided) {
      report.findings.push_back(Undecided(
          rule.id, absl::StrCat("whether rule `", rule.id, "` can ever apply"),
          bench.deadline(), /*refuses=*/true));
      break;
    }
    if (answer == Answer::kFound) continue;
    if (rule.groups_unknown && HoldsAnywhere(standings) != Answer::kNone) {
      report.findings.push_back(GroupsUnknown(
          rule.id, absl::StrCat("whether rule `", rule.id, "` can ever apply"),
          /*refuses=*/true));
      continue;
    }
    Finding finding;
    finding.kind = Finding::Kind::kDeadRule;
    finding.id = rule.id;
    finding.refuses = true;
    finding.message = absl::StrCat("rule `", rule.id, "` can never apply: ",
                                   WhyDead(rule, document.name, standings));
    report.findings.push_back(std::move(finding));
  }
  if (report.findings.size() == before) {
    report.proved.push_back(Proved{"no-dead-rules", watch.Elapsed()});
  }
}

void FindShadowedRules(const CompiledDocument& document, Workbench& bench,
                       Report& report) {
  const Stopwatch watch;
  const std::size_t before = report.findings.size();
  bool all = true;
  std::map<const Workbench::Side*, std::unique_ptr<Difference>> differences;
  for (const CompiledRule& rule : document.rules) {
    if (IsDead(rule, report)) continue;
    if (rule.groups_unknown) {
      all = false;
      continue;
    }
    const std::vector<Standing> standings = StandingsOf(rule, bench);
    Answer answer = Answer::kNone;
    for (const Standing& at : standings) {
      auto& difference = differences[at.side];
      if (difference == nullptr) {
        difference = std::make_unique<Difference>(at.side->decisions);
      }
      const Answer here = at.side->searcher.Ask(
          RuleAt(at).applies && difference->DependsOn(at.index));
      if (here != Answer::kNone) answer = here;
      if (here == Answer::kFound) break;
    }
    if (answer == Answer::kFound) continue;
    if (answer == Answer::kUndecided) {
      report.findings.push_back(Undecided(
          rule.id,
          absl::StrCat("whether any decision depends on rule `", rule.id, "`"),
          bench.deadline(), /*refuses=*/false));
      break;
    }
    Finding finding;
    finding.kind = Finding::Kind::kShadowedRule;
    finding.id = rule.id;
    finding.message =
        absl::StrCat("rule `", rule.id, "` applies, but no decision depends ",
                     "on it: ", WhyShadowed(rule, standings));
    report.findings.push_back(std::move(finding));
  }
  if (all && report.findings.size() == before) {
    report.proved.push_back(Proved{"no-shadowed-rules", watch.Elapsed()});
  }
}

}  // namespace minga::policy::proof
