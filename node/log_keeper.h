// LogKeeper signs the audit log's checkpoint and sees to it that the log never
// loses what was signed. The newest checkpoint stands in the database and, for
// the case that the database itself is put back to an older state, in a file
// beside it.
#ifndef MINGA_NODE_LOG_KEEPER_H_
#define MINGA_NODE_LOG_KEEPER_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "storage/audit_store.h"

namespace minga {

namespace federation {
class OwnLog;
}  // namespace federation
namespace storage {
class Database;
}  // namespace storage

// Threads: one.
class LogKeeper {
 public:
  // Not owned; all outlive the keeper. `file` is where the newest checkpoint is
  // kept outside of the database.
  LogKeeper(storage::Database* database, const federation::Keyring* ring,
            std::string file, const Clock* clock, federation::OwnLog* guard)
      : database_(*database),
        ring_(*ring),
        file_(std::move(file)),
        clock_(*clock),
        guard_(*guard) {}

  // Called once, before anything is appended.
  //   DATA_LOSS            the log is shorter than a checkpoint that was signed
  //                        or has another root: an old copy of the database
  //                        was put in its place. Signing on would be a second
  //                        history.
  //   FAILED_PRECONDITION  a checkpoint is signed by no log key of ours,
  //                        present or former.
  absl::Status CheckAtStart();

  // Signs a checkpoint if there are entries after the newest one and the guard
  // lets it: not while the peers are being asked what they hold. DATA_LOSS
  // says why it was stopped.
  absl::Status SignIfGrown();

 private:
  // What a peer has shown before stands, until the log contains it again.
  absl::Status HeedPeers();

  storage::Database& database_;
  const federation::Keyring& ring_;
  const std::string file_;
  const Clock& clock_;
  federation::OwnLog& guard_;
  storage::LeafIndex signed_ = 0;  // size that the newest checkpoint covers
};

}  // namespace minga

#endif  // MINGA_NODE_LOG_KEEPER_H_
