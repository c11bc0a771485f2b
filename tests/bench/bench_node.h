// What the benchmarks inside one process share: a node without wire, the
// delivered law of Colombia, and readings of the process.
#ifndef MINGA_TESTS_BENCH_BENCH_NODE_H_
#define MINGA_TESTS_BENCH_BENCH_NODE_H_

#include <stdlib.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "federation/mou.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "node/exchange/offices.h"
#include "storage/sqlite/sqlite.h"
#include "tests/bench/command_line.h"

namespace minga::testing {

inline constexpr const char* kBenchPeers[] = {"AR", "BR", "CL", "CR", "EC",
                                              "MX", "PA", "PE", "PY", "UY"};

// A file under deploy/policy.
inline std::string ReadPack(const std::string& name) {
  const char* source = std::getenv("MINGA_SOURCE_DIR");
  const std::string path =
      absl::StrCat(source == nullptr ? "." : source, "/deploy/policy/", name);
  std::ifstream file(path, std::ios::binary);
  if (!file) Die(absl::StrCat("cannot read ", path));
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

// A field of /proc/self/status in MB: "VmRSS:", "VmHWM:".
inline double ProcessMegabytes(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, field)) {
      return std::atof(line.c_str() + std::strlen(field)) / 1000;
    }
  }
  return 0;
}

// Of all threads of this process: what a quiet machine would take at most.
inline double ProcessorSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

// Wall and processor seconds since it was made.
class Watch {
 public:
  double seconds() const { return absl::ToDoubleSeconds(absl::Now() - start_); }
  double processor() const { return ProcessorSeconds() - used_; }

 private:
  const absl::Time start_ = absl::Now();
  const double used_ = ProcessorSeconds();
};

// So that the peak is that of what follows.
inline void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// Measured is what follows an activation, not what admits a document.
class AdmitAll final : public exchange::ActivationGate {
 public:
  absl::StatusOr<exchange::Admission> Admit(
      const exchange::Candidate&) const override {
    return exchange::Admission();
  }
};

// The exchange of Colombia in a temporary folder.
class BenchNode {
 public:
  static constexpr Country kOwn = Country::Of("CO");

  BenchNode() : clock_(absl::Now()) {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-bench-XXXXXX")
            .string();
    if (mkdtemp(name.data()) == nullptr) Die("no temporary folder");
    folder_ = name;
    storage::SqliteOptions options;
    options.path = folder_ + "/node.db";
    options.own = kOwn;
    options.node_key = std::string(32, 'k');
    options.random = &random_;
    auto database = storage::OpenSqliteDatabase(options);
    Must(database.status(), "database");
    database_ = *std::move(database);
    auto index = storage::OpenSqliteSearchIndex(folder_ + "/index.db");
    Must(index.status(), "index");
    index_ = *std::move(index);
    auto offices = exchange::OpenOffices(
        {kOwn, database_.get(), index_.get(), &clock_, &random_, &gate_});
    Must(offices.status(), "offices");
    offices_ = *std::move(offices);
  }
  ~BenchNode() {
    offices_ = exchange::Offices();
    database_.reset();
    index_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  BenchNode(const BenchNode&) = delete;
  BenchNode& operator=(const BenchNode&) = delete;

  // Law, and the first `count` of kBenchPeers with a memorandum each.
  void MakeLaw(std::size_t count) {
    Must(offices_.desk
             ->Activate("operator", exchange::PolicyDocument::kNational,
                        National())
             .status(),
         "activate");
    const absl::CivilDay today = DayOf(clock_.Now());
    for (std::size_t i = 0; i < count; ++i) {
      const PeerId peer = *Country::Parse(kBenchPeers[i]);
      Must(database_->Write([&](storage::Transaction& transaction) {
        storage::PeerRow row;
        row.id = peer;
        row.descriptor = "descriptor";
        row.pseudonym_key = random_.Bytes(32);
        return transaction.peers().Put(row);
      }),
           "peer");
      Must(offices_.desk->PeerChanged("operator", peer).status(), "peer");
      const auto mou =
          federation::DraftMou(ReadPack("mou/template.textproto"), kOwn, peer,
                               FormatDay(today), FormatDay(today + 365));
      Must(mou.status(), "draft");
      Must(
          offices_.desk->KeepMou("operator", peer, "note", *mou, true).status(),
          "sign");
    }
  }

  static policy::DocumentSource National() {
    return {"national.textproto", ReadPack("co/national.textproto")};
  }

  // What the database takes on disk now.
  double DatabaseBytes() const {
    double bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      if (absl::StartsWith(file.path().filename().string(), "node.db")) {
        bytes += static_cast<double>(file.file_size());
      }
    }
    return bytes;
  }

  const std::string& folder() const { return folder_; }
  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  storage::Database& database() { return *database_; }
  const exchange::Offices& offices() const { return offices_; }

 private:
  SimulatedClock clock_;
  SystemRandom random_;
  AdmitAll gate_;
  std::string folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::SearchIndex> index_;
  exchange::Offices offices_;
};

}  // namespace minga::testing

#endif  // MINGA_TESTS_BENCH_BENCH_NODE_H_
