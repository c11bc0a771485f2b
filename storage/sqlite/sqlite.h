// Opens the SQLite implementations of storage/*.h. Nothing else of this folder
// is for others.
#ifndef MINGA_STORAGE_SQLITE_SQLITE_H_
#define MINGA_STORAGE_SQLITE_SQLITE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/random.h"
#include "storage/audit_index.h"
#include "storage/database.h"
#include "storage/search_index.h"

namespace minga::storage {

struct SqliteOptions {
  std::string path;  // the file; made with mode 0600 if missing
  // The file of the persons' keys, made likewise; never part of a backup.
  // Empty: `path` with ".keys" after it.
  std::string keys;
  Country own;
  std::string node_key;  // 32 bytes: wraps the persons' keys
  // Not owned; outlives the database.
  Random* random = nullptr;
  // Quota of the file in SQLite's pages; 0 = none. Beyond it writes fail as
  // on a full disk.
  std::int64_t pages_max = 0;
};

// Opens and migrates.
//   FAILED_PRECONDITION  a newer schema than this program knows, another
//                        country's data, a wrong node key, the key file of
//                        another database or none, or another process has the
//                        file open.
//   DATA_LOSS            not a database, or a damaged one.
absl::StatusOr<std::unique_ptr<Database>> OpenSqliteDatabase(
    const SqliteOptions& options);

struct SqliteCopy {
  std::int64_t bytes = 0;
  std::uint64_t log_size = 0;  // entries of the audit log in the copy
};

// Copies the database at `path`, while it is in use or not, into the new file
// `to` (mode 0600), in one consistent state, and checks the copy's structure
// and that its audit log holds together. The persons' keys are not in it; that
// it is a copy (kDocBackupMark) is. Meanwhile writers go on and the database's
// write-ahead log grows.
//   ALREADY_EXISTS      there is something at `to`; it is left alone.
//   DATA_LOSS           the database is damaged; there is no copy.
//   RESOURCE_EXHAUSTED, FAILED_PRECONDITION (`to` cannot be made).
absl::StatusOr<SqliteCopy> CopySqliteDatabase(const std::string& path,
                                              const std::string& to);

// Puts kDocBackupMark into the copy at `path`, which nobody has open: one that
// was made with other means has none.
absl::Status MarkSqliteCopy(const std::string& path);

// Opens a copy that nobody has open, to be read: Write answers
// FAILED_PRECONDITION. Nothing is changed, also not `options.keys`, which a
// daemon may have open.
//   FAILED_PRECONDITION  another version's schema, another country's data or
//                        a wrong node key; or no key file.
//   DATA_LOSS            not a database, or a damaged one.
absl::StatusOr<std::unique_ptr<Database>> OpenSqliteCopy(
    const SqliteOptions& options);

// The index in its own file. A missing, damaged or older one is made anew
// (empty), because it can be rebuilt.
absl::StatusOr<std::unique_ptr<SearchIndex>> OpenSqliteSearchIndex(
    const std::string& path);

// The same for the index of the audit log.
absl::StatusOr<std::unique_ptr<AuditIndex>> OpenSqliteAuditIndex(
    const std::string& path);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_SQLITE_SQLITE_H_
