// `minga restore`: puts a backup of the database in the place of the present
// one, after checking that it can be lived with. What follows from it is done
// by the next start (node/exchange/recovery.h).
#ifndef MINGA_NODE_RESTORE_H_
#define MINGA_NODE_RESTORE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/random.h"
#include "node/config.h"

namespace minga {

// What a check of a backup has found.
struct BackupReport {
  std::uint64_t log_entries = 0;
  std::int64_t own_records = 0;
  std::int64_t received_records = 0;
  std::int64_t people_readable = 0;
  // Their keys were destroyed after the backup: they stay erased.
  std::int64_t people_erased = 0;
};

// Checks that `file` is a backup of this node that can be put in its place: its
// structure, that this program reads its schema, that it is of this country and
// sealed under this node's key, every entry of its log against the tree and the
// checkpoint against the log key, and that every own profile can be opened with
// keys.db or was erased. Changes nothing; a daemon may run meanwhile.
//   NOT_FOUND            there is no such file.
//   FAILED_PRECONDITION  of another node, or of another version of the program.
//   DATA_LOSS            damaged; says what.
absl::StatusOr<BackupReport> CheckBackup(const DataFolder& folder,
                                         const Config& config,
                                         const std::string& file,
                                         Random& random);

struct RestoreReport {
  BackupReport backup;
  // Where the database that was in place is now; empty if there was none.
  std::string kept;
};

// Checks `file` and puts a copy of it in place. The database that was there,
// with its write-ahead log and the log's checkpoint, is kept beside it under
// names with `now`; the search index is made anew by the next start.
//   FAILED_PRECONDITION  a daemon serves this data folder: stop it first.
//   RESOURCE_EXHAUSTED   the disk is full; nothing was changed.
//   and as CheckBackup.
absl::StatusOr<RestoreReport> RestoreBackup(const DataFolder& folder,
                                            const Config& config,
                                            const std::string& file,
                                            absl::Time now, Random& random);

}  // namespace minga

#endif  // MINGA_NODE_RESTORE_H_
