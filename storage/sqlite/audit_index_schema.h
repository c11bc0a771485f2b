#ifndef MINGA_STORAGE_SQLITE_AUDIT_INDEX_SCHEMA_H_
#define MINGA_STORAGE_SQLITE_AUDIT_INDEX_SCHEMA_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace minga::storage::sqlite {

// "MNGL" in PRAGMA application_id.
inline constexpr std::int64_t kAuditIndexApplication = 0x4D4E474C;

// Migrations of the index of the audit log, see Migrate.
absl::Span<const absl::string_view> AuditIndexMigrations();

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_AUDIT_INDEX_SCHEMA_H_
