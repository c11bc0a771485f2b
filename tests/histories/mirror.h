// Mirror is one peer as it sees people: it reads the feed after each commit,
// keeps what it was sent, and says what is wrong. It knows nothing of classes,
// ladders or rungs: only the bytes, and when a new epoch began.
#ifndef MINGA_TESTS_HISTORIES_MIRROR_H_
#define MINGA_TESTS_HISTORIES_MIRROR_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "federation/ports.h"
#include "minga/v1/profile.pb.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::histories {

// Stands in every text of a person that never leaves.
inline constexpr absl::string_view kSecret = "s3cr3t";

// How finely each field is shown, 0 for not at all. What is compared under one
// pseudonym: occupation (digits), occupation in the experience (digits),
// months, education, region, mobility, availability.
inline constexpr std::size_t kDepths = 7;
using Depths = std::array<int, kDepths>;
Depths DepthsOf(const v1::Profile& shown);

class Mirror {
 public:
  explicit Mirror(Country peer) : peer_(peer) {}

  Country peer() const { return peer_; }
  // Takes what is new in the feed, in one snapshot, and checks what changed: k
  // for each class and each skill or language in it.
  void Read(const storage::Database& database, federation::Projector& projector,
            int min_k);
  // The first seq that is not read yet, minus one.
  SeqNo last() const { return last_; }
  std::size_t people() const { return shown_.size(); }
  // Rows that the node would decide again before it sends them; empties.
  std::vector<RecordKey> TakeStale();

  // The sensitive values of a person, "" for one that is not known.
  using SensitiveOf =
      std::function<const std::vector<std::string>&(const std::string& person)>;
  // Each class has `min_l` different values of what is known of any in it.
  void CheckDiverse(const SensitiveOf& sensitive, int min_l);
  // Nobody is shown twice, and the feed has nobody else.
  void CheckWhole(const storage::Database& database, int min_k);

  struct Counts {
    std::uint64_t commits = 0;
    std::uint64_t rows = 0;
    std::uint64_t stale = 0;
    // Under the same pseudonym with a skill that was not shown before.
    std::uint64_t added_values = 0;
    std::uint64_t violations = 0;
  };
  const Counts& counts() const { return counts_; }
  // The first few, in words.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  struct Class {
    int people = 0;
    absl::flat_hash_map<std::string, int> values;
  };
  struct Seen {
    std::string person;
    std::string klass;
    std::vector<std::string> values;
  };
  // What was shown under a pseudonym, all displays together.
  struct Past {
    Epoch epoch = 0;
    Depths depths{};
    absl::flat_hash_set<std::string> values;
  };

  absl::Status ReadIn(const storage::Snapshot& snapshot,
                      federation::Projector& projector);
  void Show(const storage::FeedRow& row, const std::string& body,
            std::string terms);
  void BeginEpoch(Epoch epoch);
  void Hide(const std::string& wire_id);
  void CheckNoFiner(const storage::FeedRow& row, const v1::Profile& shown,
                    const std::vector<std::string>& values);
  void CheckTouched(int min_k);
  void Violate(std::string what);

  const Country peer_;
  SeqNo last_ = 0;
  // From a new one on everybody has another pseudonym.
  Epoch epoch_ = 0;
  absl::flat_hash_map<std::string, Seen> shown_;  // by pseudonym
  absl::flat_hash_map<std::string, Class> classes_;
  absl::flat_hash_map<std::string, Past> past_;  // by pseudonym
  absl::flat_hash_set<std::string> touched_;     // classes
  std::vector<RecordKey> stale_;
  Counts counts_;
  std::vector<std::string> violations_;
};

}  // namespace minga::histories

#endif  // MINGA_TESTS_HISTORIES_MIRROR_H_
