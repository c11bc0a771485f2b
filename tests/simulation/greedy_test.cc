// A peer that takes more than its share.
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "federation/view_items.h"
#include "minga/v1/federation.pb.h"
#include "minga/v1/reconcile.pb.h"
#include "node/base/status.h"
#include "tests/simulation/wrong.h"
#include "tests/support/generations.h"

namespace minga::test {
namespace {

// Ecuador asks Colombia whatever the test likes, beside what its node asks;
// Peru is honest.
struct Greedy {
  World world{7, {kColombia, kEcuador, kPeru}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);
  Node& pe = world.node(kPeru);
  Stranger stranger;
  std::unique_ptr<federation::Transport> transport =
      world.network().TransportOf(kEcuador);
  federation::LinkId link = 1'000'000;

  Greedy() {
    world.Join();
    for (int i = 0; i < 50; ++i) co.Put(absl::StrCat("v", i), "welder");
    REQUIRE(world.Converge());
    // All compare what they took first, one after the other.
    for (int minute = 0; minute < 15; ++minute) {
      world.clock().Advance(absl::Minutes(1));
      world.Settle();
    }
  }

  void Ask(const v1::AskRequest& question) {
    transport->Ask(co.party().descriptor, ++link, question, absl::Seconds(30),
                   stranger);
    world.Settle();
  }
  void Open() {
    const storage::Cursor cursor = ec.CursorOf(kColombia);
    v1::AskRequest question;
    v1::OpenComparison& open = *question.mutable_reconcile()->mutable_open();
    open.set_epoch(cursor.epoch);
    open.set_cursor(cursor.seq);
    Ask(question);
  }
  v1::Comparison LastOfPeru() {
    v1::Comparison last;
    pe.Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          last, federation::LastComparison(t.documents(), kColombia));
      return absl::OkStatus();
    });
    return last;
  }
};

TEST_CASE_METHOD(Greedy, "who compares all the time keeps nobody from it") {
  Open();
  const std::uint64_t before = LastOfPeru().number();
  pe.Write([](storage::Transaction& t) {
    return federation::OrderComparison(t.documents(), kColombia);
  });
  pe.federation().Nudge(kColombia);
  world.Settle();
  CHECK(LastOfPeru().number() == before + 1);
  CHECK_FALSE(LastOfPeru().error().empty());
  for (int minute = 0; minute < 8; ++minute) {
    world.clock().Advance(absl::Minutes(1));
    Open();
  }
  CHECK(LastOfPeru().error().empty());
  CHECK(LastOfPeru().number() > before + 1);
}

TEST_CASE_METHOD(Greedy, "a comparison that is never closed ends by itself") {
  Open();
  pe.Write([](storage::Transaction& t) {
    return federation::OrderComparison(t.documents(), kColombia);
  });
  pe.federation().Nudge(kColombia);
  for (int minute = 0; minute < 8; ++minute) {
    v1::AskRequest question;
    question.mutable_reconcile()->mutable_repair()->set_session(
        stranger.session);
    Ask(question);
    world.clock().Advance(absl::Minutes(1));
    world.Settle();
  }
  CHECK(LastOfPeru().error().empty());
}

TEST_CASE_METHOD(Greedy, "comparisons are begun within a budget") {
  for (int i = 0; i < 100; ++i) Open();
  int opened = 0;
  for (const absl::Status& answer : stranger.answers) {
    opened += answer.ok();
    CHECK((answer.ok() || absl::IsUnavailable(answer)));
  }
  CHECK(opened > 1);
  CHECK(opened < 10);
}

TEST_CASE_METHOD(Greedy, "answers are charged as pages are") {
  federation::Allowances most;
  most.megabytes_per_day = 1;
  co.Allow(most);
  world.Settle();
  for (int i = 0; i < 7; ++i) {
    co.keyring().Add(NextGeneration(co.keyring().Newest(), {"tls"},
                                    DayOf(world.clock().Now()), 30));
  }
  CHECK(co.ProgressWith(kEcuador).budget_until == absl::InfinitePast());
  v1::AskRequest question;
  question.mutable_descriptors()->set_own(1);
  for (int i = 0; i < 300; ++i) Ask(question);
  CHECK(co.ProgressWith(kEcuador).budget_until > world.clock().Now());
  CHECK(co.ProgressWith(kPeru).budget_until == absl::InfinitePast());
  // Nor may it compare any more.
  Open();
  CHECK(absl::IsUnavailable(stranger.answers.back()));
}

}  // namespace
}  // namespace minga::test
