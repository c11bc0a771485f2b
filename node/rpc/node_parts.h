// What the services of this folder answer from. The daemon fills it.
#ifndef MINGA_NODE_RPC_NODE_PARTS_H_
#define MINGA_NODE_RPC_NODE_PARTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/ids.h"
#include "node/base/random.h"
#include "node/rpc/tls.h"

namespace minga::storage {
class Database;
}  // namespace minga::storage

namespace minga::audit {
class Finder;
}  // namespace minga::audit

namespace minga::exchange {
class AnonymityDesk;
class DutyDesk;
class Exchange;
class Indexer;
class PolicyDesk;
class PolicyDiff;
class RecoveryDesk;
class ReleaseDesk;
}  // namespace minga::exchange

namespace minga::federation {
class Federation;
class OwnLog;
class Keyring;
}  // namespace minga::federation

namespace minga::rpc {

// Who acts on the admin socket: its file mode lets in the node's own user only.
inline constexpr absl::string_view kOperator = "operator";

// Pointers are not owned and outlive the services.
struct NodeParts {
  Country own;
  std::string name;
  std::string version;
  std::vector<std::string> endpoints;
  absl::Time started_at;

  storage::Database* database = nullptr;
  exchange::Exchange* exchange = nullptr;
  exchange::PolicyDesk* desk = nullptr;
  exchange::PolicyDiff* diff = nullptr;
  exchange::ReleaseDesk* releases = nullptr;
  exchange::DutyDesk* duties = nullptr;
  exchange::AnonymityDesk* anonymity = nullptr;
  exchange::RecoveryDesk* recovery = nullptr;
  exchange::Indexer* indexer = nullptr;
  const audit::Finder* finder = nullptr;
  federation::Federation* federation = nullptr;
  federation::OwnLog* own_log = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;

  // What this node signs with and is known by.
  federation::Keyring* keyring = nullptr;
  // Makes new keys of these uses; the former ones count `overlap_days` more.
  // Returns the sequence of the descriptor that names them.
  std::function<absl::StatusOr<std::uint64_t>(const std::set<std::string>& uses,
                                              int overlap_days)>
      rotate_keys;
  TlsParts tls;

  // Copies the database into the new file at `path`, without persons' keys.
  struct BackUp {
    std::int64_t bytes = 0;
    std::uint64_t log_size = 0;
  };
  std::function<absl::StatusOr<BackUp>(const std::string& path)> back_up;

  // Closes the log and goes on in the next one (LogKeeper::Close).
  struct ClosedLog {
    int log = 0;
    std::string checkpoint;  // its last one
    std::string next;        // name of the log that continues it
  };
  std::function<absl::StatusOr<ClosedLog>()> close_log;

  // Where peers are served; empty until then.
  std::function<std::string()> listening;
  // The peers in the database have changed: pins, streams and federation
  // follow.
  std::function<absl::Status()> peers_changed;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_NODE_PARTS_H_
