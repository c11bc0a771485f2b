// How fast files become records, and how fast samples are made.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "minga/v1/pes.pb.h"
#include "node/exchange/import/jsonl.h"
#include "node/exchange/import/mapping.h"
#include "node/exchange/import/reader.h"
#include "tests/generator/sample_generator.h"

namespace minga {
namespace {

constexpr std::uint64_t kRows = 5000;

const testing::SampleGenerator& Samples() {
  static const auto* const samples =
      new testing::SampleGenerator(1, absl::CivilDay(2026, 11, 21));
  return *samples;
}

void ReadAll(benchmark::State& state, const std::string& data,
             const importing::ReadOptions& options) {
  std::int64_t rows = 0;
  for (const auto unused : state) {
    auto source = importing::ReadRecords(importing::BytesOf(data), options);
    while (true) {
      const auto row = (*source)->Next();
      if (!row.ok() || (row->has_value() && !(*row)->status.ok())) {
        state.SkipWithError("a row was refused");
        return;
      }
      if (!row->has_value()) break;
      ++rows;
    }
  }
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(data.size()));
}

void BM_JsonLines(benchmark::State& state) {
  std::string data;
  for (std::uint64_t n = 0; n < kRows; ++n) {
    v1::Record record;
    *record.mutable_vacancy() = Samples().Vacancy(Country::Of("CO"), n);
    absl::StrAppend(&data, *importing::FormatRecordLine(record, nullptr), "\n");
  }
  ReadAll(state, data, {});
}
BENCHMARK(BM_JsonLines)->Unit(benchmark::kMillisecond);

void BM_Csv(benchmark::State& state) {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  auto mapping = importing::Mapping::Load(
      absl::StrCat(root != nullptr ? root : ".",
                   "/deploy/mappings/mx-pes-empleos-2018.toml"));
  if (!mapping.ok()) {
    state.SkipWithError("no mapping: run in the source folder");
    return;
  }
  importing::ReadOptions options;
  options.mapping = *std::move(mapping);
  std::string data =
      "date,offer,salary,start_hour,end_hour,hours_worked,monday,tuesday,"
      "wednesday,thursday,friday,saturday,sunday,days_worked,state,"
      "municipality\n";
  for (std::uint64_t n = 0; n < kRows; ++n) {
    absl::StrAppend(&data, "2018-08-01 08:15:27.", 100000 + n,
                    ",operario de produccion,4300,800,1800,10.0,1,1,1,1,1,1,0,6"
                    ",San Luis Potosí,Ciudad Valles\n");
  }
  ReadAll(state, data, options);
}
BENCHMARK(BM_Csv)->Unit(benchmark::kMillisecond);

void BM_SampleVacancy(benchmark::State& state) {
  std::uint64_t n = 0;
  for (const auto unused : state) {
    benchmark::DoNotOptimize(Samples().Vacancy(Country::Of("CO"), n++));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SampleVacancy);

void BM_SamplePerson(benchmark::State& state) {
  std::uint64_t n = 0;
  for (const auto unused : state) {
    benchmark::DoNotOptimize(Samples().Person(Country::Of("CO"), n++));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SamplePerson);

}  // namespace
}  // namespace minga

BENCHMARK_MAIN();
