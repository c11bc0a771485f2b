// Countries whose nodes know each other, in one process and one thread: real
// exchange, storage and federation under a simulated clock, network and disk,
// all from one seed.
//
// Idle time is leapt over. While nothing happens, a stream says that it lives
// every minute; a longer stretch is therefore slept through by all machines,
// day by day: at each leap all streams are lost, and after it the nodes keep
// house, dial again and exchange what there is.
#ifndef MINGA_TESTS_SIMULATION_REGION_REGION_H_
#define MINGA_TESTS_SIMULATION_REGION_REGION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/random.h"
#include "tests/simulation/region/checks.h"
#include "tests/simulation/region/node.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/transport/memory_transport.h"

namespace minga::region {

// Awake so long before each leap: streams are dialled again within seconds, and
// the first sign of life of an idle one comes after a minute.
inline constexpr absl::Duration kAwake = absl::Seconds(40);

// What happened, for those who read figures.
struct Figures {
  absl::Duration simulated;
  std::uint64_t events = 0;  // ticks, writes and messages
  std::uint64_t faults = 0;
  std::uint64_t pages = 0;   // with rows, that were sent and checked
  std::uint64_t rows = 0;    // of these pages
  std::uint64_t checks = 0;  // of a follower's whole view
  std::uint64_t bytes = 0;   // that began to cross
  std::uint64_t cuts = 0;    // CutAt that came true

  void Add(const Figures& other);
};

class Region {
 public:
  Region(std::uint64_t seed, const std::vector<Country>& countries);
  // The same countries with copies of the files of `stopped`.
  Region(std::uint64_t seed, const Region& stopped);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  // Everybody knows everybody, the agreements stand, the law is "open".
  absl::Status Found();
  absl::Status Start();
  void Stop();

  Node* Find(Country country);
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  const SimulatedClock& clock() const { return clock_; }
  const Figures& figures() const { return figures_; }

  // --- Faults.
  absl::Status Crash(Node& node);  // and starts again
  void Cut(Country a, Country b);
  // The bytes that cross between the two are counted from now on; the message
  // with byte `bytes` does not arrive, and the connection is lost.
  void CutAt(Country a, Country b, std::uint64_t bytes);
  void Part(Country a, Country b, bool parted);
  // The next page with rows from `origin` to `follower` comes twice, or with a
  // bit changed.
  void RepeatPage(Country origin, Country follower);
  void DamagePage(Country origin, Country follower);
  void SetSlow(Country country, bool slow);
  void SetFull(Country country, bool full);
  void SetClock(Country country, absl::Duration wrong_by);
  void CountFault() { ++figures_.faults; }
  // All of these end, and who is stopped starts.
  absl::Status EndFaults();

  // --- Time. INTERNAL if something was sent that may not be.
  absl::Status Steps(std::uint64_t steps);
  // Moves until nothing moves without the clock.
  absl::Status Settle();
  absl::Status Pass(absl::Duration time);
  // Moves, the clock too, until all peers see what they may (checks.h); or says
  // who does not after `limit`.
  absl::Status Converge(absl::Duration limit);

 private:
  static std::vector<Country> CountriesOf(const Region& region);
  test::MemoryNetwork::Fate OnTravel(const test::MemoryNetwork::Travel& travel);
  void OnSent(Country from, Country to, const v1::FollowResponse& message);
  bool IsSlow(const Node& node) const;
  // One thing of one node or the network; false if there is nothing.
  absl::StatusOr<bool> Move();
  absl::StatusOr<bool> MoveNode(Node& node);
  // Restarts those whose program has died.
  absl::Status Revive(Node& node);
  absl::Time Due() const;
  // By what is due, until `end` at most.
  absl::Status Live(absl::Time end);

  testing::TemporaryFolder folder_{testing::TemporaryFolder::On::kMemory};
  SimulatedClock clock_;
  SeededRandom random_;
  test::MemoryNetwork network_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<std::pair<Country, Country>, std::uint64_t> bytes_left_;
  std::set<std::pair<Country, Country>> parted_;
  std::set<std::pair<Country, Country>> repeats_;
  std::set<std::pair<Country, Country>> damages_;
  std::map<Country, absl::Time> slow_;  // writes again at
  Checks checks_;
  absl::Status wrong_;
  Figures figures_;
};

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_REGION_H_
