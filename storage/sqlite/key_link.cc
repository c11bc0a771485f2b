#include "storage/sqlite/key_link.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrations.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kGetLink[] = "SELECT value FROM meta WHERE name = 'keys'";
constexpr char kPutLink[] =
    "INSERT INTO meta (name, value) VALUES ('keys', ?1)";
constexpr char kOldKeys[] =
    "SELECT row_number() OVER (ORDER BY person), key FROM person"
    " ORDER BY person";

constexpr std::size_t kLinkBytes = 16;
// Keys copied in one transaction of their file.
constexpr std::size_t kCopiedAtOnce = 10'000;

absl::Status Missing(const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the persons' keys, `", path,
      "`, are missing: put the file back. Without it no person in this "
      "database can be read"));
}

absl::StatusOr<std::string> Link(Connection& database) {
  Statement get;
  MINGA_RETURN_IF_ERROR(database.Prepare({{&get, kGetLink}}));
  Run run(get);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.String(0) : std::string();
}

absl::Status PutLink(Connection& database, absl::string_view link) {
  Statement put;
  MINGA_RETURN_IF_ERROR(database.Prepare({{&put, kPutLink}}));
  return Run(put, Bytes{link}).Finish();
}

// True if persons' keys must be in a file already.
absl::StatusOr<bool> NeedsKeys(Connection& database) {
  MINGA_ASSIGN_OR_RETURN(const bool inside, HoldsKeys(database));
  if (inside) return false;
  MINGA_ASSIGN_OR_RETURN(
      const std::int64_t any,
      database.Number("SELECT EXISTS (SELECT 1 FROM person)"));
  return any != 0;
}

}  // namespace

absl::StatusOr<bool> HoldsKeys(Connection& database) {
  MINGA_ASSIGN_OR_RETURN(const std::int64_t application,
                         database.Number("PRAGMA application_id"));
  MINGA_ASSIGN_OR_RETURN(const std::int64_t version,
                         database.Number("PRAGMA user_version"));
  return application == kDatabaseApplication && version > 0 &&
         version < kPersonKeysVersion;
}

absl::StatusOr<std::unique_ptr<KeyFile>> OpenKeysOf(Connection& database,
                                                    const std::string& path,
                                                    Random& random) {
  MINGA_ASSIGN_OR_RETURN(std::string link, Link(database));
  MINGA_ASSIGN_OR_RETURN(const bool needed, NeedsKeys(database));
  if (needed && access(path.c_str(), F_OK) != 0) return Missing(path);
  MINGA_RETURN_IF_ERROR(MakePrivateFile(path));
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<KeyFile> keys,
                         KeyFile::Open(path, Connection::Mode::kReadWrite));
  MINGA_ASSIGN_OR_RETURN(const std::string owner, keys->Owner());
  if (owner.empty()) {
    if (needed) return Missing(path);
    if (link.empty()) {
      link = random.Bytes(kLinkBytes);
      MINGA_RETURN_IF_ERROR(PutLink(database, link));
    }
    MINGA_RETURN_IF_ERROR(keys->SetOwner(link));
    return keys;
  }
  if (owner != link) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the persons' keys, `", path,
        "`, are those of another database: put that database back, or, if "
        "its persons are to be forgotten, move the keys away"));
  }
  return keys;
}

absl::Status CopyKeys(Connection& database, KeyFile& keys) {
  MINGA_RETURN_IF_ERROR(keys.Clear());
  Statement old_keys;
  MINGA_RETURN_IF_ERROR(database.Prepare({{&old_keys, kOldKeys}}));
  Run run(old_keys);
  std::vector<KeyFile::SealedKey> batch;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (more) batch.push_back({run.Int(0), run.String(1)});
    if (!more || batch.size() == kCopiedAtOnce) {
      // In step with a database that has no mark yet.
      MINGA_RETURN_IF_ERROR(keys.Apply(batch, {}, /*mark=*/0));
      batch.clear();
    }
    if (!more) return keys.Tidy();
  }
}

}  // namespace minga::storage::sqlite
