// LogReader reads entries of the audit log by their position among all entries
// of the node.
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

// Threads: any thread may call any method.
class LogReader {
 public:
  // Not owned; outlives this.
  explicit LogReader(const storage::Database* database)
      : database_(*database) {}

  absl::StatusOr<LogPosition> Size() const;

  // Calls `take` with each entry of [begin, end), in order, until it returns
  // an error, which is the result. OUT_OF_RANGE beyond the log, DATA_LOSS for
  // entries that are not there. Short read transactions: what is read is the
  // same in all of them, as the log only grows.
  using Take = absl::FunctionRef<absl::Status(LogPosition, absl::string_view)>;
  absl::Status Read(LogPosition begin, LogPosition end, Take take) const;

  // One entry.
  absl::StatusOr<std::string> At(LogPosition position) const;

 private:
  const storage::Database& database_;
};

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_LOG_READER_H_
