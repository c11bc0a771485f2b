// LogIndexer keeps the index of the audit log up with the log: it follows the
// entries segment by segment and makes the index anew if there is none.
#ifndef MINGA_NODE_AUDIT_LOG_INDEXER_H_
#define MINGA_NODE_AUDIT_LOG_INDEXER_H_

#include "absl/status/statusor.h"
#include "node/audit/log_reader.h"
#include "node/base/ids.h"
#include "storage/audit_index.h"
#include "storage/database.h"

namespace minga::audit {

// Threads: one.
class LogIndexer {
 public:
  // Not owned; both outlive this.
  LogIndexer(const storage::Database* database, storage::AuditIndex* index,
             Country own)
      : reader_(database), index_(*index), own_(own) {}

  // Indexes the next segment, if it is full; true if there may be another.
  // Takes about a tenth of a second of one core.
  absl::StatusOr<bool> Step();

 private:
  const LogReader reader_;
  storage::AuditIndex& index_;
  const Country own_;
};

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_LOG_INDEXER_H_
