// LogRoom is what the daemon has for reading the audit log: its index, the
// finder, and the work on both that is due now and then.
#ifndef MINGA_NODE_LOG_ROOM_H_
#define MINGA_NODE_LOG_ROOM_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "node/audit/finder.h"
#include "node/audit/log_indexer.h"
#include "node/audit/log_pruner.h"
#include "node/base/clock.h"
#include "node/config.h"
#include "storage/audit_index.h"
#include "storage/database.h"

namespace minga {

class LogRoom {
 public:
  // Opens the index, or makes it. Not owned; both outlive the room.
  static absl::StatusOr<std::unique_ptr<LogRoom>> Open(
      const DataFolder& folder, const Config& config,
      storage::Database* database, const Clock* clock);

  // Indexes some entries, and destroys some that need not be kept; true if
  // there is more to do at once. Threads: the housekeeper's.
  absl::StatusOr<bool> Step();

  // Threads: any may use it.
  const audit::Finder& finder() const { return finder_; }

 private:
  LogRoom(std::unique_ptr<storage::AuditIndex> index, const Config& config,
          storage::Database* database, const Clock* clock)
      : index_(std::move(index)),
        indexer_(database, index_.get(), config.country),
        pruner_(database, clock, config.keep_years),
        finder_(database, index_.get(), config.country) {}

  const std::unique_ptr<storage::AuditIndex> index_;
  audit::LogIndexer indexer_;
  audit::LogPruner pruner_;
  const audit::Finder finder_;
};

}  // namespace minga

#endif  // MINGA_NODE_LOG_ROOM_H_
