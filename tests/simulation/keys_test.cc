// Keys change while records travel.
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "federation/acquaintance.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "tests/simulation/world.h"
#include "tests/support/generations.h"

namespace minga::test {
namespace {

// What `node` knows of `peer`.
federation::Acquaintance Knows(Node& node, PeerId peer) {
  federation::Acquaintance known;
  const absl::Status read = node.database().Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const auto row, snapshot.peers().Get(peer));
        MINGA_ASSIGN_OR_RETURN(
            known, federation::ReadAcquaintance(snapshot.documents(), *row));
        return absl::OkStatus();
      });
  REQUIRE(read == absl::OkStatus());
  return known;
}

struct Changing {
  World world{1, {kColombia, kEcuador}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);

  Changing() {
    world.Join();
    for (int i = 0; i < 1500; ++i) co.Put(absl::StrCat("v", i), "welder");
    for (int i = 0; i < 30; ++i) ec.Put(absl::StrCat("e", i), "nurse");
  }

  absl::CivilDay Today() { return DayOf(world.clock().Now()); }
  void Rotate(Node& node, int overlap_days = 30) {
    Rotate(node, Today(), overlap_days);
  }
  void Rotate(Node& node, absl::CivilDay from, int overlap_days) {
    node.keyring().Add(NextGeneration(node.keyring().Newest(),
                                      {"tls", "node", "log", "cosign"}, from,
                                      overlap_days));
    node.federation().PeersChanged();
  }
  void MustConverge(absl::Duration limit = absl::Minutes(30)) {
    const bool converged = world.Converge(limit);
    INFO(world.Differences());
    INFO(co.ProgressWith(kEcuador).last_error);
    INFO(ec.ProgressWith(kColombia).last_error);
    REQUIRE(converged);
    world.Settle();
    CHECK(LogFaults(world, kColombia, kEcuador) == "");
    CHECK(LogFaults(world, kEcuador, kColombia) == "");
  }
  int Count(Node& node, v1::AuditEvent event) {
    int count = 0;
    for (const v1::AuditEntry& e : node.Audit()) count += e.event() == event;
    return count;
  }
};

TEST_CASE_METHOD(Changing, "keys that change during a transfer lose no page",
                 "[keys]") {
  const int steps = GENERATE(0, 3, 7, 12, 18, 25, 33, 42, 52, 63);
  for (int i = 0; i < steps; ++i) world.Step();
  Rotate(co);
  for (int i = 0; i < steps; ++i) world.Step();
  Rotate(ec);
  MustConverge();
  CHECK(ec.HeldFrom(kColombia).size() == 1500);
  CHECK(co.HeldFrom(kEcuador).size() == 30);
  CHECK(Count(ec, v1::AUDIT_EVENT_PAGE_REFUSED) == 0);
  CHECK(Count(co, v1::AUDIT_EVENT_PAGE_REFUSED) == 0);
  CHECK(Knows(ec, kColombia).newest().sequence == 2);
  CHECK(Knows(co, kEcuador).newest().sequence == 2);
  CHECK(Count(ec, v1::AUDIT_EVENT_PEER_UPDATED) == 1);
  CHECK(co.keyring().Held().at(kEcuador) == 2);
  // Old receipts verify under the keys that were kept.
  for (const storage::ReceiptRow& receipt : co.ReceiptsOf(kEcuador)) {
    if (receipt.side != storage::ReceiptSide::kTaken) continue;
    const Note note = Note::Parse(receipt.note).value();
    bool valid = false;
    for (const auto& key : Knows(co, kEcuador).NodeKeys()) {
      valid = valid || VerifyNote(note, key);
    }
    CHECK(valid);
  }
}

TEST_CASE_METHOD(Changing, "after the overlap the new key signs alone",
                 "[keys]") {
  MustConverge();
  Rotate(ec);
  MustConverge();
  world.clock().Advance(absl::Hours(24 * 31));
  co.Put("late", "cook");
  MustConverge();
  std::string newest;  // of those that Ecuador gave
  for (const storage::ReceiptRow& row : co.ReceiptsOf(kEcuador)) {
    if (row.side == storage::ReceiptSide::kTaken && newest.empty()) {
      newest = row.note;
    }
  }
  const Note receipt = Note::Parse(newest).value();
  const federation::Acquaintance known = Knows(co, kEcuador);
  REQUIRE(known.descriptors.size() == 2);
  CHECK(VerifyNote(receipt, known.descriptors[0].node_key));
  CHECK_FALSE(VerifyNote(receipt, known.descriptors[1].node_key));
  CHECK(known.InForce(Today()).size() == 1);
}

TEST_CASE_METHOD(Changing, "who slept through several changes catches up",
                 "[keys]") {
  MustConverge();
  world.network().SetReachable(kColombia, false);
  const int days = GENERATE(1, 40);  // within the overlap, and after it
  for (int change = 0; change < 3; ++change) Rotate(co);
  co.Put("new", "cook");
  world.clock().Advance(absl::Hours(24 * days));
  world.Settle();
  CHECK(Knows(ec, kColombia).newest().sequence == 1);
  world.network().SetReachable(kColombia, true);
  MustConverge(absl::Hours(2));
  // No more than some an hour are taken in, and once a day asked for.
  for (int hour = 0; hour < 30; ++hour) {
    world.clock().Advance(absl::Hours(1));
    world.Settle();
  }
  CHECK(Knows(ec, kColombia).newest().sequence == 4);
  CHECK(Knows(ec, kColombia).descriptors.size() == 4);
}

TEST_CASE_METHOD(Changing, "a descriptor of tomorrow is taken in tomorrow",
                 "[keys]") {
  MustConverge();
  Rotate(co, Today() + 2, 30);
  world.Settle();
  co.Put("now", "cook");
  MustConverge();
  CHECK(Knows(ec, kColombia).newest().sequence == 1);
  CHECK(ec.ProgressWith(kColombia).descriptor_refused == "");
  for (int hour = 0; hour < 50; ++hour) {
    world.clock().Advance(absl::Hours(1));
    world.Settle();
  }
  CHECK(Knows(ec, kColombia).newest().sequence == 2);
}

TEST_CASE_METHOD(Changing, "a crash between changes loses neither", "[keys]") {
  MustConverge();
  Rotate(co);
  const int steps = GENERATE(1, 2, 3, 5, 8, 13);
  for (int i = 0; i < steps; ++i) world.Step();
  ec.Restart();
  co.Put("new", "cook");
  MustConverge();
  CHECK(Knows(ec, kColombia).newest().sequence == 2);
  CHECK(Count(ec, v1::AUDIT_EVENT_PEER_UPDATED) == 1);
}

// Three, of whom Ecuador announces what is another's.
struct Claiming {
  World world{2, {kColombia, kEcuador, kPeru}};
  Node& co = world.node(kColombia);
  Node& ec = world.node(kEcuador);
  Node& pe = world.node(kPeru);

  Claiming() {
    world.Join();
    REQUIRE(world.Converge());
  }

  federation::OwnGeneration Next(Node& node) {
    return NextGeneration(node.keyring().Newest(), {"tls"},
                          DayOf(world.clock().Now()), 30);
  }
  void Announce(Node& node, federation::OwnGeneration next) {
    const federation::OwnGeneration former = node.keyring().Newest();
    next.note = federation::SignSuccessor(next.descriptor, *next.node,
                                          former.descriptor, *former.node);
    node.keyring().Add(std::move(next));
    node.federation().PeersChanged();
    world.Settle();
  }
  // Why Colombia does not take the newest of `peer`.
  std::string Refused(PeerId peer) {
    return co.ProgressWith(peer).descriptor_refused;
  }
  // The sequence of `peer` that Colombia goes by.
  std::uint64_t Known(PeerId peer) { return Knows(co, peer).newest().sequence; }
};

TEST_CASE_METHOD(Claiming, "nobody announces what is another's", "[keys]") {
  federation::OwnGeneration next = Next(ec);
  SECTION("a peer's certificate") {
    next.descriptor.certificate_pem = pe.party().descriptor.certificate_pem;
  }
  SECTION("a former certificate of a peer") {
    Announce(pe, Next(pe));
    REQUIRE(Known(kPeru) == 2);
    next.descriptor.certificate_pem = pe.party().descriptor.certificate_pem;
  }
  SECTION("our certificate") {
    next.descriptor.certificate_pem = co.party().descriptor.certificate_pem;
  }
  SECTION("a peer's key, for another use") {
    next.descriptor.cosign_key.public_key =
        pe.party().descriptor.log_key.public_key;
  }
  SECTION("the name of a peer's key") {
    next.descriptor.cosign_key.name = pe.party().descriptor.cosign_key.name;
  }
  Announce(ec, next);
  CHECK(Known(kEcuador) == 1);
  CHECK(absl::StrContains(Refused(kEcuador), "EC"));
  world.clock().Advance(absl::Hours(25));
  world.Settle();
  CHECK(Known(kEcuador) == 1);
  CHECK(absl::StrContains(Refused(kEcuador), "EC"));
  CHECK(Refused(kPeru) == "");
}

TEST_CASE_METHOD(Claiming, "a certificate of its own is taken", "[keys]") {
  Announce(ec, Next(ec));
  CHECK(Known(kEcuador) == 2);
  CHECK(Refused(kEcuador) == "");
}

TEST_CASE_METHOD(Claiming, "what was refused is forgotten with the next one",
                 "[keys]") {
  federation::OwnGeneration ended = Next(ec);
  ended.descriptor.valid_until = DayOf(world.clock().Now()) - 1;
  ended.descriptor.valid_from = ended.descriptor.valid_until;
  Announce(ec, ended);
  CHECK(Known(kEcuador) == 1);
  CHECK(absl::StrContains(Refused(kEcuador), "expired"));
  federation::OwnGeneration next = Next(ec);
  next.descriptor.valid_until = DayOf(world.clock().Now()) + 300;
  Announce(ec, next);
  world.clock().Advance(absl::Hours(2));
  world.Settle();
  CHECK(Known(kEcuador) == 3);
  CHECK(Refused(kEcuador) == "");
}

}  // namespace
}  // namespace minga::test
