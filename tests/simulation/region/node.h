// One country's node with everything but the edges: exchange, storage,
// federation and log keeper on a real database; and the country's ledger
// beside it. It can stop, die at any write, and start again on its files.
#ifndef MINGA_TESTS_SIMULATION_REGION_NODE_H_
#define MINGA_TESTS_SIMULATION_REGION_NODE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/federation.h"
#include "federation/keyring.h"
#include "federation/own_log.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/offices.h"
#include "node/exchange/scene.h"
#include "node/log_keeper.h"
#include "storage/database.h"
#include "storage/search_index.h"
#include "tests/simulation/region/disk.h"
#include "tests/simulation/region/ledger.h"
#include "tests/support/parties.h"
#include "tests/support/transport/memory_transport.h"

namespace minga::region {

// The world's clock as this node's machine shows it.
class WrongClock final : public Clock {
 public:
  explicit WrongClock(const Clock& right) : right_(right) {}
  absl::Time Now() const override { return right_.Now() + wrong_by_; }
  void SetWrongBy(absl::Duration by) {
    wrong_by_ = by;
    was_wrong_ |= by != absl::ZeroDuration();
  }
  absl::Duration wrong_by() const { return wrong_by_; }
  // Ever.
  bool was_wrong() const { return was_wrong_; }

 private:
  const Clock& right_;
  absl::Duration wrong_by_;
  bool was_wrong_ = false;
};

// Lets every law pass that loads.
class OpenGate final : public exchange::ActivationGate {
 public:
  absl::StatusOr<exchange::Admission> Admit(
      const exchange::Candidate&) const override {
    return exchange::Admission();
  }
};

// What one node shows to one peer, by what the peer knows it by.
struct Sendable {
  std::map<std::string, SeenVacancy> vacancies;
  std::set<std::string> pseudonyms;
};

class Node {
 public:
  // All outlive it. `folder` is empty or has the files of an earlier life.
  Node(test::MemoryNetwork& network, const Clock& clock, std::uint64_t seed,
       Country own, std::string folder);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Country own() const { return ledger_.own; }
  const test::Party& party() const { return party_; }
  const Ledger& ledger() const { return ledger_; }
  WrongClock& clock() { return clock_; }
  const WrongClock& clock() const { return clock_; }
  absl::CivilDay Today() const { return DayOf(clock_.Now()); }

  // The files in the folder are copies of those of the node that this is of.
  void Inherit(const Ledger& ledger) { ledger_ = ledger; }

  // --- The program. Everything in memory is lost when it stops.
  absl::Status Start();
  void Stop();
  bool up() const { return federation_ != nullptr; }
  Disk& disk() { return *disk_; }
  const storage::Database& database() const { return *database_; }
  const exchange::Exchange& exchange() const { return *offices_.exchange; }
  federation::Federation& federation() { return *federation_; }
  std::vector<federation::PeerProgress> progress() const {
    return federation_->Progress();
  }
  // The bytes that `peer` would be sent for a row of its feed.
  absl::StatusOr<std::string> ProjectionOf(const storage::Snapshot& snapshot,
                                           Country peer,
                                           const storage::FeedRow& row) const {
    absl::StatusOr<federation::Projection> projection =
        offices_.projector->Project(snapshot, peer, row);
    if (!projection.ok()) return projection.status();
    return std::move(projection->body);
  }

  // --- Moving. Something has come for the federation thread.
  void Wake() { awake_ = true; }
  bool awake() const { return awake_; }
  // The federation thread's turn.
  void Tick();
  // The housekeeper's turn, if its time has come. True if it did something.
  absl::StatusOr<bool> KeepHouse();
  // In the world's time.
  absl::Time Due() const;

  // --- Deeds. What fails for the disk or because the program dies leaves the
  // ledger as the database is. Each takes the next ones in turn.
  absl::Status AddPeer(const test::Party& peer);
  absl::Status SignMou(Country peer);
  absl::Status Activate(const Law& law);
  void PutVacancies(std::uint64_t count, bool fee);
  void ChangeVacancies(std::uint64_t count, bool close);
  absl::Status WithdrawVacancies(std::uint64_t count);
  void RegisterPeople(std::uint64_t count);
  void ChangePeople(std::uint64_t count);
  absl::Status ErasePeople(std::uint64_t count);
  // Everywhere, or nowhere.
  absl::Status Consents(std::uint64_t count, bool give);
  absl::Status SetState(Country peer, storage::PeerState state);
  // Removes the peer, with everything held of it, and adds it anew.
  absl::Status Rejoin(const test::Party& peer);
  absl::Status ChangePseudonyms(Country peer);

  // What was permitted when the page with this root was logged; null if no such
  // page was.
  const Sendable* LoggedPage(Country peer, const std::string& root) const;

 private:
  // A put on its way to the disk.
  struct Pending {
    std::string id;
    std::optional<Vacancy> vacancy;
    std::optional<Person> person;
  };

  absl::Status Open();
  void Put(std::vector<Pending> puts);
  void Enter(const Pending& put);
  // The next `count` ids in turn.
  std::vector<std::string> Turn(std::vector<std::string> ids,
                                std::uint64_t count);
  std::vector<std::string> OpenVacancies() const;
  std::vector<std::string> PeopleIds() const;
  Consent NewConsent() const;
  // Has the exchange follow a change of a PeerRow; KeepHouse finishes what
  // fails half-way.
  absl::Status PeerChanged(Country peer);
  // The database was written to: the log may have grown.
  void SignSoon();
  absl::Status SignLog();
  // With peers that have joined again.
  absl::Status SignAgain();
  // Reads what of a deed that failed stands in the database.
  absl::Status ReadBack();
  absl::Status ReadBack(const Pending& put);
  Sendable SendableTo(Country peer) const;
  void NoteSentPages();

  test::MemoryNetwork& network_;
  WrongClock clock_;
  const std::string folder_;
  const test::Party party_;
  federation::Keyring keyring_;
  SeededRandom random_;
  OpenGate gate_;
  Ledger ledger_;
  std::uint64_t made_ = 0;  // ids and versions
  std::uint64_t turn_ = 0;
  std::vector<Pending> pending_;
  std::map<Country, int> joined_again_;
  std::set<Country> unsigned_;  // peers that joined again
  std::map<std::pair<Country, std::string>, Sendable> logged_;
  std::uint64_t leaves_ = 0;  // of the log, looked at by NoteSentPages

  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::SearchIndex> index_;
  std::unique_ptr<Disk> disk_;
  exchange::Offices offices_;
  std::unique_ptr<federation::OwnLog> own_log_;
  std::unique_ptr<LogKeeper> keeper_;
  std::unique_ptr<federation::Transport> transport_;
  std::unique_ptr<federation::Federation> federation_;
  std::shared_ptr<Node*> self_;  // for the listener, until Stop
  bool awake_ = true;
  absl::Time due_ = absl::InfinitePast();        // of the federation
  absl::Time house_due_ = absl::InfinitePast();  // both in the node's time
  std::optional<absl::Time> sign_due_;           // as these
};

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_NODE_H_
