// An origin that was put back to an older copy of its database.
#include "federation/restored.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/federation.pb.h"
#include "node/base/status.h"
#include "tests/simulation/world.h"

namespace minga::test {
namespace {

struct Restored {
  World world{5, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);
  Epoch epoch = 100;

  Restored() {
    world.Join();
    for (const char* id : {"v1", "v2", "v3"}) co.Put(id, "welder");
    REQUIRE(world.Converge());
    world.Settle();
  }
  // What a restore leaves: the records of the copy, a new epoch, a question to
  // the peer about everything after `head`.
  void PutBack(const storage::FeedHead& head) {
    co.Write([&](storage::Transaction& t) {
      return federation::PutToBeAsked(
          t.documents(),
          {kEcuador, head, world.clock().Now() + absl::Hours(1)});
    });
    for (const char* id : {"v1", "v2", "v3"}) co.Put(id, "welder");
    co.StartEpoch(kEcuador, ++epoch);
    co.Restart();
  }
  // No answer of the peer can be read.
  void SpoilAnswers(std::function<void()> told) {
    world.network().OnAnswers([told](PeerId, v1::AskResponse& answer) {
      if (!answer.has_restored()) return;
      told();
      answer.mutable_restored()->add_withdrawn();
    });
  }
  bool Waits() {
    bool waits = false;
    co.Write([&](storage::Transaction& t) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(const auto asks,
                             federation::AllToBeAsked(t.documents()));
      waits = !asks.empty();
      return absl::OkStatus();
    });
    return waits;
  }
};

TEST_CASE_METHOD(Restored, "the peers say what was withdrawn after the copy") {
  const storage::FeedHead head = co.HeadOf(kEcuador);
  co.Erase("v1");
  co.Erase("v2");
  REQUIRE(world.Converge());
  co.Put("v2", "welder");  // shown again since
  REQUIRE(world.Converge());

  PutBack(head);
  bool shown = false;
  world.network().OnResponses([&](PeerId, v1::FollowResponse& message) {
    for (const std::string& row : message.page().rows()) {
      shown |= absl::StrContains(row, "CO/vacancy/v1\n");
    }
  });
  REQUIRE(world.Converge());
  world.network().OnResponses(nullptr);
  CHECK_FALSE(shown);
  CHECK_FALSE(Waits());
  CHECK(ec.HeldFrom(kColombia).size() == 2);
  CHECK(ec.HeldFrom(kColombia).contains("v2"));
}

TEST_CASE_METHOD(Restored, "nothing is sent before the peers were asked") {
  const storage::FeedHead head = co.HeadOf(kEcuador);
  co.Erase("v1");
  REQUIRE(world.Converge());
  bool asked = false;
  SpoilAnswers([&] { asked = true; });
  PutBack(head);
  world.clock().Advance(absl::Minutes(10));
  world.Settle();
  CHECK(asked);
  CHECK(ec.CursorOf(kColombia).epoch != epoch);
  world.network().OnAnswers(nullptr);
  REQUIRE(world.Converge(absl::Hours(2)));
  CHECK(ec.HeldFrom(kColombia).size() == 2);
}

TEST_CASE_METHOD(Restored, "who cannot be reached is not waited for for ever") {
  const storage::FeedHead head = co.HeadOf(kEcuador);
  co.Erase("v1");
  REQUIRE(world.Converge());
  PutBack(head);
  SpoilAnswers([] {});
  world.clock().Advance(absl::Hours(1));
  REQUIRE(world.Converge(absl::Hours(2)));
  world.network().OnAnswers(nullptr);
  CHECK(ec.HeldFrom(kColombia).size() == 3);
  CHECK(Waits());
}

TEST_CASE_METHOD(Restored, "what a peer may no longer see is not erased") {
  const storage::FeedHead head = co.HeadOf(kEcuador);
  co.Erase("v1");
  // By law, or because the exchange ends.
  co.Write([&](storage::Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const auto row,
                           t.feeds().Find(kEcuador, co.Key("v2")));
    REQUIRE(row.has_value());
    return WithholdText(t, co.Key("v2"), kEcuador, row->seq);
  });
  world.Settle();
  REQUIRE(ec.HeldFrom(kColombia).size() == 1);
  PutBack(head);
  REQUIRE(world.Converge());
  CHECK_FALSE(Waits());
  CHECK(ec.HeldFrom(kColombia).size() == 2);
  CHECK(ec.HeldFrom(kColombia).contains("v2"));
}

TEST_CASE_METHOD(Restored, "a peer names only what it was told to erase") {
  const storage::FeedHead head = co.HeadOf(kEcuador);
  co.Erase("v1");
  REQUIRE(world.Converge());
  // The peer would like to be rid of another record.
  world.network().OnAnswers([](PeerId, v1::AskResponse& answer) {
    for (v1::ErasureProof& proof :
         *answer.mutable_restored()->mutable_withdrawn()) {
      v1::Row row;
      REQUIRE(row.ParseFromString(proof.row()));
      row.set_id("v2");
      proof.set_row(row.SerializeAsString());
    }
  });
  PutBack(head);
  world.Settle();
  world.clock().Advance(absl::Hours(1));
  world.Settle();
  world.network().OnAnswers(nullptr);
  CHECK(Waits());
  CHECK(co.ShownTo(kEcuador).contains("v2"));
}

TEST_CASE_METHOD(Restored,
                 "withdrawals are remembered by place, not for ever") {
  for (int i = 0; i < 30; ++i) {
    co.Put(absl::StrCat("w", i), "cook");
    co.Erase(absl::StrCat("w", i));
  }
  REQUIRE(world.Converge());
  co.Erase("v3");
  REQUIRE(world.Converge());
  const storage::FeedHead head = co.HeadOf(kEcuador);
  ec.Write([&](storage::Transaction& t) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const auto kept,
                           t.documents().List("withdrawn/CO/"));
    CHECK_FALSE(kept.empty());
    MINGA_ASSIGN_OR_RETURN(
        const RecordKey key,
        federation::ErasedKey(kColombia, kept.back().second));
    CHECK(key == co.Key("v3"));
    CHECK(absl::EndsWith(kept.back().first, absl::StrCat(head.last)));
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace minga::test
