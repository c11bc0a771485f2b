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
#include "tests/bench/many_rules.h"
#include "tests/unit/policy/documents.h"
#include "tests/unit/policy/reference.h"

namespace minga::policy {
namespace {

using Clock = std::chrono::steady_clock;

struct Setup {
  std::shared_ptr<const PolicySet> set;
  reference::Documents documents;
  std::vector<Facts> facts;

  Setup() {
    PolicySources sources;
    sources.national = National(ManyRules(80, 0));
    sources.mous = {Agreement(ManyRules(40, 3))};
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

// What a caller reads of a decision: levels, an obligation and the ids of the
// rules that explain it.
std::size_t Read(const Decision& decision) {
  std::size_t sum = decision.levels[0].stored();
  sum += static_cast<std::size_t>(decision.obligations.retention_days);
  for (const DecidingRule& rule : decision.deciding) sum += rule.id.size();
  return sum;
}

void BM_Ask(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        setup.set->Ask(question, setup.facts[i++ % setup.facts.size()]));
  }
}
BENCHMARK(BM_Ask);

// A profile, with the layer of its consent, seen by ten peers in turn.
void BM_AskProfile(benchmark::State& state) {
  const std::vector<std::string> peers = {"AR", "BR", "CL", "CR", "EC",
                                          "MX", "PA", "PE", "PY", "UY"};
  const std::string rule = absl::StrCat(
      "rules { id: 'r' effect: EFFECT_PERMIT directions: DIRECTION_SEND "
      "kinds: RECORD_KIND_PROFILE fields: '*' level: LEVEL_RAW "
      "purposes: PURPOSE_JOB_MATCHING when: 'profile.active && "
      "!record.imported && peer.country in consent.countries' ",
      kCitation, "}");
  PolicySources sources;
  sources.national = National(rule);
  std::vector<Question> questions;
  for (const std::string& peer : peers) {
    sources.mous.push_back(Agreement(rule, "CO", peer));
    Question question = AskVacancy(peer);
    question.kind = RecordKind::kProfile;
    questions.push_back(question);
  }
  const auto set = PolicySet::Load(Country::Of("CO"), sources);
  if (!set.ok()) return state.SkipWithError("the documents do not load");
  Facts facts(RecordKind::kProfile);
  std::vector<std::string> sections;
  for (const auto section : ConsentSections()) sections.emplace_back(section);
  facts.Set("profile.active", true);
  facts.Set("record.imported", false);
  facts.Set("consent.given", true);
  facts.Set("consent.countries",
            std::vector<std::string>(peers.begin(), peers.end() - 3));
  facts.Set("consent.purposes", std::vector<std::string>{"job_matching"});
  facts.Set("consent.sections", sections);
  facts.Set("consent.expires", absl::CivilDay(2026, 12, 1));
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        (*set)->Ask(questions[i++ % questions.size()], facts));
  }
}
BENCHMARK(BM_AskProfile);

// With a copy of the decision.
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

// And every id read.
void BM_AskAndRead(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Read(*setup.set->Ask(question, setup.facts[i++ % setup.facts.size()])));
  }
}
BENCHMARK(BM_AskAndRead);

// Each decision timed by itself; nothing is subtracted: the clock's own cost,
// which clock_p50_ns gives, is in the figures.
template <typename Decide>
void Percentiles(benchmark::State& state, Decide decide) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double, std::nano>(Clock::now() - begin)
        .count();
  };
  std::vector<double> samples;
  std::vector<double> clock;
  std::size_t i = 0;
  for (auto _ : state) {
    const Facts& facts = setup.facts[i++ % setup.facts.size()];
    clock.push_back(since(Clock::now()));
    const auto begin = Clock::now();
    benchmark::DoNotOptimize(decide(*setup.set, question, facts));
    samples.push_back(since(begin));
  }
  std::sort(samples.begin(), samples.end());
  std::sort(clock.begin(), clock.end());
  state.counters["p50_ns"] = samples[samples.size() / 2];
  state.counters["p99_ns"] = samples[samples.size() * 99 / 100];
  state.counters["clock_p50_ns"] = clock[clock.size() / 2];
}

void BM_AskPercentiles(benchmark::State& state) {
  Percentiles(state, [](const PolicySet& set, const Question& question,
                        const Facts& facts) {
    const Answer answer = set.Ask(question, facts);
    return answer->levels[0].stored() + answer->deciding.size() +
           static_cast<std::size_t>(answer->obligations.retention_days);
  });
}
BENCHMARK(BM_AskPercentiles)->Iterations(500000);

void BM_DecidePercentiles(benchmark::State& state) {
  Percentiles(state,
              [](const PolicySet& set, const Question& question,
                 const Facts& facts) { return set.Decide(question, facts); });
}
BENCHMARK(BM_DecidePercentiles)->Iterations(500000);

double MedianOf(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return samples.empty() ? 0 : samples[samples.size() / 2];
}

// The ratio is that of the medians, so that a pause of the machine does not
// show in it.
void BM_DecideNaive(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  const auto nanos = [](Clock::duration duration) {
    return std::chrono::duration<double, std::nano>(duration).count();
  };
  std::size_t i = 0;
  std::vector<double> naive;
  std::vector<double> compiled;
  for (auto _ : state) {
    const Facts& facts = setup.facts[i++ % setup.facts.size()];
    const auto begin = Clock::now();
    const Decision slow =
        reference::Evaluator(setup.documents, question, facts).Decide();
    const auto middle = Clock::now();
    const Answer fast = setup.set->Ask(question, facts);
    const auto end = Clock::now();
    naive.push_back(nanos(middle - begin));
    compiled.push_back(nanos(end - middle));
    if (slow.levels != fast->levels) state.SkipWithError("they disagree");
  }
  state.counters["naive_to_compiled"] = MedianOf(naive) / MedianOf(compiled);
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

void BM_NextChange(benchmark::State& state) {
  const Setup& setup = TheSetup();
  const Question question = AskVacancy();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        setup.set->NextChange(question, setup.facts[i++ % setup.facts.size()]));
  }
}
BENCHMARK(BM_NextChange);

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
