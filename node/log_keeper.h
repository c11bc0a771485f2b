// LogKeeper signs the audit log's checkpoint and sees to it that the log never
// loses what was signed.
#ifndef MINGA_NODE_LOG_KEEPER_H_
#define MINGA_NODE_LOG_KEEPER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/clock.h"
#include "node/base/note.h"
#include "node/keys.h"
#include "storage/audit_store.h"

namespace minga {

namespace storage {
class Database;
}  // namespace storage

// Threads: one.
class LogKeeper {
 public:
  // Not owned; all outlive the keeper.
  LogKeeper(storage::Database* database, const NamedKey* log_key)
      : database_(*database), key_(*log_key) {}

  // Called once, before anything is appended.
  //   DATA_LOSS            the log is shorter than its newest checkpoint or has
  //                        another root: an old copy of the database was put
  //                        in its place. Signing on would be a second history.
  //   FAILED_PRECONDITION  the checkpoint is not signed by `log_key`.
  absl::Status CheckAtStart();

  // Signs a checkpoint if there are entries after the newest one.
  absl::Status SignIfGrown();

 private:
  storage::Database& database_;
  const NamedKey& key_;
  storage::LeafIndex signed_ = 0;  // size that the newest checkpoint covers
};

}  // namespace minga

#endif  // MINGA_NODE_LOG_KEEPER_H_
