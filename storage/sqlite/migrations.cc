#include "storage/sqlite/migrations.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

absl::Status RunMigration(Connection& connection, std::int64_t application,
                          std::size_t number, absl::string_view sql) {
  absl::Status status = connection.Exec(absl::StrCat(
      "BEGIN IMMEDIATE;", sql, "PRAGMA application_id=", application,
      ";PRAGMA user_version=", number, ";COMMIT;"));
  if (!status.ok() && connection.InTransaction()) {
    // The first error is the one that tells.
    connection.Exec("ROLLBACK").IgnoreError();
  }
  return status;
}

}  // namespace

absl::Status Migrate(Connection& connection, std::int64_t application,
                     absl::Span<const absl::string_view> migrations) {
  MINGA_ASSIGN_OR_RETURN(const std::int64_t found,
                         connection.Number("PRAGMA application_id"));
  MINGA_ASSIGN_OR_RETURN(const std::int64_t version,
                         connection.Number("PRAGMA user_version"));
  MINGA_ASSIGN_OR_RETURN(
      const std::int64_t tables,
      connection.Number("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = found == 0 && version == 0 && tables == 0;
  if (!fresh && found != application) {
    return absl::DataLossError(
        "database: the file belongs to another application");
  }
  const auto newest = static_cast<std::int64_t>(migrations.size());
  if (version > newest) {
    return absl::FailedPreconditionError(absl::StrCat(
        "database: schema version ", version, " is newer than this program's ",
        newest, "; install the newer one"));
  }
  for (std::int64_t done = version; done < newest; ++done) {
    const auto number = static_cast<std::size_t>(done) + 1;
    MINGA_RETURN_IF_ERROR(At(
        absl::StrCat("migration ", number),
        RunMigration(connection, application, number, migrations[number - 1])));
  }
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
