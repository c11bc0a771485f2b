// What is checked and marked in a copy of the database.
#ifndef MINGA_STORAGE_SQLITE_COPY_H_
#define MINGA_STORAGE_SQLITE_COPY_H_

#include "absl/status/status.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// DATA_LOSS if pages, rows or indexes do not hold together.
absl::Status CheckStructure(Connection& copy);

// Puts kDocBackupMark.
absl::Status MarkAsCopy(Connection& copy);

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_COPY_H_
