// Peers that are taken in again.
#include "node/rpc/peer_desk.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "federation/acquaintance.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "node/exchange/offices.h"
#include "node/rpc/farewell_desk.h"
#include "storage/sqlite/sqlite.h"
#include "tests/support/generations.h"
#include "tests/unit/federation/witnessing.h"

namespace minga::rpc {
namespace {

using test::kColombia;
using test::kEcuador;

// Ecuador, of which Colombia is a peer, and to whose log it is witness.
class Host : public test::Witnessing {
 public:
  Host() : clock_(test::kNow), ring_({test::FirstGeneration(ec)}, &clock_) {
    index_ = storage::OpenSqliteSearchIndex(folder / "index.db").value();
    offices_ = exchange::OpenOffices(
                   {kEcuador, database.get(), index_.get(), &clock_, &random})
                   .value();
    node_.own = kEcuador;
    node_.database = database.get();
    node_.desk = offices_.desk.get();
    node_.clock = &clock_;
    node_.random = &random;
    node_.keyring = &ring_;
    node_.peers_changed = [] { return absl::OkStatus(); };
  }

  // By its present descriptor, with the fingerprint heard right.
  AddedPeer Add() {
    const auto added = AddPeer(node_, co.DescriptorNote(),
                               federation::Fingerprint(co.descriptor));
    INFO(added.status());
    REQUIRE(added.ok());
    return *added;
  }
  void Remove() {
    const auto removed = RemoveAtOnce(node_, kColombia, "the memorandum ended");
    INFO(removed.status());
    REQUIRE(removed.ok());
  }
  // The peer tells of a later descriptor.
  void Succeed(const federation::OwnGeneration& next) {
    const absl::Status succeeded =
        database->Write([&](storage::Transaction& transaction) {
          return federation::Succeed(transaction, ring_, kColombia, {next.note},
                                     "operator", clock_.Now())
              .status();
        });
    INFO(succeeded);
    REQUIRE(succeeded.ok());
  }
  // What was cosigned of logs that are no more.
  std::vector<std::string> FormerLogs() const {
    std::vector<std::string> notes;
    REQUIRE(database
                ->Read([&](const storage::Snapshot& s) -> absl::Status {
                  const auto kept =
                      s.documents().List("former-witness/CO/").value();
                  for (const auto& [name, note] : kept) notes.push_back(note);
                  return absl::OkStatus();
                })
                .ok());
    return notes;
  }

 protected:
  NodeParts node_;

 private:
  SimulatedClock clock_;
  federation::Keyring ring_;
  std::unique_ptr<storage::SearchIndex> index_;
  exchange::Offices offices_;
};

TEST_CASE_METHOD(Host, "the log of a peer that lost its keys is cosigned anew",
                 "[peers][witness]") {
  const test::MemoryLog former = test::LogOf(400);
  Add();
  REQUIRE(Ask(Question(former, 0, 400))->size() == 400);
  const std::string held = Ask(v1::CheckpointQuestion())->held();
  const bool removed = GENERATE(false, true);
  if (removed) Remove();
  LoseKeys();
  CHECK(Add().rejoined != removed);

  const test::MemoryLog log = test::LogOf(300, 0, "anew ");
  const auto asked = Ask(v1::CheckpointQuestion());
  REQUIRE(asked.ok());
  CHECK(asked->held().empty());
  const auto answer = Ask(Question(log, 0, 300));
  REQUIRE(answer.ok());
  CHECK(answer->size() == 300);
  CHECK_FALSE(answer->cosignature().empty());
  // What the lost key signed stays verifiable.
  const auto known = FindPeer(node_, kColombia);
  REQUIRE(known.ok());
  CHECK(known->acquaintance.NodeKeys().size() == 2);
  // The former log stays proved.
  CHECK(FormerLogs() == std::vector<std::string>{held});
  CHECK(Forks().empty());
}

TEST_CASE_METHOD(Host, "a peer that comes back with its keys goes on",
                 "[peers][witness]") {
  const test::MemoryLog log = test::LogOf(700);
  Add();
  REQUIRE(Ask(Question(log, 0, 400))->size() == 400);
  Remove();
  Add();
  const auto answer = Ask(Question(log, 0, 300));
  REQUIRE(answer.ok());
  CHECK(answer->cosignature().empty());
  CHECK(answer->size() == 400);
  CHECK(Ask(Question(log, 400, 700))->size() == 700);
  CHECK(FormerLogs().empty());
}

TEST_CASE_METHOD(Host, "keys of before a loss end none that came after",
                 "[peers]") {
  const absl::CivilDay day = DayOf(test::kNow);
  const auto changed = [&](const federation::OwnGeneration& former) {
    return test::NextGeneration(former, {"tls", "node"}, day, 30);
  };
  Add();
  const federation::OwnGeneration second = changed(test::FirstGeneration(co));
  Succeed(second);
  Succeed(changed(second));
  const bool removed = GENERATE(false, true);
  if (removed) Remove();
  LoseKeys();
  Add();
  Succeed(changed(test::FirstGeneration(co)));

  const auto known = FindPeer(node_, kColombia);
  REQUIRE(known.ok());
  const federation::Acquaintance& acquaintance = known->acquaintance;
  // Both sides of the change count for the overlap, nothing of the lost keys.
  const auto in_force = acquaintance.InForce(day + 30);
  REQUIRE(in_force.size() == 2);
  CHECK(in_force[0].sequence == 2);
  CHECK(in_force[1].node_key.ToVkey() == co.descriptor.node_key.ToVkey());
  CHECK(acquaintance.InForce(day + 31).size() == 1);
  // What they signed stays verifiable. (Second keys are alike in tests.)
  CHECK(acquaintance.NodeKeys().size() == 4);
}

}  // namespace
}  // namespace minga::rpc
