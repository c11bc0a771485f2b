// The search index with the texts of generated vacancies: filling it, changing
// what is in it, finding. One "item" is a document or a query.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "storage/sqlite/sqlite.h"
#include "tests/generator/sample_generator.h"

namespace minga::storage {
namespace {

constexpr int kDocuments = 40'000;
const Country kColombia = Country::Of("CO");

// An index in a folder of its own.
class BenchIndex {
 public:
  BenchIndex() {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-bench-XXXXXX")
            .string();
    if (mkdtemp(name.data()) == nullptr) return;
    folder_ = name;
    auto index = OpenSqliteSearchIndex(folder_ + "/index.db");
    if (index.ok()) index_ = *std::move(index);
  }
  ~BenchIndex() {
    index_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  BenchIndex(const BenchIndex&) = delete;
  BenchIndex& operator=(const BenchIndex&) = delete;
  SearchIndex* operator->() { return index_.get(); }

 private:
  std::string folder_;
  std::unique_ptr<SearchIndex> index_;
};

// The nth vacancy as it is after `changes` changes.
SearchDocument DocumentOf(int n, int changes, RowNo row) {
  static const testing::SampleGenerator samples(7,
                                                absl::CivilDay(2026, 11, 21));
  const v1::Vacancy vacancy =
      samples.Vacancy(kColombia, static_cast<std::uint64_t>(n));
  SearchDocument document;
  document.row = row;
  document.key = {kColombia, RecordKind::kVacancy, vacancy.id()};
  document.language = vacancy.texts(0).language();
  document.title = vacancy.texts(0).title();
  document.body = vacancy.texts(0).description();
  if (changes > 0) absl::StrAppend(&document.body, " Turno ", changes, ".");
  absl::StrAppend(&document.body, "\n", vacancy.employer().name());
  for (const v1::Skill& skill : vacancy.skills()) {
    absl::StrAppend(&document.body, "\n", skill.label());
  }
  document.occupation = vacancy.occupation().isco();
  return document;
}

// Puts all documents in the form of `changes`, each in the place of its last
// form, `batch` a transaction. Only Apply is timed.
void Change(BenchIndex& index, int changes, int batch,
            benchmark::State* state) {
  for (int first = 0; first < kDocuments; first += batch) {
    if (state != nullptr) state->PauseTiming();
    std::vector<SearchDocument> put;
    std::vector<RowNo> gone;
    for (int n = first; n < first + batch; ++n) {
      const RowNo row = n + 1 + RowNo{kDocuments} * changes;
      put.push_back(DocumentOf(n, changes, row));
      if (changes > 0) gone.push_back(row - kDocuments);
    }
    if (state != nullptr) state->ResumeTiming();
    const absl::Status applied =
        index->Apply(put, gone, {put.back().row, put.back().row});
    if (!applied.ok() && state != nullptr) {
      state->SkipWithError(applied.ToString().c_str());
    }
  }
}

void IndexInsert(benchmark::State& state) {
  for (auto _ : state) {
    BenchIndex index;
    Change(index, 0, static_cast<int>(state.range(0)), &state);
  }
  state.SetItemsProcessed(state.iterations() * kDocuments);
}
BENCHMARK(IndexInsert)
    ->Arg(1000)
    ->Arg(8000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void IndexReplace(benchmark::State& state) {
  BenchIndex index;
  Change(index, 0, 8000, nullptr);
  int changes = 0;
  for (auto _ : state) {
    Change(index, ++changes, static_cast<int>(state.range(0)), &state);
  }
  state.SetItemsProcessed(state.iterations() * kDocuments);
}
BENCHMARK(IndexReplace)
    ->Arg(1000)
    ->Arg(8000)
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);

// After many small changes, when the index has the most segments, and when they
// have been merged.
void IndexSearch(benchmark::State& state) {
  static const char* const kQueries[] = {
      "soldador", "cuidador personas mayores", "trabajar soledad",
      "certificado planos taller", "de"};
  BenchIndex index;
  Change(index, 0, 8000, nullptr);
  Change(index, 1, 250, nullptr);
  const bool merged = state.range(1) != 0;
  for (bool more = merged; more;) more = index->Merge().value_or(false);
  SearchQuery query;
  query.text = kQueries[state.range(0)];
  std::size_t hits = 0;
  for (auto _ : state) {
    const auto found = index->Search(query);
    if (!found.ok()) {
      state.SkipWithError(found.status().ToString().c_str());
      return;
    }
    hits = found->size();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(absl::StrCat(query.text, ": ", hits, " hits"));
}
BENCHMARK(IndexSearch)
    ->ArgsProduct({benchmark::CreateDenseRange(0, 4, 1), {0, 1}})
    ->ArgNames({"query", "merged"})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace minga::storage

BENCHMARK_MAIN();
