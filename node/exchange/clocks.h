// The clocks that run at a breach (breach_notice_hours). No program knows that
// data has leaked; what it can do is to tell at once how long is left to
// notify, and which article says so.
#ifndef MINGA_NODE_EXCHANGE_CLOCKS_H_
#define MINGA_NODE_EXCHANGE_CLOCKS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "minga/v1/policy.pb.h"
#include "node/base/ids.h"
#include "node/base/memo.h"
#include "policy/policy_set.h"

namespace minga::exchange {

struct BreachClock {
  int hours = 0;
  std::string rule;      // its id
  std::string citation;  // "Ley 21.719 art. 14 sexies (verified)"
};

// Finds them in the documents in force. Threads: any.
class BreachClocks {
 public:
  // The shortest clock of all rules that are in force on `today` for exchanges
  // with `peer`, whatever else they ask of a record; nullopt if there is none.
  // DATA_LOSS if a document does not parse.
  absl::StatusOr<std::optional<BreachClock>> Shortest(
      const policy::PolicySources& sources, Country own, const PeerId& peer,
      absl::CivilDay today);

 private:
  // Status reports ask for every peer.
  Memo<v1::PolicyDocument> documents_;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_CLOCKS_H_
