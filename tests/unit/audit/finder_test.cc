// Finding entries by the index against looking through all of them.
#include "node/audit/finder.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/match.h"
#include "node/audit/decision_counts.h"
#include "node/audit/terms.h"
#include "tests/support/log/sample_log.h"
#include "tests/unit/audit/stored_log.h"

namespace minga::audit {
namespace {

// Two segments of the index and something after them.
constexpr std::uint64_t kEntries = 2 * storage::kIndexSegmentEntries + 5000;
constexpr std::uint64_t kPersons = 3000;

struct Sample {
  // `closed`: so many of the entries are in a log that was closed.
  explicit Sample(std::uint64_t closed = 0) : second(closed) {
    if (closed > 0) {
      Add(7, closed);
      log.Close(closed);
    }
    Add(8, kEntries - closed);
  }
  void Add(std::uint64_t seed, std::uint64_t number) {
    SampleLog sample(seed, number, kPersons);
    std::vector<v1::AuditEntry> added;
    for (std::uint64_t i = 0; i < number; ++i) added.push_back(sample.Next());
    log.Append(added);
    entries.insert(entries.end(), added.begin(), added.end());
  }

  // What a query means, entry by entry.
  std::vector<LogPosition> Naive(const LogQuery& query) const {
    std::vector<LogPosition> found;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const v1::AuditEntry& entry = entries[i];
      // Indexes are those of the entry's own log.
      const std::size_t start = i < second ? 0 : second;
      const v1::Basis& basis = entries[start + entry.basis_entry()].basis();
      const auto rule = [&](const auto& holds) {
        return std::any_of(basis.rules().begin(), basis.rules().end(), holds);
      };
      const auto at = TimeOf(entry);
      if ((query.subject.empty() || query.subject == entry.subject()) &&
          (!query.record || (query.record->id == entry.record_id() &&
                             entry.event() != v1::AUDIT_EVENT_PAGE_SENT)) &&
          (query.peer.empty() || query.peer == entry.peer()) &&
          (query.actor.empty() || query.actor == entry.actor()) &&
          (query.reason.empty() || query.reason == basis.reason()) &&
          (query.rule.empty() || rule([&](const v1::CitedRule& r) {
             return r.id() == query.rule;
           })) &&
          (query.article.empty() || rule([&](const v1::CitedRule& r) {
             return absl::StrContains(r.article(), query.article);
           })) &&
          (query.events.empty() || query.events.count(entry.event()) > 0) &&
          at >= query.from && at < query.until) {
        found.push_back(i);
      }
    }
    return found;
  }

  std::vector<LogPosition> Found(const LogQuery& query,
                                 LogPosition from = 0) const {
    const Finder finder(log.database.get(), log.index.get(), kColombia);
    std::vector<LogPosition> found;
    const absl::Status done =
        finder.Find(query, from, [&](const FoundEntry& one) {
          found.push_back(one.place.position);
          CHECK(one.place.log == (second > 0 && one.place.position >= second));
          CHECK(one.entry.SerializeAsString() ==
                entries[one.place.position].SerializeAsString());
          CHECK((one.basis != nullptr) == (one.entry.basis_entry() > 0));
          return true;
        });
    INFO(done);
    CHECK(done.ok());
    return found;
  }

  StoredLog log;
  std::vector<v1::AuditEntry> entries;  // of all logs
  const std::uint64_t second;           // position of the second one's first
};

std::vector<LogQuery> Queries(const Sample& sample) {
  std::vector<LogQuery> queries(10);
  queries[0].subject = SampleLog::Subject(17);
  queries[1].record = {kColombia, RecordKind::kVacancy, SampleLog::Vacancy(5)};
  queries[2].peer = "EC";
  queries[2].events = {v1::AUDIT_EVENT_RECEIPT_TAKEN};
  queries[3].rule = SampleLog::Rule(3);
  queries[3].peer = "PE";
  queries[4].article = SampleLog::Article(4);
  queries[4].from = TimeOf(sample.entries[60000]);
  queries[4].until = TimeOf(sample.entries[70000]);
  queries[5].reason = "policy";
  queries[5].subject = SampleLog::Subject(18);
  queries[6].events = {v1::AUDIT_EVENT_BASIS};
  queries[7].subject = "nobody";
  queries[8].actor = "peer:UY";
  queries[9].from = TimeOf(sample.entries[kEntries - 40]);
  return queries;
}

TEST_CASE("the index finds what looking through all finds") {
  // Within a segment of the index one log ends and the other begins.
  Sample sample(GENERATE(0u, 70001u));
  sample.log.CatchUp();
  REQUIRE(StoredLog::Must(sample.log.index->Position()) ==
          2 * storage::kIndexSegmentEntries);
  int number = 0;
  for (const LogQuery& query : Queries(sample)) {
    INFO("query " << number);
    const std::vector<LogPosition> expected = sample.Naive(query);
    CHECK(sample.Found(query) == expected);
    CHECK((number == 7) == expected.empty());
    ++number;
  }

  SECTION("from a place on, also within a segment and behind it") {
    LogQuery query;
    query.subject = SampleLog::Subject(17);
    std::vector<LogPosition> all = sample.Naive(query);
    REQUIRE(all.size() > 8);
    for (const std::size_t skip :
         {std::size_t{1}, all.size() / 2, all.size() - 1}) {
      const std::vector<LogPosition> rest(
          all.begin() + static_cast<std::ptrdiff_t>(skip), all.end());
      CHECK(sample.Found(query, all[skip - 1] + 1) == rest);
    }
  }
  SECTION("a damaged index is made anew") {
    const std::string path = sample.log.IndexPath();
    sample.log.index.reset();
    std::ofstream(path, std::ios::trunc) << "no database at all, just text";
    sample.log.OpenIndex();
    CHECK(StoredLog::Must(sample.log.index->Position()) == 0);
    LogQuery query;
    query.subject = SampleLog::Subject(17);
    // Without an index it is slower and finds the same.
    CHECK(sample.Found(query) == sample.Naive(query));
    sample.log.CatchUp();
    CHECK(sample.Found(query) == sample.Naive(query));
  }
}

TEST_CASE("the index of a longer log is made anew") {
  Sample sample;
  sample.log.CatchUp();
  StoredLog shorter;
  shorter.Append({sample.entries[0]});
  LogIndexer indexer(shorter.database.get(), sample.log.index.get(), kColombia);
  CHECK_FALSE(StoredLog::Must(indexer.Step()));
  CHECK(StoredLog::Must(sample.log.index->Position()) == 0);
  CHECK(StoredLog::Must(sample.log.index->Groups()).empty());
}

TEST_CASE("decisions are counted as they are in the log") {
  Sample sample(GENERATE(0u, 70001u));
  const auto count = [&](const v1::CountDecisionsRequest& request) {
    const Finder finder(sample.log.database.get(), sample.log.index.get(),
                        kColombia);
    return StoredLog::Must(CountDecisions(finder, request));
  };
  const auto looked_through = count({});
  sample.log.CatchUp();
  const auto counted = count({});
  CHECK(counted.SerializeAsString() == looked_through.SerializeAsString());
  CHECK(counted.entries() == kEntries);

  std::uint64_t permits = 0;
  std::uint64_t of_rule = 0;
  for (const v1::DecisionCount& one : counted.counts()) {
    if (one.event() == v1::AUDIT_EVENT_DECISION_PERMIT) permits += one.count();
    if (one.rules(0).id() == SampleLog::Rule(2)) of_rule += one.count();
  }
  LogQuery query;
  query.events = {v1::AUDIT_EVENT_DECISION_PERMIT};
  CHECK(permits == sample.Naive(query).size());
  query.events.insert(v1::AUDIT_EVENT_DECISION_WITHHOLD);
  query.rule = SampleLog::Rule(2);
  CHECK(of_rule == sample.Naive(query).size());

  SECTION("of one month and peer") {
    v1::CountDecisionsRequest request;
    request.set_from_month("2026-03");
    request.set_until_month("2026-03");
    request.set_peer("BR");
    std::uint64_t all = 0;
    const v1::CountDecisionsResponse answer = count(request);
    for (const v1::DecisionCount& one : answer.counts()) {
      CHECK(one.month() == "2026-03");
      CHECK(one.peer() == "BR");
      all += one.count();
    }
    std::uint64_t naive = 0;
    for (const v1::AuditEntry& entry : sample.entries) {
      naive += IsDecision(entry.event()) && entry.peer() == "BR" &&
                       MonthOf(TimeOf(entry)) == 12 * 2026 + 2
                   ? 1
                   : 0;
    }
    CHECK(all == naive);
    CHECK(naive > 0);
  }
  SECTION("a month is a month") {
    v1::CountDecisionsRequest request;
    request.set_from_month("March");
    const Finder finder(sample.log.database.get(), sample.log.index.get(),
                        kColombia);
    CHECK(absl::IsInvalidArgument(CountDecisions(finder, request).status()));
  }
}

}  // namespace
}  // namespace minga::audit
