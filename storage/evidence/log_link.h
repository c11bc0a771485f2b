// What entries say of the logs themselves. The last entry of a closed log says
// that it is closed, and the first entry of the next holds the closed one's
// last checkpoint; where entries were destroyed, a later one says so.
#ifndef MINGA_STORAGE_EVIDENCE_LOG_LINK_H_
#define MINGA_STORAGE_EVIDENCE_LOG_LINK_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/merkle.h"

namespace minga::storage {

// Whether `entry` (bytes of v1::AuditEntry) is LOG_CLOSED.
bool ClosesLog(absl::string_view entry);

// The checkpoint that `entry`, the first of a log, goes on from.
// INVALID_ARGUMENT unless it is LOG_CONTINUED with a checkpoint and its digest.
absl::StatusOr<Checkpoint> ContinuedFrom(absl::string_view entry);

// OK if `entry`, the first of a log, goes on from exactly `last`.
// INVALID_ARGUMENT with what it does instead.
absl::Status CheckContinues(absl::string_view entry, const Checkpoint& last);

// Of which log the entries before `upto` were destroyed, if `entry` says so.
struct PrunedEntries {
  int log = 0;
  LeafIndex upto = 0;
};
std::optional<PrunedEntries> SaysPruned(absl::string_view entry);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_EVIDENCE_LOG_LINK_H_
