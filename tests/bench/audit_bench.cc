// The audit log: durable appends, checkpoints and proofs of a log of 10,000,000
// entries (MINGA_BENCH_LEAVES), full verification of an export on one core, and
// beside it the plain SHA-256 of the same bytes: what no verifier can beat.
// One "item" is an entry.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/crypto/sign.h"
#include "node/base/note.h"
#include "node/base/random.h"
#include "node/base/status.h"
#include "storage/evidence/folder_verifier.h"
#include "storage/evidence/log_keys.h"
#include "storage/merkle.h"
#include "storage/sqlite/sqlite.h"

namespace minga::storage {
namespace {

constexpr int kBatch = 10'000;
// A decision's entry as stored: about what AuditEntry takes.
constexpr std::size_t kEntryBytes = 130;
constexpr LeafIndex kExported = 1'000'000;

LeafIndex BigLog() {
  const char* text = std::getenv("MINGA_BENCH_LEAVES");
  LeafIndex leaves = 0;
  return text != nullptr && absl::SimpleAtoi(text, &leaves) ? leaves
                                                            : 10'000'000;
}

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "audit_bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

std::string EntryOf(LeafIndex index) {
  std::string entry = absl::StrCat("entry ", index, " ");
  entry.resize(kEntryBytes, 'e');
  return entry;
}

// A database in a folder of its own, filled once.
class Log {
 public:
  Log() {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-bench-XXXXXX")
            .string();
    if (mkdtemp(name.data()) == nullptr) Must(absl::InternalError("mkdtemp"));
    folder_ = name;
    SqliteOptions options;
    options.path = name + "/node.db";
    options.own = Country::Of("CO");
    options.node_key = std::string(32, 'k');
    options.random = &random_;
    auto database = OpenSqliteDatabase(options);
    Must(database.status());
    database_ = *std::move(database);
    key_ = SigningKey::Generate(random_).value();
    verifier_ = {"minga/co/spe", NoteKeyType::kEd25519, key_->public_key()};
  }
  ~Log() {
    database_ = nullptr;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void Grow(LeafIndex size) {
    while (size_ < size) {
      Must(database_->Write([&](Transaction& t) -> absl::Status {
        for (int i = 0; i < kBatch && size_ < size; ++i, ++size_) {
          MINGA_RETURN_IF_ERROR(t.audit().Append(EntryOf(size_)).status());
        }
        return absl::OkStatus();
      }));
    }
  }
  // As the log keeper does: root, signature, commit.
  void Sign() {
    Must(database_->Write([&](Transaction& t) -> absl::Status {
      Checkpoint checkpoint;
      checkpoint.origin = verifier_.name;
      MINGA_ASSIGN_OR_RETURN(checkpoint.size, t.audit().Size());
      MINGA_ASSIGN_OR_RETURN(checkpoint.root,
                             RootAt(t.audit(), checkpoint.size));
      Note note;
      note.text = checkpoint.Body();
      note.signatures = {SignNote(note.text, verifier_.name, *key_)};
      note_ = note.Serialize();
      root_ = checkpoint.root;
      return t.audit().SaveCheckpoint(note_, checkpoint.size);
    }));
  }
  void Export(const std::filesystem::path& to) {
    Sign();
    Must(database_->Read([&](const Snapshot& s) -> absl::Status {
      return VisitTiles(size_, 0, [&](const TileName& name) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::string bytes,
                               ReadTileFile(s.audit(), name));
        const auto path = to / TilePath(name.level, name.index, name.width);
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << bytes;
        return absl::OkStatus();
      });
    }));
    LogKeys keys;
    keys.log = {verifier_};
    std::ofstream(to / "keys") << keys.Text();
    std::ofstream(to / "checkpoint") << note_;
  }

  Database& database() { return *database_; }
  const NoteVerifier& verifier() const { return verifier_; }
  const Digest& root() const { return root_; }
  LeafIndex size() const { return size_; }
  std::filesystem::path folder() const { return folder_; }

 private:
  SystemRandom random_;
  std::filesystem::path folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SigningKey> key_;
  NoteVerifier verifier_;
  std::string note_;
  Digest root_{};
  LeafIndex size_ = 0;
};

// Built at its first use: the appends are measured in their own log.
Log& Big() {
  static Log log;
  if (log.size() == 0) {
    log.Grow(BigLog());
    log.Sign();
  }
  return log;
}

void AppendDurable(benchmark::State& state) {
  Log log;
  for (auto _ : state) log.Grow(log.size() + kBatch);
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(AppendDurable)->Unit(benchmark::kMillisecond)->UseRealTime();

void CheckpointOfBigLog(benchmark::State& state) {
  Log& log = Big();
  for (auto _ : state) log.Sign();
  state.counters["leaves"] = static_cast<double>(log.size());
}
BENCHMARK(CheckpointOfBigLog)->Unit(benchmark::kMillisecond)->UseRealTime();

void InclusionProofInBigLog(benchmark::State& state) {
  Log& log = Big();
  SeededRandom random(7);
  for (auto _ : state) {
    Must(log.database().Read([&](const Snapshot& s) -> absl::Status {
      return ProveInclusion(s.audit(), random.Below(log.size()), log.size())
          .status();
    }));
  }
}
BENCHMARK(InclusionProofInBigLog)->Unit(benchmark::kMicrosecond)->UseRealTime();

void ConsistencyProofInBigLog(benchmark::State& state) {
  Log& log = Big();
  SeededRandom random(7);
  for (auto _ : state) {
    Must(log.database().Read([&](const Snapshot& s) -> absl::Status {
      return ProveConsistency(s.audit(), 1 + random.Below(log.size() - 1),
                              log.size())
          .status();
    }));
  }
}
BENCHMARK(ConsistencyProofInBigLog)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

void VerifyExport(benchmark::State& state) {
  Log log;
  log.Grow(kExported);
  log.Export(log.folder() / "export");
  const FolderFiles files((log.folder() / "export").string());
  FolderQuestion question;
  question.log_keys = {log.verifier()};
  for (auto _ : state) {
    const auto verdict = VerifyFolder(files, question);
    Must(verdict.status());
    if (!verdict->faults.empty()) {
      Must(absl::DataLossError(verdict->faults.front()));
    }
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(kExported));
}
BENCHMARK(VerifyExport)->Unit(benchmark::kMillisecond);

// The baseline: every byte of the tree once, in one piece each.
void PlainSha256OfTheSameBytes(benchmark::State& state) {
  std::string entries;
  for (LeafIndex i = 0; i < 1000; ++i) entries += EntryOf(i);
  const std::string nodes(64, 'n');
  for (auto _ : state) {
    for (LeafIndex i = 0; i < kExported; ++i) {
      const std::size_t at = static_cast<std::size_t>(i % 1000) * kEntryBytes;
      benchmark::DoNotOptimize(
          Sha256(absl::string_view(entries).substr(at, kEntryBytes)));
      benchmark::DoNotOptimize(Sha256(nodes));  // one inner node a leaf
    }
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(kExported));
}
BENCHMARK(PlainSha256OfTheSameBytes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace minga::storage

BENCHMARK_MAIN();
