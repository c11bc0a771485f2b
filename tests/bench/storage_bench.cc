// The rates of storage: a bulk load of records with the feed rows and audit
// leaves they cause, appends, single commits, and the search index. One
// "item" is a record, an entry or a document.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/random.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/temporary_folder.h"

namespace minga::storage {
namespace {

const Country kColombia = Country::Of("CO");
const Country kPeers[] = {
    Country::Of("AR"), Country::Of("BR"), Country::Of("CL"), Country::Of("CR"),
    Country::Of("EC"), Country::Of("MX"), Country::Of("PA"), Country::Of("PE"),
    Country::Of("PY"), Country::Of("UY")};
constexpr int kBatch = 1000;  // kPutBatchRecordsMax
constexpr int kRecordBytes = 1000;

using testing::TemporaryFolder;

std::unique_ptr<Database> OpenIn(const TemporaryFolder& folder,
                                 Random& random) {
  SqliteOptions options;
  options.path = folder / "node.db";
  options.own = kColombia;
  options.node_key = std::string(32, 'k');
  options.random = &random;
  auto database = OpenSqliteDatabase(options);
  return database.ok() ? *std::move(database) : nullptr;
}

// A record with a random id, as national systems give them, its row for each
// of `peers` peers and an audit leaf for each decision.
absl::Status PutOne(Transaction& t, SeededRandom& random, int peers) {
  StoredRecord record;
  record.key = {kColombia, RecordKind::kVacancy, Hex(random.Bytes(16))};
  record.body = std::string(kRecordBytes, 'b');
  record.digest = Sha256(record.key.id);
  MINGA_ASSIGN_OR_RETURN(const PutResult put, t.records().Put(record, true));
  FeedRow row;
  row.key = record.key;
  row.state = ViewState::kShown;
  row.revision = put.revision;
  row.digest = record.digest;
  row.reason = "policy";
  row.explanation = "co.vacancy.share: Ley 1636 de 2013, art. 5";
  for (int peer = 0; peer < peers; ++peer) {
    MINGA_RETURN_IF_ERROR(t.feeds().Put(kPeers[peer], row).status());
    MINGA_RETURN_IF_ERROR(
        t.audit()
            .Append(absl::StrCat(std::string(60, 'd'), record.key.id))
            .status());
  }
  return absl::OkStatus();
}

void BulkPut(benchmark::State& state) {
  const int peers = static_cast<int>(state.range(0));
  const TemporaryFolder folder;
  SystemRandom system_random;
  const auto database = OpenIn(folder, system_random);
  SeededRandom random(1);
  if (database == nullptr ||
      !database
           ->Write([&](Transaction& t) {
             absl::Status status;
             for (int p = 0; p < peers; ++p) {
               status.Update(t.feeds().StartEpoch(kPeers[p], 1));
             }
             return status;
           })
           .ok()) {
    state.SkipWithError("cannot open the database");
    return;
  }
  for (auto _ : state) {
    const absl::Status status = database->Write([&](Transaction& t) {
      absl::Status put;
      for (int i = 0; put.ok() && i < kBatch; ++i) {
        put = PutOne(t, random, peers);
      }
      return put;
    });
    if (!status.ok()) state.SkipWithError(status.ToString().c_str());
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(BulkPut)->Arg(2)->Arg(10)->UseRealTime()->Iterations(100)->Unit(
    benchmark::kMillisecond);

void AuditAppend(benchmark::State& state) {
  const int batch = static_cast<int>(state.range(0));
  const TemporaryFolder folder;
  SystemRandom random;
  const auto database = OpenIn(folder, random);
  if (database == nullptr) {
    state.SkipWithError("cannot open the database");
    return;
  }
  const std::string entry(100, 'e');
  for (auto _ : state) {
    const absl::Status status = database->Write([&](Transaction& t) {
      absl::Status appended;
      for (int i = 0; appended.ok() && i < batch; ++i) {
        appended = t.audit().Append(entry).status();
      }
      return appended;
    });
    if (!status.ok()) state.SkipWithError(status.ToString().c_str());
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(AuditAppend)->Arg(1)->Arg(10000)->UseRealTime();

// Texts of about 1 KB whose words are as unequally common as in a language.
class Texts {
 public:
  Texts() {
    static const char* const syllables[] = {
        "pro", "gra", "ma",  "ción", "dor", "ven", "ta", "tra", "ba", "jo",
        "em",  "ple", "con", "duc",  "tor", "in",  "ge", "nie", "ro", "ca"};
    for (int i = 0; i < 30000; ++i) {
      std::string word;
      for (std::uint64_t n = 2 + random_.Below(3); n > 0; --n) {
        word += syllables[random_.Below(20)];
      }
      words_.push_back(word);
    }
  }
  SearchDocument Document(RowNo row) {
    SearchDocument document;
    document.row = row;
    document.key = {kColombia, RecordKind::kVacancy, absl::StrCat("v", row)};
    document.language = row % 5 == 0 ? "pt" : "es";
    document.title = absl::StrCat(Word(), " ", Word(), " ", Word());
    while (document.body.size() < kRecordBytes) {
      absl::StrAppend(&document.body, Word(), " ");
    }
    return document;
  }
  const std::string& Word() {
    // Zipf's law: rank r is drawn about as often as 1 / r.
    const double uniform =
        static_cast<double>(random_.Below(1'000'000)) / 1'000'000;
    const double rank = std::pow(static_cast<double>(words_.size()), uniform);
    return words_[static_cast<std::size_t>(rank) - 1];
  }

 private:
  SeededRandom random_{7};
  std::vector<std::string> words_;
};

absl::Status Load(SearchIndex& index, Texts& texts, RowNo first, int count) {
  std::vector<SearchDocument> batch;
  for (int i = 0; i < count; ++i) batch.push_back(texts.Document(first + i));
  return index.Apply(batch, {}, {first + count - 1, 0});
}

void SearchApply(benchmark::State& state) {
  const int batch = static_cast<int>(state.range(0));
  const TemporaryFolder folder;
  const auto index = OpenSqliteSearchIndex(folder / "search.db");
  Texts texts;
  if (!index.ok() || !Load(**index, texts, 1, 20'000).ok()) {
    state.SkipWithError("cannot open the index");
    return;
  }
  RowNo row = 20'001;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<SearchDocument> documents;
    for (int i = 0; i < batch; ++i) documents.push_back(texts.Document(row++));
    state.ResumeTiming();
    const absl::Status status = (*index)->Apply(documents, {}, {row - 1, 0});
    if (!status.ok()) state.SkipWithError(status.ToString().c_str());
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(SearchApply)
    ->Arg(4000)
    ->UseRealTime()
    ->Iterations(40)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(SearchApply)
    ->Arg(1)
    ->UseRealTime()
    ->Iterations(1000)
    ->Unit(benchmark::kMillisecond);

void Search(benchmark::State& state) {
  const int words = static_cast<int>(state.range(0));
  const TemporaryFolder folder;
  const auto index = OpenSqliteSearchIndex(folder / "search.db");
  Texts texts;
  if (!index.ok()) {
    state.SkipWithError("cannot open the index");
    return;
  }
  for (RowNo row = 1; row < 100'000; row += 4000) {
    if (!Load(**index, texts, row, 4000).ok()) {
      state.SkipWithError("cannot load the index");
      return;
    }
  }
  for (auto _ : state) {
    SearchQuery query;
    for (int i = 0; i < words; ++i) {
      absl::StrAppend(&query.text, texts.Word(), " ");
    }
    const auto hits = (*index)->Search(query);
    if (!hits.ok()) state.SkipWithError(hits.status().ToString().c_str());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Search)->Arg(0)->Arg(1)->Arg(2)->UseRealTime()->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace minga::storage

BENCHMARK_MAIN();
