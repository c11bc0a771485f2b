// What `minga policy diff` costs on a full store: seconds and megabytes of
// comparing two sets of law for every record and every peer. The records are
// put straight into the store, without feeds: a comparison reads none.
//
// usage: diff_bench [--records N] [--profiles PERCENT] [--json]
// Reads the packs from $MINGA_SOURCE_DIR, or the current folder.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
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
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "federation/mou.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "node/base/status.h"
#include "node/exchange/content.h"
#include "node/exchange/offices.h"
#include "node/exchange/subject.h"
#include "storage/sqlite/sqlite.h"
#include "tests/generator/sample_generator.h"

namespace minga::exchange {
namespace {

constexpr Country kOwn = Country::Of("CO");
constexpr const char* kPeers[] = {"AR", "BR", "CL", "CR", "EC",
                                  "MX", "PA", "PE", "PY", "UY"};
constexpr int kBatch = 2000;

struct Options {
  int records = 1'000'000;
  int profiles_percent = 10;
  bool json = false;
};

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "diff_bench: %s\n", what.c_str());
  std::exit(1);
}

void Must(const absl::Status& status, const char* what) {
  if (!status.ok()) Die(absl::StrCat(what, ": ", status.ToString()));
}

std::string ReadPack(const std::string& name) {
  const char* source = std::getenv("MINGA_SOURCE_DIR");
  const std::string path =
      absl::StrCat(source == nullptr ? "." : source, "/deploy/policy/", name);
  std::ifstream file(path, std::ios::binary);
  if (!file) Die(absl::StrCat("cannot read ", path));
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

// Measured is the comparison, not what admits a document.
class AdmitAll final : public ActivationGate {
 public:
  absl::StatusOr<Admission> Admit(const Candidate&) const override {
    return Admission();
  }
};

// A field of /proc/self/status in MB.
double ProcessMegabytes(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, field)) {
      return std::atof(line.c_str() + std::strlen(field)) / 1000;
    }
  }
  return 0;
}

// Of all threads of this process: what a quiet machine would take at most.
double ProcessorSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

// So that the peak is that of what follows.
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Node {
 public:
  Node() : clock_(absl::Now()) {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-diff-XXXXXX").string();
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
    auto offices = OpenOffices(
        {kOwn, database_.get(), index_.get(), &clock_, &random_, &gate_});
    Must(offices.status(), "offices");
    offices_ = *std::move(offices);
  }
  ~Node() {
    offices_ = Offices();
    database_.reset();
    index_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void MakeLaw() {
    Must(offices_.desk
             ->Activate("operator", PolicyDocument::kNational, National())
             .status(),
         "activate");
    const absl::CivilDay today = DayOf(clock_.Now());
    for (const char* name : kPeers) {
      const PeerId peer = *Country::Parse(name);
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

  void Fill(const Options& options) {
    const testing::SampleGenerator samples(7, DayOf(clock_.Now()));
    for (int begin = 0; begin < options.records; begin += kBatch) {
      const int end = std::min(options.records, begin + kBatch);
      Must(database_->Write([&](storage::Transaction& transaction) {
        for (int i = begin; i < end; ++i) {
          const auto n = static_cast<std::uint64_t>(i);
          MINGA_RETURN_IF_ERROR(i % 100 < options.profiles_percent
                                    ? PutPerson(samples, n, transaction)
                                    : PutVacancy(samples, n, transaction));
        }
        return absl::OkStatus();
      }),
           "put");
    }
  }

  static policy::DocumentSource National() {
    return {"national.textproto", ReadPack("co/national.textproto")};
  }

  void Measure(const Options& options, const char* name, PolicyDocument which,
               const policy::DocumentSource& document) const {
    ForgetPeak();
    const double used = ProcessorSeconds();
    const absl::Time start = absl::Now();
    const auto differences = offices_.diff->Compare(
        which, document, [](std::int64_t, std::int64_t) { return true; });
    Must(differences.status(), "compare");
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    const double processor = ProcessorSeconds() - used;
    std::int64_t changed = 0;
    for (const Difference& difference : *differences) {
      changed += difference.records;
    }
    const double peak = ProcessMegabytes("VmHWM:");
    if (options.json) {
      absl::PrintF(
          "{\"diff\":\"%s\",\"records\":%d,\"peers\":%d,\"seconds\":%.1f,"
          "\"processor_seconds\":%.1f,\"peak_mb\":%.0f,\"groups\":%d,"
          "\"changes\":%d}\n",
          name, options.records, std::size(kPeers), seconds, processor, peak,
          differences->size(), changed);
    } else {
      absl::PrintF(
          "%-24s %6.1f s (processor %5.1f s)  %5.0f MB at most  %5d groups, "
          "%9d changes\n",
          name, seconds, processor, peak, differences->size(), changed);
    }
    std::fflush(stdout);
  }

 private:
  absl::Status PutVacancy(const testing::SampleGenerator& samples,
                          std::uint64_t n, storage::Transaction& transaction) {
    const v1::Vacancy vacancy = samples.Vacancy(kOwn, n);
    storage::StoredRecord record;
    record.key = {kOwn, RecordKind::kVacancy, vacancy.id()};
    record.body = SerialiseContent(vacancy);
    record.digest = Sha256(record.body);
    record.changed_at = clock_.Now();
    return transaction.records().Put(record, /*own=*/true).status();
  }

  absl::Status PutPerson(const testing::SampleGenerator& samples,
                         std::uint64_t n, storage::Transaction& transaction) {
    const testing::SamplePerson person = samples.Person(kOwn, n);
    storage::StoredRecord record;
    record.key = {kOwn, RecordKind::kProfile, person.profile.id()};
    MINGA_ASSIGN_OR_RETURN(const std::string key,
                           transaction.people().KeyOrNew(record.key.id));
    const std::string message = SerialiseContent(person.profile);
    record.digest = Sha256(message);
    MINGA_ASSIGN_OR_RETURN(record.body,
                           SealProfile(record.key, key, message, random_));
    record.changed_at = clock_.Now();
    MINGA_RETURN_IF_ERROR(
        transaction.records().Put(record, /*own=*/true).status());
    if (!person.consent.has_value()) return absl::OkStatus();
    MINGA_ASSIGN_OR_RETURN(const absl::CivilDay ends,
                           ParseDay(person.consent->expires()));
    return transaction.people().SetConsent(
        record.key.id, SerialiseContent(*person.consent), ends);
  }

  SimulatedClock clock_;
  SystemRandom random_;
  AdmitAll gate_;
  std::string folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::SearchIndex> index_;
  Offices offices_;
};

policy::DocumentSource Override(absl::string_view rule) {
  return {"override.textproto",
          absl::StrCat("node_override { country: 'CO' rules { id: 'own.rule' "
                       "effect: EFFECT_FORBID directions: DIRECTION_SEND "
                       "kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE] ",
                       rule, " } }")};
}

int Main(const Options& options) {
  Node node;
  node.MakeLaw();
  const absl::Time start = absl::Now();
  node.Fill(options);
  if (!options.json) {
    absl::PrintF("%d records (%d%% profiles), %d peers; stored in %.0f s\n",
                 options.records, options.profiles_percent, std::size(kPeers),
                 absl::ToDoubleSeconds(absl::Now() - start));
  }
  node.Measure(options, "the same law", PolicyDocument::kNational,
               Node::National());
  node.Measure(options, "one peer gets nothing", PolicyDocument::kOverride,
               Override("fields: '*' peers: 'MX'"));
  node.Measure(options, "two fields are coarser", PolicyDocument::kOverride,
               {"override.textproto",
                "node_override { country: 'CO' rules { id: 'own.pay' effect: "
                "EFFECT_FORBID directions: DIRECTION_SEND kinds: "
                "RECORD_KIND_VACANCY fields: 'pay' } rules { id: 'own.isco' "
                "effect: EFFECT_FORBID directions: DIRECTION_SEND kinds: "
                "RECORD_KIND_VACANCY fields: 'occupation.isco' level: "
                "LEVEL_GENERALISE generalise_steps: 1 } }"});
  node.Measure(options, "everything is withdrawn", PolicyDocument::kOverride,
               Override("fields: '*'"));
  return 0;
}

}  // namespace
}  // namespace minga::exchange

int main(int argc, char** argv) {
  minga::exchange::Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      options.json = true;
    } else if (std::strcmp(argv[i], "--records") == 0 && i + 1 < argc) {
      options.records = std::max(1, std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--profiles") == 0 && i + 1 < argc) {
      options.profiles_percent = std::clamp(std::atoi(argv[++i]), 0, 100);
    } else {
      std::fprintf(stderr,
                   "usage: diff_bench [--records N] [--profiles PERCENT] "
                   "[--json]\n");
      return 2;
    }
  }
  return minga::exchange::Main(options);
}
