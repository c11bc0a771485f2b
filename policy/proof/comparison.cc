#include "policy/proof/comparison.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/proof/case_text.h"
#include "policy/proof/demands.h"

namespace minga::policy::proof {
namespace {

// One way in which the new documents let out more.
struct Loosening {
  std::string what;  // "shows `pay` at RAW"
  z3::expr formula;
};

std::vector<Loosening> Loosenings(const DecisionModel& now,
                                  const DecisionModel& before) {
  const KindSchema& schema = now.symbols().schema();
  std::vector<Loosening> all;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const auto field = static_cast<FieldId>(i);
    for (const Level level : now.LevelsOf(field)) {
      all.push_back(
          Loosening{absl::StrCat("shows `", schema.fields[i].name, "` at ",
                                 level.ToString()),
                    now.Shown(field, level) && !before.Shown(field, level)});
    }
  }
  std::set<std::string> seen;
  for (const DecisionModel::Rule& rule : before.rules()) {
    for (const Obligations& demand : Demands(rule.rule->obligations)) {
      const std::string text = DemandText(demand, schema);
      if (!seen.insert(text).second) continue;
      all.push_back(Loosening{absl::StrCat("is no longer tied to `", text, "`"),
                              now.permitted() && before.permitted() &&
                                  before.Tied(demand) && !now.Tied(demand)});
    }
  }
  return all;
}

// What was answered before.
Expected ExpectedOf(const Decision& decision, const KindSchema& schema) {
  Expected expected;
  expected.permitted = decision.permitted;
  if (!decision.permitted) return expected;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    expected.levels.emplace_back(static_cast<FieldId>(i), decision.levels[i]);
  }
  expected.obligations = Demands(decision.obligations);
  return expected;
}

Finding Explain(const std::vector<Loosening>& loosenings,
                const DecisionModel& before, const Comparison& comparison,
                const Searcher::Found& found) {
  std::vector<std::string> what;
  for (const Loosening& one : loosenings) {
    if (IsTrue(*found.model, one.formula)) what.push_back(one.what);
  }
  Finding finding;
  finding.kind = Finding::Kind::kPermitsMore;
  finding.id = comparison.id;
  finding.refuses = comparison.refuses;
  finding.message = absl::StrCat(
      "permits more than ", comparison.with, ": ", Situation(*found.example),
      " ", what.front(),
      what.size() == 1 ? ""
                       : absl::StrCat(" (and ", what.size() - 1, " more)"));
  finding.counterexample = CaseText(
      comparison.id, absl::StrCat("As ", comparison.with, " decides it."),
      *found.example,
      ExpectedOf(Evaluate(*found.model, before), before.symbols().schema()));
  return finding;
}

}  // namespace

void CompareWith(const Layers& other, const Comparison& comparison,
                 Workbench& bench, Report& report) {
  const Stopwatch watch;
  const std::size_t size = report.findings.size();
  for (Workbench::Side* side : bench.Sides()) {
    const DecisionModel before(side->symbols, other);
    const std::vector<Loosening> loosenings =
        Loosenings(side->decisions, before);
    z3::expr_vector any(side->symbols.z3());
    for (const Loosening& one : loosenings) any.push_back(one.formula);
    z3::expr more = z3::mk_or(any);
    if (other.any_agreement && !bench.layers().any_agreement) {
      more = more && side->symbols.in_force();
    }
    const Searcher::Found found = side->searcher.Find(more);
    if (found.answer == Searcher::Answer::kFound) {
      report.findings.push_back(Explain(loosenings, before, comparison, found));
    } else if (found.answer == Searcher::Answer::kUndecided) {
      report.findings.push_back(Undecided(
          comparison.id,
          absl::StrCat("whether this permits more than ", comparison.with),
          bench.deadline(), comparison.refuses));
    }
  }
  if (report.findings.size() == size) {
    report.proved.push_back(Proved{comparison.id, watch.Elapsed()});
  }
}

}  // namespace minga::policy::proof
