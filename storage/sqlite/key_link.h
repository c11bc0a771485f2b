// Which key file belongs to which database, and the way of the keys from a
// database of an older schema into their file.
#ifndef MINGA_STORAGE_SQLITE_KEY_LINK_H_
#define MINGA_STORAGE_SQLITE_KEY_LINK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/random.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/key_file.h"

namespace minga::storage::sqlite {

// True for a database whose schema still has the keys in it.
absl::StatusOr<bool> HoldsKeys(Connection& database);

// Opens the key file of `database` for writing. A new database and a new file
// are bound to each other by a random name that both keep, also in every copy
// of the database.
//   FAILED_PRECONDITION  the file is another database's, or is missing although
//                        there are persons: without it nobody can be read, and
//                        a new one would have everybody erased.
absl::StatusOr<std::unique_ptr<KeyFile>> OpenKeysOf(Connection& database,
                                                    const std::string& path,
                                                    Random& random);

// Copies the keys out of a database that HoldsKeys, numbered as
// kPersonKeysVersion numbers the persons. Interrupted, it begins anew at the
// next opening: only that migration, afterwards, takes the keys away.
absl::Status CopyKeys(Connection& database, KeyFile& keys);

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_KEY_LINK_H_
