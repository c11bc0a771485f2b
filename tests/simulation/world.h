// A federation of simulated nodes.
#ifndef MINGA_TESTS_SIMULATION_WORLD_H_
#define MINGA_TESTS_SIMULATION_WORLD_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/federation.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "node/base/ids.h"
#include "node/base/random.h"
#include "storage/database.h"
#include "tests/simulation/stepped_database.h"
#include "tests/simulation/text_exchange.h"
#include "tests/support/parties.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/transport/memory_transport.h"

namespace minga::v1 {
class AuditEntry;
}  // namespace minga::v1

namespace minga::test {

// The records of one country by id, as projected.
using View = std::map<std::string, std::string>;

// One node: it can stop, crash at any step, and start again on its file.
class Node {
 public:
  Node(MemoryNetwork& network, SimulatedClock& clock, Random& random,
       Country country, const std::string& folder);
  ~Node();

  Country country() const { return country_; }
  const Party& party() const { return party_; }
  federation::Federation& federation() { return *federation_; }
  SteppedDatabase& database() { return *database_; }
  TextExchange& exchange() { return exchange_; }
  // Outlives crashes, as the files of keys do.
  federation::Keyring& keyring() { return keyring_; }

  void Start();
  // Everything in memory is gone; jobs not yet run are lost.
  void Crash();
  void Restart();
  // Goes on as a program that speaks these versions only.
  void Speak(federation::ProtocolRange protocols);
  // Goes on as a program that lets each peer cost so much.
  void Allow(const federation::Allowances& most);

  // From now on what takes seconds waits for GoOn, one piece of work at a time;
  // without `slow` all that waits is done, and what comes is done at once.
  void BeSlow(bool slow);
  void GoOn();

  // Adds a peer and its feed, with everything that is in store shown.
  void AddPeer(const Party& peer, Epoch epoch = 1);
  void SetState(PeerId peer, storage::PeerState state);
  // Builds the peer's feed anew.
  void StartEpoch(PeerId peer, Epoch epoch);

  void Write(storage::Database::Job job);
  void Put(absl::string_view id, absl::string_view text);
  void Erase(absl::string_view id);
  RecordKey Key(absl::string_view id) const;
  // Answers what the projector was asked to decide anew. False if nothing.
  bool AnswerQuestions();

  View ShownTo(PeerId peer) const;
  View HeldFrom(PeerId origin) const;
  storage::FeedHead HeadOf(PeerId peer) const;
  storage::Cursor CursorOf(PeerId peer) const;
  std::vector<storage::ReceiptRow> ReceiptsOf(PeerId peer) const;
  std::vector<v1::AuditEntry> Audit() const;
  federation::PeerProgress ProgressWith(PeerId peer) const;

 private:
  MemoryNetwork& network_;
  SimulatedClock& clock_;
  Random& random_;
  const Country country_;
  const std::string path_;
  const Party party_;
  federation::ProtocolRange protocols_;
  federation::Allowances allowances_;
  bool slow_ = false;
  std::deque<std::function<void()>> waiting_;  // done aside
  std::vector<PeerId> peers_;
  TextExchange exchange_;
  federation::Keyring keyring_;
  std::unique_ptr<storage::Database> inner_;
  std::unique_ptr<SteppedDatabase> database_;
  std::unique_ptr<federation::Transport> transport_;
  std::unique_ptr<federation::Federation> federation_;
  // FeedsMoved goes here: the listener outlives the federation it tells.
  std::shared_ptr<federation::Federation*> told_;
};

class World {
 public:
  World(std::uint64_t seed, const std::vector<Country>& countries);

  Node& node(Country country);
  MemoryNetwork& network() { return network_; }
  SimulatedClock& clock() { return clock_; }
  SeededRandom& random() { return random_; }

  // Makes all know each other.
  void Join();

  // One small step of anything that can move: a tick, a job, a message.
  // False if nothing can move at this time.
  bool Step();
  // The same, chosen by the seed.
  void RandomStep();
  // Moves until nothing moves without the clock.
  void Settle();
  // Moves, the clock too, until every node holds what the others show it and
  // has said so; false if that takes longer than `limit`.
  bool Converge(absl::Duration limit = absl::Minutes(30));
  bool Converged();
  // What does not agree, for people; empty if everything does.
  std::string Differences();
  // Called after each step of Settle and Converge.
  std::function<void()> after_step;
  // Steps of Settle and Converge so far.
  std::uint64_t steps() const { return steps_; }

 private:
  bool Move();
  absl::Time TickAll();

  testing::TemporaryFolder folder_{testing::TemporaryFolder::On::kMemory};
  SimulatedClock clock_;
  SeededRandom random_;
  MemoryNetwork network_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::size_t turn_ = 0;
  std::uint64_t steps_ = 0;
};

// What the audit logs must show of every exchange: pages applied one after the
// other without gap or overlap, each logged by its origin before. Empty if so.
std::string LogFaults(World& world, Country origin, Country follower);

}  // namespace minga::test

#endif  // MINGA_TESTS_SIMULATION_WORLD_H_
