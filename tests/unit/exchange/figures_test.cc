// Figures of the exchange on this machine; run with `unit_exchange [figures]`.
#include <catch2/catch.hpp>
#include <cstdio>
#include <ctime>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "node/base/status.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

constexpr int kRecords = 100'000;
constexpr int kBatch = 1000;

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// About 1 KB.
std::vector<v1::Record> Vacancies(int first, int count) {
  std::vector<v1::Record> records;
  records.reserve(static_cast<std::size_t>(count));
  for (int i = first; i < first + count; ++i) {
    v1::Vacancy vacancy = SampleVacancy("v" + std::to_string(i));
    vacancy.mutable_texts(0)->set_description(
        std::string(700, static_cast<char>('a' + i % 26)) + std::to_string(i));
    vacancy.mutable_occupation()->set_isco(std::to_string(1000 + i % 8000));
    vacancy.set_openings(1 + i % 5);
    records.push_back(Wrap(vacancy));
  }
  return records;
}

void Print(const char* what, int count, double wall, double cpu) {
  std::printf("%-40s %8.0f /s, %.2f cores\n", what, count / wall, cpu / wall);
}

// Puts with two batches under way.
void PutPipelined(Office& office,
                  const std::vector<std::vector<v1::Record>>& batches) {
  absl::Mutex mutex;
  int under_way = 0;
  for (const std::vector<v1::Record>& batch : batches) {
    std::vector<const v1::Record*> pointers;
    for (const v1::Record& record : batch) pointers.push_back(&record);
    {
      absl::MutexLock lock(&mutex);
      const auto room = [&] { return under_way < 2; };
      mutex.Await(absl::Condition(&room));
      ++under_way;
    }
    office.offices.exchange->PutAsync(
        "pes", pointers, {}, false,
        [&](absl::StatusOr<std::vector<PutOutcome>> outcomes) {
          absl::MutexLock lock(&mutex);
          if (!outcomes.ok() || !outcomes->front().status.ok()) std::abort();
          --under_way;
        });
  }
  absl::MutexLock lock(&mutex);
  const auto done = [&] { return under_way == 0; };
  mutex.Await(absl::Condition(&done));
}

TEST_CASE("figures", "[.][figures]") {
  Office office;
  office.Prepare();
  std::vector<std::vector<v1::Record>> batches;
  for (int first = 0; first < kRecords; first += kBatch) {
    batches.push_back(Vacancies(first, kBatch));
  }
  const auto measure = [](const char* what, int count, auto&& run) {
    const absl::Time start = absl::Now();
    const double cpu = CpuSeconds();
    run();
    Print(what, count, absl::ToDoubleSeconds(absl::Now() - start),
          CpuSeconds() - cpu);
  };
  measure("put new, two peers", kRecords,
          [&] { PutPipelined(office, batches); });
  measure("put unchanged", kRecords, [&] { PutPipelined(office, batches); });
  CHECK(office.Last(kPeru) == kRecords);

  const std::vector<storage::FeedRow> rows = office.Feed(kPeru);
  std::vector<std::string> bodies;
  measure("project", kRecords, [&] {
    const absl::Status read =
        office.database->Read([&](const storage::Snapshot& snapshot) {
          for (const storage::FeedRow& row : rows) {
            auto shown =
                office.offices.projector->Project(snapshot, kPeru, row);
            if (!shown.ok()) return shown.status();
            bodies.push_back(std::move(shown->body));
          }
          return absl::OkStatus();
        });
    CHECK(read.ok());
  });
  measure("sweep without change", kRecords, [&] {
    office.clock.Advance(absl::Hours(24));
    CHECK(office.offices.exchange->Housekeep(office.clock.Now()).ok());
  });
  measure("put changed, two peers", kRecords, [&] {
    for (auto& batch : batches) {
      for (v1::Record& record : batch) {
        record.mutable_vacancy()->set_openings(9);
      }
    }
    PutPipelined(office, batches);
  });
}

TEST_CASE("figures of receiving", "[.][figures]") {
  Office office;
  office.Prepare();
  std::vector<federation::InboundRow> rows;
  std::vector<std::string> bodies;
  for (const v1::Record& record : Vacancies(0, kRecords)) {
    v1::Vacancy vacancy = record.vacancy();
    vacancy.clear_sharing();
    vacancy.clear_provenance();
    vacancy.mutable_locations(0)->set_country("EC");
    vacancy.mutable_locations(0)->set_subdivision("EC-P");
    bodies.push_back(vacancy.SerializeAsString());
    federation::InboundRow row;
    row.seq = bodies.size();
    row.upsert = true;
    row.key = {kEcuador, RecordKind::kVacancy, vacancy.id()};
    rows.push_back(row);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].body = bodies[i];
  double validating = 0;
  const absl::Time start = absl::Now();
  const double cpu = CpuSeconds();
  constexpr std::size_t kPage = 512;
  for (std::size_t i = 0; i < rows.size(); i += kPage) {
    const absl::Span<const federation::InboundRow> page =
        absl::MakeSpan(rows).subspan(i, kPage);
    const double before = CpuSeconds();
    auto rejected = office.offices.inbox->Validate(kEcuador, page);
    validating += CpuSeconds() - before;
    REQUIRE(rejected.empty());
    office.Write([&](storage::Transaction& transaction) {
      return office.offices.inbox->Apply(transaction, kEcuador, page, {})
          .status();
    });
  }
  Print("receive, pages of 512, one after another", kRecords,
        absl::ToDoubleSeconds(absl::Now() - start), CpuSeconds() - cpu);
  std::printf("  of which validating: %.1f us a record\n",
              validating * 1e6 / kRecords);
}

TEST_CASE("figures of profiles", "[.][figures]") {
  Office office;
  office.Prepare();
  constexpr int kProfiles = 20'000;
  const v1::Consent consent = SampleConsent();
  const absl::Time start = absl::Now();
  const double cpu = CpuSeconds();
  for (int first = 0; first < kProfiles; first += kBatch) {
    std::vector<v1::Record> records;
    for (int i = first; i < first + kBatch; ++i) {
      records.push_back(Wrap(SampleProfile("p" + std::to_string(i),
                                           std::to_string(2000 + i % 200),
                                           i % 3 == 0 ? "CO-AMA" : "CO-DC")));
    }
    office.PutAll(records, &consent);
  }
  Print("put profiles, two peers", kProfiles,
        absl::ToDoubleSeconds(absl::Now() - start), CpuSeconds() - cpu);
}

}  // namespace
}  // namespace minga::exchange
