// How long the search for a generalisation takes: Adult (30,162 records, nine
// quasi-identifiers, k = 5) and 1,185,424 records made from it. Published for
// Flash on such data: 27 ms and 2.48 s (Kohlmayer et al. 2012).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <random>
#include <vector>

#include "policy/anonymity/search.h"
#include "tests/conformance/anonymity/data_set.h"

namespace minga::policy::anonymity {
namespace {

constexpr std::uint64_t kManyRecords = 1'185'424;

const DataSet* Adult() {
  static const DataSet* const adult = []() -> const DataSet* {
    const auto folder = FindDataSet("adult");
    if (!folder.has_value()) return nullptr;
    absl::StatusOr<DataSet> set = LoadDataSet(*folder);
    if (!set.ok()) {
      std::fprintf(stderr, "%s\n", set.status().ToString().c_str());
      return nullptr;
    }
    return new DataSet(*std::move(set));
  }();
  return adult;
}

// Each value is drawn by itself from a record of Adult, or, three times of
// four, together with its neighbours, so that both wide and dense parts occur.
std::vector<std::vector<ValueId>> ManyRecords(const DataSet& adult) {
  std::mt19937_64 random(20261121);
  const std::size_t tuples = adult.histogram.size();
  std::vector<std::vector<ValueId>> records;
  records.reserve(kManyRecords);
  for (std::uint64_t i = 0; i < kManyRecords; ++i) {
    const auto whole = adult.histogram.Tuple(random() % tuples);
    std::vector<ValueId> record(whole.begin(), whole.end());
    if (random() % 4 == 0) {
      const std::size_t at = random() % record.size();
      record[at] = adult.histogram.Tuple(random() % tuples)[at];
    }
    records.push_back(std::move(record));
  }
  return records;
}

void Report(const absl::StatusOr<Generalisation>& found,
            benchmark::State& state) {
  if (!found.ok()) {
    state.SkipWithError(found.status().ToString().c_str());
    return;
  }
  state.counters["lattice"] = static_cast<double>(found->lattice);
  state.counters["counted"] = static_cast<double>(found->counted);
  state.counters["loss"] = found->loss;
}

void BM_SearchAdult(benchmark::State& state) {
  const DataSet* adult = Adult();
  if (adult == nullptr) return state.SkipWithError("SKIPPED: no Adult data");
  Aim aim;
  aim.k = 5;
  aim.suppression_limit = static_cast<double>(state.range(0)) / 100;
  absl::StatusOr<Generalisation> found = absl::UnknownError("not run");
  for (auto _ : state) {
    found = FindGeneralisation(adult->hierarchies, adult->histogram, aim);
  }
  Report(found, state);
}
BENCHMARK(BM_SearchAdult)->Arg(0)->Arg(2)->Unit(benchmark::kMillisecond);

void BM_HistogramAndSearchMany(benchmark::State& state) {
  const DataSet* adult = Adult();
  if (adult == nullptr) return state.SkipWithError("SKIPPED: no Adult data");
  const auto records = ManyRecords(*adult);
  absl::StatusOr<Generalisation> found = absl::UnknownError("not run");
  std::size_t distinct = 0;
  for (auto _ : state) {
    Histogram histogram(adult->hierarchies.size());
    for (const auto& record : records) histogram.Add(record);
    distinct = histogram.size();
    found = FindGeneralisation(adult->hierarchies, histogram, Aim());
  }
  state.counters["distinct"] = static_cast<double>(distinct);
  Report(found, state);
}
BENCHMARK(BM_HistogramAndSearchMany)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace minga::policy::anonymity

BENCHMARK_MAIN();
