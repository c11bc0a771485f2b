// What `minga policy diff` costs on a full store: seconds and megabytes of
// comparing two sets of law for every record and every peer. The records are
// put straight into the store, without feeds: a comparison reads none.
//
// usage: diff_bench [--records N] [--profiles PERCENT] [--json]
// Reads the packs from $MINGA_SOURCE_DIR, or the current folder.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/base/status.h"
#include "node/exchange/content.h"
#include "node/exchange/subject.h"
#include "tests/bench/bench_node.h"
#include "tests/bench/command_line.h"
#include "tests/generator/sample_generator.h"

namespace minga::testing {
namespace {

using exchange::PolicyDocument;

constexpr std::size_t kPeers = std::size(kBenchPeers);
constexpr int kBatch = 2000;

struct Options {
  int records = 1'000'000;
  int profiles_percent = 10;
  bool json = false;
};

absl::Status PutVacancy(BenchNode& node, const SampleGenerator& samples,
                        std::uint64_t n, storage::Transaction& transaction) {
  const v1::Vacancy vacancy = samples.Vacancy(BenchNode::kOwn, n);
  storage::StoredRecord record;
  record.key = {BenchNode::kOwn, RecordKind::kVacancy, vacancy.id()};
  record.body = exchange::SerialiseContent(vacancy);
  record.digest = Sha256(record.body);
  record.changed_at = node.clock().Now();
  return transaction.records().Put(record, /*own=*/true).status();
}

absl::Status PutPerson(BenchNode& node, const SampleGenerator& samples,
                       std::uint64_t n, storage::Transaction& transaction) {
  const SamplePerson person = samples.Person(BenchNode::kOwn, n);
  storage::StoredRecord record;
  record.key = {BenchNode::kOwn, RecordKind::kProfile, person.profile.id()};
  storage::PersonDraft draft;
  draft.person = record.key.id;
  MINGA_ASSIGN_OR_RETURN(const std::string key,
                         transaction.people().KeyOrNew(draft));
  const std::string message = exchange::SerialiseContent(person.profile);
  record.digest = Sha256(message);
  MINGA_ASSIGN_OR_RETURN(
      record.body,
      exchange::SealProfile(record.key, key, message, node.random()));
  record.changed_at = node.clock().Now();
  MINGA_RETURN_IF_ERROR(
      transaction.records().Put(record, /*own=*/true).status());
  if (!person.consent.has_value()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const absl::CivilDay ends,
                         ParseDay(person.consent->expires()));
  return transaction.people().SetConsent(
      record.key.id, exchange::SerialiseContent(*person.consent), ends);
}

void Fill(BenchNode& node, const Options& options) {
  const SampleGenerator samples(7, DayOf(node.clock().Now()));
  for (int begin = 0; begin < options.records; begin += kBatch) {
    const int end = std::min(options.records, begin + kBatch);
    Must(node.database().Write([&](storage::Transaction& transaction) {
      for (int i = begin; i < end; ++i) {
        const auto n = static_cast<std::uint64_t>(i);
        MINGA_RETURN_IF_ERROR(i % 100 < options.profiles_percent
                                  ? PutPerson(node, samples, n, transaction)
                                  : PutVacancy(node, samples, n, transaction));
      }
      return absl::OkStatus();
    }),
         "put");
  }
}

void Measure(const BenchNode& node, const Options& options, const char* name,
             PolicyDocument which, const policy::DocumentSource& document) {
  ForgetPeak();
  const Watch watch;
  const auto differences = node.offices().diff->Compare(
      which, document, [](std::int64_t, std::int64_t) { return true; });
  Must(differences.status(), "compare");
  const double seconds = watch.seconds();
  const double processor = watch.processor();
  std::int64_t changed = 0;
  for (const exchange::Difference& difference : *differences) {
    changed += difference.records;
  }
  const double peak = ProcessMegabytes("VmHWM:");
  if (options.json) {
    absl::PrintF(
        "{\"diff\":\"%s\",\"records\":%d,\"peers\":%d,\"seconds\":%.1f,"
        "\"processor_seconds\":%.1f,\"peak_mb\":%.0f,\"groups\":%d,"
        "\"changes\":%d}\n",
        name, options.records, kPeers, seconds, processor, peak,
        differences->size(), changed);
  } else {
    absl::PrintF(
        "%-24s %6.1f s (processor %5.1f s)  %5.0f MB at most  %5d groups, "
        "%9d changes\n",
        name, seconds, processor, peak, differences->size(), changed);
  }
  std::fflush(stdout);
}

policy::DocumentSource Override(absl::string_view rule) {
  return {"override.textproto",
          absl::StrCat("node_override { country: 'CO' rules { id: 'own.rule' "
                       "effect: EFFECT_FORBID directions: DIRECTION_SEND "
                       "kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE] ",
                       rule, " } }")};
}

int Main(const Options& options) {
  BenchNode node;
  node.MakeLaw(kPeers);
  const Watch watch;
  Fill(node, options);
  if (!options.json) {
    absl::PrintF("%d records (%d%% profiles), %d peers; stored in %.0f s\n",
                 options.records, options.profiles_percent, kPeers,
                 watch.seconds());
  }
  Measure(node, options, "the same law", PolicyDocument::kNational,
          BenchNode::National());
  Measure(node, options, "one peer gets nothing", PolicyDocument::kOverride,
          Override("fields: '*' peers: 'MX'"));
  Measure(node, options, "two fields are coarser", PolicyDocument::kOverride,
          {"override.textproto",
           "node_override { country: 'CO' rules { id: 'own.pay' effect: "
           "EFFECT_FORBID directions: DIRECTION_SEND kinds: "
           "RECORD_KIND_VACANCY fields: 'pay' } rules { id: 'own.isco' "
           "effect: EFFECT_FORBID directions: DIRECTION_SEND kinds: "
           "RECORD_KIND_VACANCY fields: 'occupation.isco' level: "
           "LEVEL_GENERALISE generalise_steps: 1 } }"});
  Measure(node, options, "everything is withdrawn", PolicyDocument::kOverride,
          Override("fields: '*'"));
  return 0;
}

}  // namespace
}  // namespace minga::testing

int main(int argc, char** argv) {
  minga::testing::Options options;
  minga::testing::ReadCommandLine(
      argc, argv,
      {{"--records", &options.records},
       {"--profiles", &options.profiles_percent, 0, 100}},
      options.json);
  return minga::testing::Main(options);
}
