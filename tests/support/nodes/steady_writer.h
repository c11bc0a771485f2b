// A national system that goes on putting and withdrawing vacancies whatever
// happens to its node, and remembers what the node acknowledged.
#ifndef MINGA_TESTS_SUPPORT_NODES_STEADY_WRITER_H_
#define MINGA_TESTS_SUPPORT_NODES_STEADY_WRITER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "node/base/random.h"
#include "node/rpc/admin_client.h"

namespace minga::testing {

// Threads: Stop and the destructor from one thread, calls() from any, the rest
// after Stop.
class SteadyWriter {
 public:
  // What is stored of one vacancy: its version, or nothing.
  using State = std::optional<std::uint64_t>;

  // Begins at once. Vacancies are "<prefix><n>" with n < `ids`; `data` is the
  // folder of a node of `country` that may come and go.
  SteadyWriter(std::string data, std::string country, int ids,
               std::uint64_t seed);
  ~SteadyWriter() { Stop(); }

  // Ends the thread, with everything it has in doubt looked up: the node runs.
  void Stop();

  // Calls acknowledged so far.
  std::int64_t calls() const { return calls_.load(); }
  std::int64_t puts() const { return puts_; }
  std::int64_t withdrawals() const { return withdrawals_; }
  // Calls that ended without an answer, and were looked up afterwards.
  std::int64_t unanswered() const { return unanswered_; }
  // What the node should hold, and did not at some moment: empty if it kept
  // its word.
  const std::vector<std::string>& broken() const { return broken_; }
  const std::map<std::string, State>& acknowledged() const { return states_; }

 private:
  void Run();
  bool Reach();
  void LookBack();
  void Look(const std::string& id);
  absl::Status Put();
  absl::Status Withdraw();
  std::string RandomId();
  void Acknowledge(std::map<std::string, State> changes);

  const std::string data_;
  const std::string country_;
  const int ids_;
  SeededRandom random_;
  std::unique_ptr<rpc::AdminClient> client_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> calls_ = 0;
  std::int64_t puts_ = 0, withdrawals_ = 0, unanswered_ = 0;
  std::uint64_t version_ = 0;
  std::map<std::string, State> states_;
  // What the last call, which was not answered, may have changed.
  std::map<std::string, State> in_doubt_;
  // Of the last acknowledged calls: what a crash would take first.
  std::deque<std::set<std::string>> recent_;
  std::vector<std::string> broken_;
  std::thread thread_;
};

// The version that the node of `client` holds of a vacancy of `country`.
//   INTERNAL  it answered otherwise than with a record or NOT_FOUND.
absl::StatusOr<SteadyWriter::State> HeldVersion(rpc::AdminClient& client,
                                                const std::string& country,
                                                const std::string& id);

}  // namespace minga::testing

#endif  // MINGA_TESTS_SUPPORT_NODES_STEADY_WRITER_H_
