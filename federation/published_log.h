// PublishedLog is the node's own log, and those that were closed before it, as
// auditors may have them, file by file: what `audit export` writes and the HTTP
// edge serves.
#ifndef MINGA_FEDERATION_PUBLISHED_LOG_H_
#define MINGA_FEDERATION_PUBLISHED_LOG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "federation/own_log.h"
#include "storage/database.h"
#include "storage/evidence/log_files.h"

namespace minga::federation {

// Threads: any thread may call any method.
class PublishedLog {
 public:
  // Both outlive it.
  PublishedLog(const storage::Database* database, const OwnLog* own)
      : database_(*database), own_(*own) {}

  // The small files of one log, of one moment.
  struct Notes {
    int logs = 0;  // that the node has; all but the last are closed
    storage::LeafIndex size = 0;  // that `checkpoint` covers
    std::string checkpoint;       // the newest, with its cosignatures
    // The newest that peers have cosigned, if that is an older one; or empty.
    std::string cosigned;
    std::string keys;  // storage::LogKeys
  };
  // OUT_OF_RANGE if there is no log `log`, FAILED_PRECONDITION before the first
  // checkpoint.
  absl::StatusOr<Notes> ReadNotes(int log) const;

  // A tile or bundle of log `log` at `size` entries, which ReadNotes has told
  // or that is less. NOT_FOUND if a log of that size has no such file, or it
  // was pruned.
  absl::StatusOr<std::string> ReadTile(int log, const storage::TileName& name,
                                       storage::LeafIndex size) const;

 private:
  const storage::Database& database_;
  const OwnLog& own_;
};

// The README.md that lies beside every export.
std::string ExportReadme();

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PUBLISHED_LOG_H_
