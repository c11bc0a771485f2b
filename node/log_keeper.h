// LogKeeper signs the audit log's checkpoint, sees to it that the log never
// loses what was signed, and closes it to go on in a new one. The newest
// checkpoint stands in the database and, for the case that the database itself
// is put back to an older state, in a file beside it.
#ifndef MINGA_NODE_LOG_KEEPER_H_
#define MINGA_NODE_LOG_KEEPER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "federation/keyring.h"
#include "node/base/clock.h"
#include "storage/audit_store.h"
#include "storage/evidence/log_names.h"

namespace minga {

namespace federation {
class OwnLog;
}  // namespace federation
namespace storage {
class Database;
class Transaction;
}  // namespace storage

// Threads: CheckAtStart first, then any thread may call any method.
class LogKeeper {
 public:
  // Not owned; all outlive the keeper. `file` is where the newest checkpoint is
  // kept outside of the database. `close_at`: entries at which CloseIfFull
  // closes the log; 0 = never.
  LogKeeper(storage::Database* database, const federation::Keyring* ring,
            std::string file, const Clock* clock, federation::OwnLog* guard,
            std::uint64_t close_at = 0)
      : database_(*database),
        ring_(*ring),
        file_(std::move(file)),
        clock_(*clock),
        guard_(*guard),
        close_at_(close_at) {}

  // Called once, before anything is appended.
  //   DATA_LOSS            the log is shorter than a checkpoint that was signed
  //                        or has another root, or a log that was begun is
  //                        missing: an old copy of the database was put in its
  //                        place. Signing on would be a second history.
  //   FAILED_PRECONDITION  a checkpoint is signed by no log key of ours,
  //                        present or former.
  absl::Status CheckAtStart();

  // Signs a checkpoint if there are entries after the newest one and the guard
  // lets it: not while the peers are being asked what they hold. DATA_LOSS
  // says why it was stopped.
  absl::Status SignIfGrown();

  struct Closed {
    int log = 0;             // number of the log that was closed
    std::string checkpoint;  // its last one
    std::string next;        // name of the log that continues it
  };
  // Closes the log and begins the next one, in one transaction: LOG_CLOSED is
  // the last entry of the one and under its checkpoint, LOG_CONTINUED with that
  // checkpoint the first of the other, and signed as well.
  //   UNAVAILABLE         the peers are still being asked what they hold.
  //   DATA_LOSS           signing was stopped; says why.
  //   RESOURCE_EXHAUSTED  there are kLogsMax logs.
  absl::StatusOr<Closed> Close(absl::string_view actor);

  // Closes the log if as many entries are signed as it shall have. Does
  // nothing while the guard does not let it.
  absl::Status CloseIfFull();

 private:
  // What a peer has shown before stands, until the log contains it again.
  absl::Status HeedPeers();
  // Signs the log as it is in this transaction; the note.
  absl::StatusOr<std::string> SignIn(storage::Transaction& transaction) const;
  absl::StatusOr<Closed> CloseIn(storage::Transaction& transaction,
                                 absl::string_view actor) const;
  absl::StatusOr<Closed> CloseNow(absl::string_view actor)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // `note` was committed: the others are told.
  absl::Status Signed(const std::string& note)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  storage::Database& database_;
  const federation::Keyring& ring_;
  const std::string file_;
  const Clock& clock_;
  federation::OwnLog& guard_;
  const std::uint64_t close_at_;
  absl::Mutex mutex_;
  // What the newest checkpoint covers.
  storage::LogHead signed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga

#endif  // MINGA_NODE_LOG_KEEPER_H_
