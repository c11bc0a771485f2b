// How long a decision takes: a national policy and an MoU of 120 rules together
// on one core, beside the naive evaluator on the same documents and facts.
#include <benchmark/benchmark.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/policy_set.h"
#include "tests/unit/policy/documents.h"
#include "tests/unit/policy/reference.h"

namespace minga::policy {
namespace {

using Clock = std::chrono::steady_clock;

// Every third rule forbids. A third of the conditions fold with the question,
// a third ask one fact, a third ask several, as in the packs.
std::string Rules(int count, int offset) {
  const std::vector<std::string> conditions = {
      "peer.country in ['EC', 'MX'] && as_of >= date('2026-01-01')",
      "vacancy.cross_border && !record.imported",
      "has(vacancy.sector) && vacancy.sector in ['C2520', 'O8422', 'B0510']",
      "purpose == 'job_matching'",
      "vacancy.status == 'open' && (vacancy.countries == [] || "
      "peer.country in vacancy.countries)",
      "vacancy.is_agency && has(vacancy.licensed_recruiter) && "
      "!vacancy.licensed_recruiter",
      "own.country == 'CO' ? vacancy.pay_stated : vacancy.remote",
      "has(vacancy.age_days) && vacancy.age_days > 90",
      "!has(vacancy.occupation) || vacancy.occupation != '0110'",
      "vacancy.fee_charged || vacancy.documents_retained",
      "!has(vacancy.closing_date) || as_of <= vacancy.closing_date",
  };
  std::string rules;
  for (int i = 0; i < count; ++i) {
    const std::size_t at = static_cast<std::size_t>(i + offset);
    const std::string when =
        absl::StrCat("when: \"", conditions[at % conditions.size()], "\" ",
                     i % 5 == 0 ? "peers: 'EC' " : "",
                     i % 7 == 0 ? "valid_from: '2026-01-01' " : "");
    if (i % 3 == 2) {
      absl::StrAppend(&rules, Forbid(absl::StrCat("f", i), "pay", when));
    } else {
      absl::StrAppend(&rules,
                      Permit(absl::StrCat("p", i),
                             when + "obligations { retention_days: 180 }"));
    }
  }
  return rules;
}

struct Setup {
  std::shared_ptr<const PolicySet> set;
  reference::Documents documents;
  std::vector<Facts> facts;

  Setup() {
    PolicySources sources;
    sources.national = National(Rules(80, 0));
    sources.mous = {Agreement(Rules(40, 3))};
    auto loaded = PolicySet::Load(Country::Of("CO"), sources);
    v1::PolicyDocument national, mou;
    if (!loaded.ok() ||
        !google::protobuf::TextFormat::ParseFromString(sources.national.text,
                                                       &national) ||
        !google::protobuf::TextFormat::ParseFromString(sources.mous[0].text,
                                                       &mou)) {
      std::fprintf(stderr, "%s\n", loaded.status().ToString().c_str());
      std::exit(1);
    }
    set = *std::move(loaded);
    documents.national = national.national_policy();
    documents.mous.push_back(mou.mou());
    for (int i = 0; i < 256; ++i) {
      Facts one = VacancyFacts();
      one.Set("vacancy.cross_border", i % 5 != 0);
      one.Set("vacancy.age_days", std::int64_t{i});
      one.Set("vacancy.closing_date", absl::CivilDay(2026, 6, 1) + i % 60);
      one.Set("vacancy.sector", std::string(i % 9 == 0 ? "C2520" : "A0111"));
      one.Set("vacancy.occupation", std::string("7212"));
      if (i % 2 == 0) {
        one.Set("vacancy.countries", std::vector<std::string>{"MX", "EC"});
      }
      facts.push_back(one);
    }
  }
};

const Setup& TheSetup() {
  static const Setup* const setup = new Setup;
  return *setup;
}

void BM_Decide(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        setup.set->Decide(question, setup.facts[i++ % setup.facts.size()]));
  }
}
BENCHMARK(BM_Decide);

// Each decision timed by itself; the clock's own cost is in the figures.
void BM_DecidePercentiles(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::vector<double> samples;
  std::size_t i = 0;
  for (auto _ : state) {
    const auto begin = Clock::now();
    benchmark::DoNotOptimize(
        setup.set->Decide(question, setup.facts[i++ % setup.facts.size()]));
    samples.push_back(
        std::chrono::duration<double, std::nano>(Clock::now() - begin).count());
  }
  std::sort(samples.begin(), samples.end());
  state.counters["p50_ns"] = samples[samples.size() / 2];
  state.counters["p99_ns"] = samples[samples.size() * 99 / 100];
}
BENCHMARK(BM_DecidePercentiles)->Iterations(500000);

void BM_DecideNaive(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::size_t i = 0;
  double naive_ns = 0;
  double compiled_ns = 0;
  for (auto _ : state) {
    const Facts& facts = setup.facts[i++ % setup.facts.size()];
    const auto begin = Clock::now();
    const Decision slow =
        reference::Evaluator(setup.documents, question, facts).Decide();
    const auto middle = Clock::now();
    const Decision fast = setup.set->Decide(question, facts);
    const auto end = Clock::now();
    naive_ns +=
        std::chrono::duration<double, std::nano>(middle - begin).count();
    compiled_ns +=
        std::chrono::duration<double, std::nano>(end - middle).count();
    if (slow.levels != fast.levels) state.SkipWithError("they disagree");
  }
  state.counters["naive_to_compiled"] = naive_ns / compiled_ns;
}
BENCHMARK(BM_DecideNaive);

void BM_Explain(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        setup.set->Explain(question, setup.facts[i++ % setup.facts.size()]));
  }
}
BENCHMARK(BM_Explain);

void BM_BuildFacts(benchmark::State& state) {
  const KindSchema& schema = SchemaOf(RecordKind::kVacancy);
  const FactId status = *schema.FindFact("vacancy.status");
  for (auto _ : state) {
    Facts facts(RecordKind::kVacancy);
    for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
      if (schema.facts[i].type == FactType::kBool) {
        facts.Set(static_cast<FactId>(i), true);
      }
    }
    facts.Set(status, std::string("open"));
    benchmark::DoNotOptimize(facts);
  }
}
BENCHMARK(BM_BuildFacts);

}  // namespace
}  // namespace minga::policy

BENCHMARK_MAIN();
