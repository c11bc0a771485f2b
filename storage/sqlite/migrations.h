// The schema of the database as numbered migrations.
#ifndef MINGA_STORAGE_SQLITE_MIGRATIONS_H_
#define MINGA_STORAGE_SQLITE_MIGRATIONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// "MNGA" and "MNGS" in PRAGMA application_id tell our files from other
// applications' SQLite files.
inline constexpr std::int64_t kDatabaseApplication = 0x4D4E4741;
inline constexpr std::int64_t kIndexApplication = 0x4D4E4753;

// The migration that expects the persons' keys to have left the database.
inline constexpr std::int64_t kPersonKeysVersion = 4;

// SQL of migration n at index n - 1 (schema.cc). Only ever appended to.
absl::Span<const absl::string_view> DatabaseMigrations();

// Runs the migrations after PRAGMA user_version, each in a transaction of its
// own together with the new version.
//   FAILED_PRECONDITION  the file's version is newer than the last migration.
//   DATA_LOSS            another application's file.
absl::Status Migrate(Connection& connection, std::int64_t application,
                     absl::Span<const absl::string_view> migrations);

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_MIGRATIONS_H_
