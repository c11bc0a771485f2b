// History is a random life of one node from a seed: people come, change,
// consent, withdraw and are erased, while laws, ladders and epochs change, days
// pass, peers acknowledge, and the program dies. After every commit both peers
// check what they see (mirror.h).
#ifndef MINGA_TESTS_HISTORIES_HISTORY_H_
#define MINGA_TESTS_HISTORIES_HISTORY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/random.h"
#include "tests/histories/mirror.h"
#include "tests/histories/node.h"

namespace minga::histories {

struct Settings {
  std::uint64_t seed = 0;
  // Puts, consents, withdrawals and erasures.
  std::uint64_t changes = 0;
  // At most so many people are stored at a time.
  std::uint64_t people = 0;
};

// One peer at one moment: as it is, and were everybody placed anew.
struct Figures {
  std::uint64_t changes = 0;
  std::string peer;
  std::int64_t people = 0;  // whom the law lets the peer see
  struct Standing {
    double hidden = 0;     // share of people
    double mean_rung = 0;  // of those shown; -1: nobody
  };
  int margin = 0;
  bool daily = false;  // who waits is released once a day only
  Standing online;
  Standing anew;     // on the same ladder
  Standing planned;  // on a ladder made for these people
  double loss_anew = 0;
  double loss_planned = 0;
};

class History {
 public:
  // Two peers, a law, nobody yet.
  static absl::StatusOr<std::unique_ptr<History>> Make(
      const Settings& settings);

  bool done() const { return changes_ >= settings_.changes; }
  std::uint64_t changes() const { return changes_; }
  // Does one thing and checks. INTERNAL with what is wrong.
  absl::Status Step();
  // Checks everything anew, also by AnonymityDesk::Verify, and measures. None
  // of a peer that may see fewer people than a class has.
  absl::StatusOr<std::vector<Figures>> Measure();

  const Mirror& mirror(std::size_t i) const { return *mirrors_[i]; }
  static constexpr std::size_t kPeers = 2;
  std::uint64_t laws() const { return laws_; }
  std::uint64_t epochs() const { return epochs_; }
  std::uint64_t restarts() const { return restarts_; }

 private:
  struct Person {
    bool stored = false;
    v1::Profile profile;
    std::vector<std::string> sensitive;
  };

  explicit History(const Settings& settings);
  std::uint64_t Below(std::uint64_t bound) { return random_.Below(bound); }
  Person& AnyPerson() { return people_[Below(people_.size())]; }

  absl::Status Do();
  absl::Status PutSome();
  absl::Status Consent();
  absl::Status Leave();
  absl::Status ChangeLaw();
  absl::Status ChangeLadder();
  absl::Status ChangeEpoch();
  absl::Status PassDays();
  absl::Status Acknowledge();
  absl::Status Restart();
  // Has decided again what could not be sent.
  absl::Status Refresh();
  absl::Status Verdict() const;
  // What changes of a person, and the consent that comes with it.
  bool Change(Person& person, v1::Consent& consent);
  v1::Consent FreshConsent();
  absl::StatusOr<Figures> MeasurePeer(const Mirror& mirror);

  const Settings settings_;
  SeededRandom random_;
  std::array<std::unique_ptr<Mirror>, kPeers> mirrors_;
  std::vector<Person> people_;
  absl::flat_hash_map<std::string, std::size_t> by_id_;
  Law law_;
  // What every commit keeps; during a change of law the weaker of both.
  int k_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t laws_ = 0;
  std::uint64_t epochs_ = 0;
  std::uint64_t restarts_ = 0;
  std::unique_ptr<Node> node_;  // last: its listener uses the rest
};

}  // namespace minga::histories

#endif  // MINGA_TESTS_HISTORIES_HISTORY_H_
