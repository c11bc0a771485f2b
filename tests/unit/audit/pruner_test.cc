// Destroying what is too old, and what is left.
#include "node/audit/log_pruner.h"
#include "node/audit/proof.h"
#include "node/base/limits.h"
#include "storage/audit_chain.h"
#include "storage/merkle.h"
#include "tests/support/log/sample_log.h"
#include "tests/unit/audit/stored_log.h"

namespace minga::audit {
namespace {

// 2026-01-02 to 2028-01-02, about 8,200 entries a year.
constexpr std::uint64_t kEntries = 16384;

absl::Time Noon(const char* day) {
  absl::Time time;
  REQUIRE(absl::ParseTime("%Y-%m-%d", day, &time, nullptr));
  return time + absl::Hours(12);
}

TEST_CASE("what is kept begins with a calendar year") {
  CHECK(KeptFrom(Noon("2031-01-01"), 1) ==
        Noon("2030-01-01") - absl::Hours(12));
  CHECK(KeptFrom(Noon("2031-12-31"), 1) ==
        Noon("2030-01-01") - absl::Hours(12));
  CHECK(KeptFrom(Noon("2031-06-15"), 5) ==
        Noon("2026-01-01") - absl::Hours(12));
}

struct Aged {
  Aged() : clock(Noon("2028-02-01")) {
    SampleLog sample(5, kEntries, 200);
    for (std::uint64_t i = 0; i < kEntries; ++i) {
      entries.push_back(sample.Next());
    }
    log.Append(entries);
  }

  void PruneAll(int years) {
    LogPruner pruner(log.database.get(), &clock, years);
    while (StoredLog::Must(pruner.Step())) {
    }
  }
  std::uint64_t PrunedBundles() const {
    std::uint64_t bundles = 0;
    Look([&](const storage::AuditReader& audit) {
      bundles = StoredLog::Must(storage::AuditChain::Of(audit)->Pruned(0));
    });
    return bundles;
  }
  void Look(
      const std::function<void(const storage::AuditReader&)>& look) const {
    REQUIRE(log.database
                ->Read([&](const storage::Snapshot& snapshot) {
                  look(snapshot.audit());
                  return absl::OkStatus();
                })
                .ok());
  }

  StoredLog log;
  SimulatedClock clock;
  std::vector<v1::AuditEntry> entries;
};

TEST_CASE("nothing is pruned unless somebody says how long it is kept") {
  Aged aged;
  aged.PruneAll(0);
  CHECK(aged.PrunedBundles() == 0);
  // The oldest is two years and a month old.
  aged.PruneAll(3);
  aged.PruneAll(2);
  CHECK(aged.PrunedBundles() == 0);
}

TEST_CASE("what is older goes, the rest is found and proved") {
  Aged aged;
  Digest before{};
  aged.Look([&](const storage::AuditReader& log) {
    before = StoredLog::Must(storage::RootAt(log, kEntries));
  });
  aged.PruneAll(1);
  const std::uint64_t bundles = aged.PrunedBundles();
  REQUIRE(bundles > 20);
  const absl::Time kept_from = KeptFrom(aged.clock.Now(), 1);
  // All that went is old, and the next bundle has something that is not.
  for (std::uint64_t i = 0; i < bundles * kTileWidth; ++i) {
    REQUIRE(absl::FromUnixSeconds(aged.entries[i].at().seconds()) < kept_from);
  }
  CHECK(absl::FromUnixSeconds(
            aged.entries[(bundles + 1) * kTileWidth - 1].at().seconds()) >=
        kept_from - absl::Seconds(1));

  aged.Look([&](const storage::AuditReader& log) {
    CHECK(StoredLog::Must(storage::RootAt(log, kEntries)) == before);
    const auto proof =
        StoredLog::Must(storage::ProveInclusion(log, 3, kEntries));
    CHECK(storage::VerifyInclusion(
              storage::LeafHash(federation::EntryBytes(aged.entries[3])), 3,
              kEntries, proof, before)
              .ok());
  });

  // Searches leave it out, by index and without.
  for (const bool indexed : {false, true}) {
    if (indexed) aged.log.CatchUp();
    const Finder finder(aged.log.database.get(), aged.log.index.get(),
                        kColombia);
    LogQuery query;
    query.subject = SampleLog::Subject(7);
    std::uint64_t found = 0;
    CHECK(finder
              .Find(query, 0,
                    [&](const FoundEntry& one) {
                      CHECK(one.place.position >= bundles * kTileWidth);
                      // This sample tells its bases in the first year only.
                      CHECK(one.basis == nullptr);
                      ++found;
                      return true;
                    })
              .ok());
    CHECK(found > 0);
    CHECK(absl::IsNotFound(finder.At(3).status()));
  }

  // The log says so, and nothing happens twice.
  const LogReader reader(aged.log.database.get());
  const LogPosition size = StoredLog::Must(reader.Size());
  REQUIRE(size > kEntries);
  v1::AuditEntry last;
  REQUIRE(last.ParseFromString(StoredLog::Must(reader.At(size - 1)).bytes));
  CHECK(last.event() == v1::AUDIT_EVENT_LOG_PRUNED);
  CHECK(last.upto() == bundles * kTileWidth);
  aged.PruneAll(1);
  CHECK(StoredLog::Must(reader.Size()) == size);
  CHECK(aged.PrunedBundles() == bundles);
}

}  // namespace
}  // namespace minga::audit
