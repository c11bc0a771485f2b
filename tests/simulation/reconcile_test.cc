// Comparing what is shown with what is held, and repairing it.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "federation/view_items.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/status.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

constexpr int kRecords = 300;

// Ecuador follows Colombia and compares.
struct Compared {
  World world{3, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);

  Compared() {
    world.Join();
    for (int i = 0; i < kRecords; ++i) co.Put(absl::StrCat("v", i), "welder");
    REQUIRE(world.Converge());
    // What a first sync orders by itself.
    world.Settle();
  }

  v1::Comparison Last() {
    v1::Comparison last;
    ec.Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          last, federation::LastComparison(t.documents(), kColombia));
      return absl::OkStatus();
    });
    return last;
  }
  void Order() {
    ec.Write([](storage::Transaction& t) {
      return federation::OrderComparison(t.documents(), kColombia);
    });
    ec.federation().Nudge(kColombia);
  }
  // Orders one and waits for its end.
  v1::Comparison Compare() {
    const std::uint64_t before = Last().number();
    Order();
    world.Settle();
    const v1::Comparison last = Last();
    CHECK(last.number() == before + 1);
    INFO(last.ShortDebugString());
    CHECK(last.error().empty());
    return last;
  }

  RecordKey Key(const std::string& id) const {
    return {kColombia, RecordKind::kVacancy, id};
  }
  // As a fault of the disk or of a program would.
  void Lose(const std::string& id) {
    ec.Write([&](storage::Transaction& t) {
      return t.records().Erase(Key(id)).status();
    });
  }
  void Invent(const std::string& id) {
    Falsify(id, absl::StrCat("CO/vacancy/", id, "\nghost"));
  }
  void Falsify(const std::string& id, const std::string& body) {
    ec.Write([&](storage::Transaction& t) -> absl::Status {
      storage::StoredRecord record;
      record.key = Key(id);
      record.body = body;
      record.digest = Sha256(body);
      MINGA_RETURN_IF_ERROR(t.records().Put(record, /*own=*/false).status());
      return t.views().Put(Key(id), {Sha256(body), true, 1});
    });
  }
  std::string Statement() {
    std::string note;
    co.Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          note, federation::LastStatement(t.documents(), kEcuador));
      return absl::OkStatus();
    });
    return note;
  }
};

TEST_CASE_METHOD(Compared, "a first sync is compared by itself") {
  const v1::Comparison last = Last();
  CHECK(last.number() == 1);
  CHECK(last.items() == kRecords);
  CHECK(last.missing() + last.stale() + last.surplus() == 0);
  CHECK(last.rounds() == 2);  // open and close
  CHECK(last.error().empty());
  CHECK(absl::StrContains(
      Statement(), absl::StrCat("minga/compared/v1\nEC CO\n1 ", kRecords, "\n",
                                kRecords, " 0 0 0\n")));
  CHECK(last.note() == Statement());
}

TEST_CASE_METHOD(Compared, "missing, stale and surplus records are repaired") {
  Lose("v7");
  Lose("v8");
  Invent("ghost");
  Falsify("v9", "CO/vacancy/v9\nbutcher");
  CHECK(world.Differences() != "");
  const v1::Comparison found = Compare();
  CHECK(found.missing() == 2);
  CHECK(found.stale() == 1);
  CHECK(found.surplus() == 1);
  CHECK(found.sent_again() == 3);
  CHECK(found.erased() == 1);
  CHECK(world.Differences() == "");
  CHECK(absl::StrContains(Statement(), " 2 1 1\n"));
  bool co_logged = false;
  for (const v1::AuditEntry& e : co.Audit()) {
    co_logged |= e.event() == v1::AUDIT_EVENT_VIEW_COMPARED &&
                 e.actor() == "peer:EC" &&
                 absl::StrContains(e.detail(), "missing 2, stale 1, surplus 1");
  }
  CHECK(co_logged);

  const v1::Comparison again = Compare();
  CHECK(again.missing() + again.stale() + again.surplus() == 0);
}

TEST_CASE_METHOD(Compared, "what the receiver refuses is not asked for again") {
  co.Put("v3", kRejectedText);
  co.Put("refused", kRejectedText);
  REQUIRE(world.Converge());
  const v1::Comparison found = Compare();
  CHECK(found.items() == kRecords + 1);
  CHECK(found.missing() + found.stale() + found.surplus() == 0);
}

TEST_CASE_METHOD(Compared, "what was given up is not asked for again") {
  co.Put("v3", kUnreadableText);
  const absl::Time end = world.clock().Now() + absl::Minutes(3);
  while (world.clock().Now() < end) {
    world.Settle();
    world.clock().Advance(absl::Seconds(1));
  }
  CHECK_FALSE(ec.HeldFrom(kColombia).contains("v3"));
  const v1::Comparison found = Compare();
  CHECK(found.items() == kRecords - 1);
  CHECK(found.missing() + found.stale() + found.surplus() == 0);
  co.Put("v3", "readable");
  REQUIRE(world.Converge());
  CHECK(ec.HeldFrom(kColombia).contains("v3"));
}

TEST_CASE_METHOD(Compared, "everything lost is found again") {
  for (int i = 0; i < kRecords; ++i) Lose(absl::StrCat("v", i));
  CHECK(Compare().missing() == kRecords);
  CHECK(world.Differences() == "");
}

TEST_CASE_METHOD(Compared, "what changes meanwhile is not compared") {
  Lose("v5");
  // Whenever something is asked, the feed moves.
  int turn = 0;
  world.network().OnQuestions([&](PeerId, v1::AskRequest& question) {
    if (!question.has_reconcile()) return;
    ++turn;
    co.Put(absl::StrCat("v", 10 + turn), absl::StrCat("changed ", turn));
    co.Erase(absl::StrCat("v", 50 + turn));
    co.Put(absl::StrCat("new", turn), "cook");
  });
  const v1::Comparison found = Compare();
  world.network().OnQuestions(nullptr);
  CHECK(turn >= 3);
  CHECK(found.missing() == 1);
  CHECK(found.stale() == 0);
  CHECK(found.erased() == 0);
  REQUIRE(world.Converge());
  const v1::Comparison again = Compare();
  CHECK(again.missing() + again.stale() + again.surplus() == 0);
}

TEST_CASE_METHOD(Compared, "what comes before a slow reading is no surplus") {
  const std::uint64_t before = Last().number();
  ec.BeSlow(true);
  Order();
  // After each piece of work something comes.
  for (int turn = 0; turn < 4; ++turn) {
    world.Settle();
    ec.GoOn();
    world.Settle();
    co.Put(absl::StrCat("late", turn), "cook");
    co.Put(absl::StrCat("v", turn), absl::StrCat("changed ", turn));
    co.Erase(absl::StrCat("v", 100 + turn));
    world.Settle();
    CHECK(ec.HeldFrom(kColombia).contains(absl::StrCat("late", turn)));
  }
  ec.BeSlow(false);
  REQUIRE(world.Converge());
  const v1::Comparison last = Last();
  INFO(last.ShortDebugString());
  CHECK(last.number() == before + 1);
  CHECK(last.error().empty());
  CHECK(last.missing() + last.stale() + last.surplus() + last.erased() == 0);
  CHECK(world.Differences() == "");
}

TEST_CASE_METHOD(Compared, "a comparison happens every night") {
  const std::uint64_t before = Last().number();
  Lose("v1");
  for (int i = 0; i < 2 * 24 * 60; ++i) {
    world.clock().Advance(absl::Minutes(1));
    world.Settle();
  }
  CHECK(Last().number() == before + 2);
  CHECK(world.Differences() == "");
}

TEST_CASE_METHOD(Compared, "an origin that lies about its root is taken anew") {
  const Epoch epoch = ec.CursorOf(kColombia).epoch;
  Invent("ghost");
  world.network().OnAnswers([](PeerId, v1::AskResponse& answer) {
    if (answer.reconcile().has_opened()) {
      answer.mutable_reconcile()->mutable_opened()->set_root(
          std::string(32, 'x'));
    }
  });
  Order();
  world.Settle();
  world.network().OnAnswers(nullptr);
  CHECK(Last().brought_anew());
  REQUIRE(world.Converge());
  CHECK(ec.CursorOf(kColombia).epoch == epoch);
  CHECK(world.Differences() == "");
}

TEST_CASE_METHOD(Compared, "what differs for ever is taken anew once a night") {
  Invent("ghost");
  int opened = 0;
  world.network().OnAnswers([&](PeerId, v1::AskResponse& answer) {
    if (!answer.reconcile().has_opened()) return;
    if (++opened > 20) return;
    answer.mutable_reconcile()->mutable_opened()->set_root(
        std::string(32, 'x'));
  });
  const auto times_anew = [&] {
    int times = 0;
    for (const v1::AuditEntry& entry : ec.Audit()) {
      times += entry.event() == v1::AUDIT_EVENT_EPOCH_STARTED ? 1 : 0;
    }
    return times;
  };
  const int before = times_anew();
  Order();
  world.Settle();
  REQUIRE(world.Converge());
  world.Settle();
  // The one that was ordered, and the one after everything has come anew.
  CHECK(opened == 2);
  CHECK(times_anew() == before + 1);
  CHECK_FALSE(Last().brought_anew());
  CHECK_FALSE(Last().error().empty());
  for (int minute = 0; minute < 2 * 24 * 60; ++minute) {
    world.clock().Advance(absl::Minutes(1));
    world.Settle();
  }
  world.network().OnAnswers(nullptr);
  // Two nights; the first may follow too soon.
  CHECK(times_anew() >= before + 2);
  CHECK(times_anew() <= before + 3);
}

TEST_CASE_METHOD(Compared, "malformed answers end a comparison, no more") {
  Invent("ghost");
  const auto spoil = [&](std::function<void(v1::ReconcileAnswer&)> how) {
    world.network().OnAnswers([how](PeerId, v1::AskResponse& answer) {
      if (answer.has_reconcile()) how(*answer.mutable_reconcile());
    });
    const std::uint64_t before = Last().number();
    Order();
    world.Settle();
    world.network().OnAnswers(nullptr);
    CHECK(Last().number() == before + 1);
    CHECK_FALSE(Last().error().empty());
    CHECK(ec.HeldFrom(kColombia).contains("ghost"));
  };
  spoil([](v1::ReconcileAnswer& a) {
    if (a.has_opened()) a.mutable_opened()->set_root("short");
  });
  spoil([](v1::ReconcileAnswer& a) {
    if (a.has_opened()) a.mutable_opened()->set_moved("short");
  });
  spoil([](v1::ReconcileAnswer& a) {
    if (a.has_opened()) a.mutable_opened()->set_items(1ULL << 40);
  });
  spoil([](v1::ReconcileAnswer& a) {
    if (a.has_compared()) a.mutable_compared()->clear_answers();
  });
  spoil([](v1::ReconcileAnswer& a) {
    if (a.has_compared()) a.mutable_compared()->add_answers();
    if (a.has_compared()) a.mutable_compared()->add_answers();
  });
  Compare();
  CHECK(world.Differences() == "");
}

TEST_CASE_METHOD(Compared, "malformed questions are refused") {
  const auto answered = [&](std::function<void(v1::ReconcileQuestion&)> how) {
    world.network().OnQuestions([how](PeerId, v1::AskRequest& question) {
      if (question.has_reconcile()) how(*question.mutable_reconcile());
    });
    Invent("ghost");
    Order();
    world.Settle();
    world.network().OnQuestions(nullptr);
    // The peer is heard again after a while.
    world.clock().Advance(absl::Hours(2));
    world.Settle();
    Compare();
    CHECK(world.Differences() == "");
    return Last().error();
  };
  answered([](v1::ReconcileQuestion& q) {
    if (q.has_compare()) q.mutable_compare()->clear_ranges();
  });
  answered([](v1::ReconcileQuestion& q) {
    if (q.has_compare()) {
      q.mutable_compare()->mutable_ranges(0)->set_lower("short");
    }
  });
  answered([](v1::ReconcileQuestion& q) {
    if (q.has_close()) q.mutable_close()->set_note("no note");
  });
  answered([](v1::ReconcileQuestion& q) { q.clear_step(); });
}

TEST_CASE("a comparison survives crashes and cuts at every step",
          "[simulation]") {
  for (int stop = 1; stop < 60; stop += 2) {
    INFO("stopped at step " << stop);
    Compared two;
    two.Lose("v7");
    two.Invent("ghost");
    two.Order();
    bool more = true;
    for (int i = 0; i < stop && more; ++i) more = two.world.Step();
    switch (stop / 2 % 3) {
      case 0:
        two.co.Restart();
        break;
      case 1:
        two.ec.Restart();
        break;
      default:
        two.world.network().CutAll();
    }
    REQUIRE(two.world.Converge(absl::Hours(30)));
    CHECK(two.world.Differences() == "");
  }
}

}  // namespace
}  // namespace minga::test
