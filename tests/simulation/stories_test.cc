// What two or three countries live through, told from the outside.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

struct TwoCountries {
  World world{1, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);

  TwoCountries() { world.Join(); }

  void MustConverge() {
    const bool converged = world.Converge();
    INFO(world.Differences());
    INFO(co.ProgressWith(kEcuador).last_error);
    INFO(ec.ProgressWith(kColombia).last_error);
    REQUIRE(converged);
    CHECK(LogFaults(world, kColombia, kEcuador) == "");
    CHECK(LogFaults(world, kEcuador, kColombia) == "");
  }
  int Count(const Node& node, v1::AuditEvent event) {
    int count = 0;
    for (const v1::AuditEntry& e : node.Audit()) count += e.event() == event;
    return count;
  }
};

TEST_CASE_METHOD(TwoCountries, "a first sync brings everything in pages") {
  for (int i = 0; i < 2500; ++i) co.Put(absl::StrCat("v", i), "welder");
  ec.Put("e1", "nurse");
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).size() == 2500);
  CHECK(co.HeldFrom(kEcuador).size() == 1);
  CHECK(Count(co, v1::AUDIT_EVENT_PAGE_SENT) == 3);
  CHECK(Count(ec, v1::AUDIT_EVENT_PAGE_APPLIED) == 3);
  CHECK(Count(co, v1::AUDIT_EVENT_RECEIPT_TAKEN) == 3);
  CHECK(Count(ec, v1::AUDIT_EVENT_EPOCH_STARTED) == 1);
  world.Settle();
  CHECK(ec.ProgressWith(kColombia).caught_up);
  CHECK(ec.ProgressWith(kColombia).following);
  CHECK(co.ProgressWith(kEcuador).followed);
}

TEST_CASE_METHOD(TwoCountries, "new rows are pushed on the open stream") {
  MustConverge();
  const absl::Time before = world.clock().Now();
  co.Put("v1", "welder");
  world.Settle();
  CHECK(ec.HeldFrom(kColombia).size() == 1);
  co.Put("v1", "welder, night shift");
  co.Put("v2", "cook");
  world.Settle();
  CHECK(ec.HeldFrom(kColombia).at("v1") ==
        "CO/vacancy/v1\nwelder, night shift");
  CHECK(ec.HeldFrom(kColombia).size() == 2);
  CHECK(world.clock().Now() == before);
  CHECK(world.Differences() == "");
}

TEST_CASE_METHOD(TwoCountries, "ended retentions are reported to the origin") {
  co.Put("v1", "welder");
  MustConverge();
  const auto reported = [this](absl::string_view what) {
    int entries = 0;
    for (const v1::AuditEntry& e : co.Audit()) {
      entries += e.event() == v1::AUDIT_EVENT_RECEIPT_TAKEN &&
                 absl::EndsWith(e.detail(), what);
    }
    return entries;
  };
  ec.exchange().retention_ended = 5;
  co.Put("v2", "cook");
  world.Settle();
  CHECK(reported(", retention ended 5") == 1);
  CHECK(absl::StrContains(co.ReceiptsOf(kEcuador).front().note,
                          "\nretention-ended: 5\n\n"));
  // A quiet feed reports with its signs of life; what is known is not told
  // twice.
  ec.exchange().retention_ended = 7;
  for (int minute = 0; minute < 5; ++minute) {
    world.clock().Advance(absl::Minutes(1));
    world.Settle();
  }
  CHECK(reported(", retention ended 2") == 1);
  CHECK(Count(co, v1::AUDIT_EVENT_RECEIPT_TAKEN) == 3);
}

TEST_CASE_METHOD(TwoCountries, "a withdrawal erases and is receipted") {
  co.Put("v1", "welder");
  co.Put("v2", "cook");
  MustConverge();
  co.Erase("v1");
  world.Settle();
  CHECK(ec.HeldFrom(kColombia).size() == 1);
  CHECK(world.Differences() == "");
  const storage::ReceiptRow taken = co.ReceiptsOf(kEcuador).front();
  CHECK(taken.side == storage::ReceiptSide::kTaken);
  CHECK(absl::StrContains(taken.note, "\nEC CO\n1 2 3\n0 1 0\n"));
  CHECK(ec.ReceiptsOf(kColombia).front().note == taken.note);
}

TEST_CASE_METHOD(TwoCountries, "received is not accepted: rejections go back") {
  co.Put("v1", kRejectedText);
  co.Put("v2", "cook");
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).size() == 1);
  CHECK(ec.ProgressWith(kColombia).records_rejected == 1);
  bool told = false;
  for (const v1::AuditEntry& e : co.Audit()) {
    told |= e.event() == v1::AUDIT_EVENT_RECEIPT_TAKEN &&
            // Without the peer's words: nothing of the log can be erased.
            e.detail() == "applied 1, withdrawn 0, rejected 1";
  }
  CHECK(told);
}

TEST_CASE_METHOD(TwoCountries, "a new epoch leaves nothing behind") {
  for (int i = 0; i < 700; ++i) co.Put(absl::StrCat("v", i), "welder");
  MustConverge();
  // Rebuilt without most of the records, as after a restored backup.
  co.Write([&](storage::Transaction& t) {
    for (int i = 0; i < 650; ++i) {
      const absl::Status erased =
          t.records().Erase(co.Key(absl::StrCat("v", i))).status();
      if (!erased.ok()) return erased;
    }
    return absl::OkStatus();
  });
  co.StartEpoch(kEcuador, 2);
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).size() == 50);
  CHECK(ec.CursorOf(kColombia).epoch == 2);
  CHECK(Count(ec, v1::AUDIT_EVENT_EPOCH_STARTED) == 2);
}

TEST_CASE_METHOD(TwoCountries, "a follower that lost its past begins again") {
  co.Put("v1", "welder");
  co.Put("v2", "cook");
  MustConverge();
  co.Erase("v1");
  MustConverge();
  // As after its backup of an hour ago was restored.
  ec.Write([&](storage::Transaction& t) {
    storage::StoredRecord old;
    old.key = co.Key("v1");
    old.body = "CO/vacancy/v1\nwelder";
    old.digest = Sha256(old.body);
    const absl::Status put = t.records().Put(old, false).status();
    return put.ok() ? t.peers().SetCursor(kColombia, {1, 2}) : put;
  });
  ec.Restart();
  REQUIRE(world.Converge());
  CHECK(ec.HeldFrom(kColombia).size() == 1);
}

TEST_CASE_METHOD(TwoCountries, "an origin that lost rows says so") {
  co.Put("v1", "welder");
  MustConverge();
  ec.Write([&](storage::Transaction& t) {
    return t.peers().SetCursor(kColombia, {1, 9});
  });
  ec.Restart();
  CHECK_FALSE(world.Converge(absl::Minutes(1)));
  CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error,
                          "beyond the feed, which ends at 1"));
}

TEST_CASE_METHOD(TwoCountries, "a suspended peer gets and gives nothing") {
  MustConverge();
  co.SetState(kEcuador, storage::PeerState::kSuspended);
  world.Settle();
  co.Put("v1", "welder");
  CHECK_FALSE(world.Converge(absl::Minutes(10)));
  CHECK(ec.HeldFrom(kColombia).empty());
  CHECK(absl::StrContains(ec.ProgressWith(kColombia).last_error,
                          "the peer is suspended"));
  CHECK(absl::StrContains(co.ProgressWith(kEcuador).last_error, "suspended"));
  CHECK_FALSE(co.ProgressWith(kEcuador).following);

  co.SetState(kEcuador, storage::PeerState::kActive);
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).size() == 1);
}

TEST_CASE_METHOD(TwoCountries, "a stale row is decided anew, never sent") {
  co.Put("v1", "welder");
  co.Put("v2", "cook");
  co.Put("v3", "nurse");
  // What is in store is no longer what was decided on.
  co.Write([&](storage::Transaction& t) {
    return PutTextUndecided(t, co.Key("v2"), "cook in Quito");
  });
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).at("v2") == "CO/vacancy/v2\ncook in Quito");
  CHECK(ec.HeldFrom(kColombia).size() == 3);
}

TEST_CASE_METHOD(TwoCountries,
                 "what is withdrawn before its page is logged is not sent") {
  MustConverge();
  int shown = 0;
  world.network().OnResponses([&](PeerId, v1::FollowResponse& response) {
    for (const std::string& bytes : response.page().rows()) {
      v1::Row row;
      REQUIRE(row.ParseFromString(bytes));
      shown += row.operation() == v1::ROW_OPERATION_UPSERT;
    }
  });
  co.Put("v1", "welder");
  // The page is built; its leaf waits for the disk.
  co.federation().Tick();
  REQUIRE(co.database().HasWork());
  co.Erase("v1");
  MustConverge();
  CHECK(shown == 0);
  // What has only changed goes out as it was, and then as it is.
  co.Put("v2", "cook");
  co.federation().Tick();
  REQUIRE(co.database().HasWork());
  co.Put("v2", "cook in Cali");
  MustConverge();
  CHECK(shown == 2);
}

TEST_CASE_METHOD(TwoCountries, "an unreadable row does not hold back others") {
  co.Put("v1", "welder");
  co.Put("v2", "cook");
  MustConverge();
  co.Write([&](storage::Transaction& t) -> absl::Status {
    const absl::Status put = PutText(t, co.Key("v1"), "changed", {kEcuador});
    return put.ok() ? PutTextUndecided(t, co.Key("v1"), "unreadable") : put;
  });
  co.Erase("v2");
  co.exchange().deaf = true;
  CHECK_FALSE(world.Converge(absl::Seconds(50)));
  CHECK(ec.HeldFrom(kColombia).size() == 2);  // the feed waits for the row
  CHECK_FALSE(world.Converge(absl::Minutes(2)));
  CHECK(ec.HeldFrom(kColombia).empty());
  co.exchange().deaf = false;
  // Once it is decided again, it comes back.
  co.Put("v1", "readable");
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).size() == 1);
}

TEST_CASE_METHOD(TwoCountries, "streams are renewed and kept alive") {
  MustConverge();
  // An idle day: neither side ever thinks the other dead, and nothing that
  // carries no data is written.
  const auto leaves = [&] {
    std::size_t count = 0;  // but for those of the nightly comparisons
    for (const v1::AuditEntry& entry : co.Audit()) {
      count += entry.event() != v1::AUDIT_EVENT_VIEW_COMPARED;
    }
    return count;
  };
  const std::size_t before = leaves();
  const absl::Time end = world.clock().Now() + absl::Hours(24);
  int dials = 0;
  world.network().OnRequests([&](PeerId from, v1::FollowRequest& request) {
    dials += request.has_hello() && from == kEcuador;
  });
  while (world.clock().Now() < end) {
    world.Settle();
    world.clock().Advance(absl::Seconds(20));
  }
  CHECK(dials >= 24 * 60 / 40);
  CHECK(dials <= 24 * 60 / 20);
  CHECK(leaves() == before);
  CHECK(ec.ProgressWith(kColombia).last_error == "");
  co.Put("v1", "welder");
  MustConverge();
}

TEST_CASE_METHOD(TwoCountries,
                 "an unreachable peer is tried ever more seldom") {
  world.network().SetReachable(kColombia, false);
  int dials = 0;
  absl::Time last = world.clock().Now();
  absl::Duration longest;
  while (world.clock().Now() < last + absl::Minutes(3) && dials < 60) {
    ec.federation().Tick();
    co.federation().Tick();
    if (world.network().Waiting() > 0) {
      while (world.network().Deliver()) {
      }
      ++dials;
      longest = std::max(longest, world.clock().Now() - last);
      last = world.clock().Now();
    }
    world.clock().Advance(absl::Milliseconds(100));
  }
  CHECK(longest > absl::Seconds(29));
  CHECK(longest <= absl::Seconds(61));
  world.network().SetReachable(kColombia, true);
  co.Put("v1", "welder");
  MustConverge();
}

TEST_CASE("a dead peer does not delay the others") {
  World world(7, {kColombia, kEcuador, kPeru});
  world.Join();
  REQUIRE(world.Converge());
  Node& co = world.node(kColombia);
  // Peru takes pages in and never answers.
  for (int i = 0; i < 3000; ++i) co.Put(absl::StrCat("v", i), "welder");
  world.network().OnRequests([&](PeerId from, v1::FollowRequest& request) {
    if (from == kPeru) request.Clear();
  });
  const absl::Time before = world.clock().Now();
  world.Settle();
  CHECK(world.clock().Now() == before);
  CHECK(world.node(kEcuador).HeldFrom(kColombia).size() == 3000);
  world.network().OnRequests(nullptr);
  CHECK(world.Converge(absl::Hours(1)));
  CHECK(world.node(kPeru).HeldFrom(kColombia).size() == 3000);
}

TEST_CASE("pages are bounded by bytes as well as by rows") {
  TwoCountries two;
  std::size_t most = 0;
  two.world.network().OnResponses([&](PeerId, v1::FollowResponse& response) {
    std::size_t bytes = 0;
    for (const std::string& row : response.page().rows()) bytes += row.size();
    most = std::max(most, bytes);
  });
  for (int i = 0; i < 60; ++i) {
    two.co.Put(absl::StrCat("v", i), std::string(100'000, 'x'));
  }
  two.MustConverge();
  CHECK(most > kFeedPageBytesMax - 110'000);
  CHECK(most <= kFeedPageBytesMax);
  CHECK(two.Count(two.co, v1::AUDIT_EVENT_PAGE_SENT) == 3);
}

}  // namespace
}  // namespace minga::test
