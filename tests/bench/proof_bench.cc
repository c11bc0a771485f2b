// How long the proofs take that an activation waits for: each pack in
// deploy/policy by itself (all of `Prove`, and of it the common properties),
// all of them, and documents of 120 rules. One core.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/proof/proof.h"
#include "tests/bench/many_rules.h"

namespace minga::policy::proof {
namespace {

namespace fs = std::filesystem;

std::vector<DocumentSource> Packs() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  std::vector<DocumentSource> packs;
  for (const auto& entry : fs::directory_iterator(
           fs::path(root == nullptr ? "." : root) / "deploy" / "policy")) {
    const fs::path path = entry.path() / "national.textproto";
    if (!fs::exists(path)) continue;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    packs.push_back({entry.path().filename().string(), text.str()});
  }
  std::sort(packs.begin(), packs.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return packs;
}

// Seconds that the common properties took; an error if anything refuses.
double ProveOne(benchmark::State& state, const DocumentSource& document) {
  const auto report = Prove(document, Options());
  if (!report.ok() || !report->ok()) {
    state.SkipWithError(absl::StrCat(document.name, " is not proved").c_str());
    return 0;
  }
  double common = 0;
  for (const Proved& proved : report->proved) {
    if (absl::StartsWith(proved.id, "minga.")) {
      common += absl::ToDoubleSeconds(proved.took);
    }
  }
  return common;
}

void BM_ProveAllPacks(benchmark::State& state) {
  const std::vector<DocumentSource> packs = Packs();
  double common = 0;
  double slowest = 0;
  for (auto _ : state) {
    for (const DocumentSource& pack : packs) {
      const double one = ProveOne(state, pack);
      common += one;
      slowest = std::max(slowest, one);
    }
  }
  state.counters["packs"] = static_cast<double>(packs.size());
  state.counters["common_s"] = common / static_cast<double>(state.iterations());
  state.counters["slowest_common_s"] = slowest;
}
BENCHMARK(BM_ProveAllPacks)->Unit(benchmark::kMillisecond);

// The rules of policy_bench let imported records out: what fails is part of the
// work.
void BM_ProveManyRules(benchmark::State& state) {
  const DocumentSource document =
      National(ManyRules(static_cast<int>(state.range(0)), 0));
  std::size_t findings = 0;
  for (auto _ : state) {
    const auto report = Prove(document, Options());
    if (!report.ok()) state.SkipWithError("not proved");
    findings = report.ok() ? report->findings.size() : 0;
  }
  state.counters["findings"] = static_cast<double>(findings);
}
BENCHMARK(BM_ProveManyRules)->Arg(120)->Arg(500)->Unit(benchmark::kMillisecond);

void BM_ProveTightens(benchmark::State& state) {
  PolicySources sources;
  sources.national = National(ManyRules(80, 0));
  sources.mous = {Agreement(ManyRules(40, 3))};
  sources.overrides = {Override(Forbid("o", "pay"))};
  for (auto _ : state) {
    const auto report = ProveTightens(Country::Of("CO"), sources);
    if (!report.ok() || !report->ok()) state.SkipWithError("not proved");
  }
}
BENCHMARK(BM_ProveTightens)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace minga::policy::proof

BENCHMARK_MAIN();
