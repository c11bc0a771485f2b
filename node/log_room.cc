#include "node/log_room.h"

#include "node/base/status.h"
#include "storage/sqlite/sqlite.h"

namespace minga {

absl::StatusOr<std::unique_ptr<LogRoom>> LogRoom::Open(
    const DataFolder& folder, const Config& config, storage::Database* database,
    const Clock* clock) {
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<storage::AuditIndex> index,
                         storage::OpenSqliteAuditIndex(folder.audit_index()));
  std::unique_ptr<LogRoom> room(
      new LogRoom(std::move(index), config, database, clock));
  // Before anything is appended: the index of a longer log is of another one.
  MINGA_RETURN_IF_ERROR(room->indexer_.Step().status());
  return room;
}

absl::StatusOr<bool> LogRoom::Step() {
  MINGA_ASSIGN_OR_RETURN(const bool more_to_index, indexer_.Step());
  MINGA_ASSIGN_OR_RETURN(const bool more_to_prune, pruner_.Step());
  return more_to_index || more_to_prune;
}

}  // namespace minga
