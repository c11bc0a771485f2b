// LogReader reads entries of the audit log by their position among all entries
// of the node: those of closed logs come first.
#ifndef MINGA_NODE_AUDIT_LOG_READER_H_
#define MINGA_NODE_AUDIT_LOG_READER_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/audit_index.h"
#include "storage/database.h"

namespace minga::audit {

using storage::LogPosition;

// Where an entry stands.
struct LogPlace {
  LogPosition position = 0;
  int log = 0;            // number of its log
  LogPosition start = 0;  // position of that log's first entry

  storage::LeafIndex index() const { return position - start; }
};

// Threads: any thread may call any method.
class LogReader {
 public:
  // Not owned; outlives this.
  explicit LogReader(const storage::Database* database)
      : database_(*database) {}

  absl::StatusOr<LogPosition> Size() const;

  // Position of entry `index` of log `number`, or of the end of that log.
  // OUT_OF_RANGE if there is no such log, or the index is beyond its end.
  absl::StatusOr<LogPosition> PositionOf(int number,
                                         storage::LeafIndex index) const;

  // Calls `take` with each entry of [begin, end), in order, until it returns
  // an error, which is the result; those that were pruned are left out.
  // OUT_OF_RANGE beyond the log, DATA_LOSS for entries that are not there.
  // Short read transactions: what is read is the same in all of them, as the
  // log only grows.
  using Take =
      absl::FunctionRef<absl::Status(const LogPlace&, absl::string_view)>;
  absl::Status Read(LogPosition begin, LogPosition end, Take take) const;

  // One entry and its place. NOT_FOUND if it was pruned.
  struct Entry {
    LogPlace place;
    std::string bytes;
  };
  absl::StatusOr<Entry> At(LogPosition position) const;

 private:
  const storage::Database& database_;
};

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_LOG_READER_H_
