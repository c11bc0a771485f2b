// A node's exchange on a real database under a seeded randomness and a clock
// that moves only when told: the same seed gives the same history.
#ifndef MINGA_TESTS_HISTORIES_NODE_H_
#define MINGA_TESTS_HISTORIES_NODE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/offices.h"
#include "policy/policy_set.h"
#include "storage/database.h"
#include "storage/search_index.h"

namespace minga::histories {

inline constexpr Country kOwn = Country::Of("CO");

// One national policy of the history.
struct Law {
  int min_k = 5;
  int min_l = 0;        // 0: does not ask for diversity
  bool coarse = false;  // education, region and availability one step up
  bool profiles = true;
};
policy::DocumentSource NationalOf(const Law& law);

class Node {
 public:
  // Called after each commit that changed something, on the writer's thread,
  // while whoever asked for the commit waits.
  using Listener = std::function<void(const storage::CommitNews&)>;

  static absl::StatusOr<std::unique_ptr<Node>> Make(std::uint64_t seed,
                                                    Listener listener);
  ~Node();

  absl::Status AddPeer(Country peer);
  absl::Status Activate(const Law& law);
  // What a restart of the program sees.
  absl::Status Restart();
  // Housekeeping until nothing is due today.
  absl::Status KeepHouse();
  // An epoch of `peer` begins, and the program dies before anybody is
  // withdrawn.
  absl::Status BeginEpochAndCrash(Country peer);
  absl::Status Write(const storage::Database::Job& job) {
    return database_->Write(job);
  }

  SimulatedClock& clock() { return clock_; }
  storage::Database& database() { return *database_; }
  exchange::Offices& offices() { return offices_; }

 private:
  // Lets everything pass that loads.
  class OpenGate final : public exchange::ActivationGate {
   public:
    absl::StatusOr<exchange::Admission> Admit(
        const exchange::Candidate&) const override {
      return exchange::Admission();
    }
  };

  Node(std::uint64_t seed, Listener listener);
  absl::Status Open();
  void Close();

  std::string folder_;
  SimulatedClock clock_;
  SeededRandom random_;
  OpenGate gate_;
  const Listener listener_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::SearchIndex> index_;
  exchange::Offices offices_;
};

}  // namespace minga::histories

#endif  // MINGA_TESTS_HISTORIES_NODE_H_
