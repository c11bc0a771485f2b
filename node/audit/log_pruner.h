// LogPruner destroys entries of the audit log that are older than the operator
// has to keep them. Their hashes stay, so that the log still verifies and what
// is left can still be proved. Off unless the operator says how many years:
// how long the law of a country asks for is for its lawyers to say.
#ifndef MINGA_NODE_AUDIT_LOG_PRUNER_H_
#define MINGA_NODE_AUDIT_LOG_PRUNER_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "storage/database.h"

namespace minga::audit {

// The first moment that is kept at `now`: the beginning of a calendar year (in
// UTC), because what the decisions of a year rest on stands in the log once a
// year. So entries are kept for `years` and up to one more.
absl::Time KeptFrom(absl::Time now, int years);

// Threads: one.
class LogPruner {
 public:
  // Not owned; both outlive this. `years` 0: everything is kept.
  LogPruner(storage::Database* database, const Clock* clock, int years)
      : database_(*database), clock_(*clock), years_(years) {}

  // Destroys some thousand entries, if there are any to destroy, and writes
  // LOG_PRUNED with it; true if there may be more. Looks once an hour. A bundle
  // goes if all its entries are old, and only after all before it.
  absl::StatusOr<bool> Step();

 private:
  storage::Database& database_;
  const Clock& clock_;
  const int years_;
  absl::Time next_ = absl::InfinitePast();
};

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_LOG_PRUNER_H_
