// The online backup.
//
// SQLite's backup interface reads the database through a read-only connection,
// which never checkpoints, so that the writer's stays the only one that does
// (the packaged 3.40 can lose data otherwise). VACUUM INTO would do the same
// slower, and gain nothing: free pages are zeros (secure_delete).
#include "storage/sqlite/copy.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/document_store.h"
#include "storage/merkle.h"
#include "storage/sqlite/audit.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/sqlite.h"
#include "storage/sqlite/staged.h"

namespace minga::storage {
namespace sqlite {
namespace {

// Also the mode of the copy: whoever may read it has everything but the keys.
constexpr mode_t kOwnerOnly = 0600;

// An empty file under a name of its own, removed at the end whatever happens.
class Unfinished {
 public:
  static absl::StatusOr<std::unique_ptr<Unfinished>> Make(
      const std::string& path) {
    const int descriptor =
        open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
    if (descriptor < 0) {
      const std::string why =
          absl::StrCat("cannot make `", path, "`: ", std::strerror(errno));
      return errno == EEXIST ? absl::AlreadyExistsError(why)
                             : absl::FailedPreconditionError(why);
    }
    close(descriptor);
    return std::unique_ptr<Unfinished>(new Unfinished(path));
  }
  ~Unfinished() { unlink(path_.c_str()); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  // Gives the file its name, if nothing has it; both durable.
  absl::Status Finish(const std::string& name) const {
    if (link(path_.c_str(), name.c_str()) != 0) {
      const std::string why =
          absl::StrCat("cannot make `", name, "`: ", std::strerror(errno));
      return errno == EEXIST ? absl::AlreadyExistsError(why)
                             : absl::FailedPreconditionError(why);
    }
    return SyncFolderOf(name);
  }

 private:
  explicit Unfinished(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

absl::Status CopyPages(Connection& from, Connection& to) {
  sqlite3_backup* const backup =
      sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (backup == nullptr) {
    return to.StatusOf(sqlite3_errcode(to.handle()), "copying");
  }
  // In one step: one state, which a writer cannot change under it.
  const int stepped = sqlite3_backup_step(backup, /*nPage=*/-1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped == SQLITE_DONE && finished == SQLITE_OK) return absl::OkStatus();
  return to.StatusOf(finished != SQLITE_OK ? finished : stepped, "copying");
}

}  // namespace

absl::Status CheckStructure(Connection& copy) {
  Statement check;
  MINGA_RETURN_IF_ERROR(copy.Prepare({{&check, "PRAGMA integrity_check(1)"}}));
  Run run(check);
  MINGA_RETURN_IF_ERROR(run.Next().status());
  if (run.View(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the copy is damaged: ", run.View(0)));
}

absl::Status MarkAsCopy(Connection& copy) {
  return copy.Exec(
      absl::StrCat("INSERT OR REPLACE INTO document (name, document) VALUES ('",
                   kDocBackupMark, "', x'31')"));
}

namespace {

// The log's size; DATA_LOSS if its last checkpoint does not fit its tree.
absl::StatusOr<LeafIndex> CheckLog(Connection& copy) {
  Counter size(Counter::Name::kAuditSize);
  Audit log(size);
  MINGA_RETURN_IF_ERROR(size.Prepare(copy));
  MINGA_RETURN_IF_ERROR(log.Prepare(copy));
  MINGA_RETURN_IF_ERROR(size.Load());
  MINGA_RETURN_IF_ERROR(log.Load());
  MINGA_ASSIGN_OR_RETURN(const LeafIndex entries, log.Size());
  MINGA_ASSIGN_OR_RETURN(const std::string note, log.Checkpoint());
  if (note.empty()) return entries;
  // The body ends where the signatures begin.
  MINGA_ASSIGN_OR_RETURN(
      const Checkpoint checkpoint,
      Checkpoint::Parse(note.substr(0, note.find("\n\n") + 1)));
  if (checkpoint.size > entries) {
    return absl::DataLossError("the copy's log is shorter than its checkpoint");
  }
  MINGA_ASSIGN_OR_RETURN(const Digest root, RootAt(log, checkpoint.size));
  if (root == checkpoint.root) return entries;
  return absl::DataLossError("the copy's log does not fit its checkpoint");
}

absl::StatusOr<SqliteCopy> CopyInto(const std::string& path,
                                    const std::string& to) {
  SqliteCopy made;
  {
    MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> from,
                           Connection::Open(path, Connection::Mode::kReadOnly));
    MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> copy,
                           Connection::Open(to, Connection::Mode::kReadWrite));
    // One file that can be carried anywhere, without a log beside it.
    MINGA_RETURN_IF_ERROR(copy->Exec("PRAGMA journal_mode=DELETE"));
    MINGA_RETURN_IF_ERROR(CopyPages(*from, *copy));
    MINGA_RETURN_IF_ERROR(MarkAsCopy(*copy));
    MINGA_RETURN_IF_ERROR(copy->Exec("PRAGMA journal_mode=DELETE"));
    MINGA_RETURN_IF_ERROR(CheckStructure(*copy));
    MINGA_ASSIGN_OR_RETURN(made.log_size, CheckLog(*copy));
  }
  std::error_code failed;
  made.bytes =
      static_cast<std::int64_t>(std::filesystem::file_size(to, failed));
  if (failed) return absl::InternalError("the copy is gone");
  return made;
}

}  // namespace
}  // namespace sqlite

absl::Status MarkSqliteCopy(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(
      const std::unique_ptr<sqlite::Connection> copy,
      sqlite::Connection::Open(path, sqlite::Connection::Mode::kReadWrite));
  MINGA_RETURN_IF_ERROR(copy->Exec("PRAGMA journal_mode=DELETE"));
  return sqlite::MarkAsCopy(*copy);
}

absl::StatusOr<SqliteCopy> CopySqliteDatabase(const std::string& path,
                                              const std::string& to) {
  if (access(to.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat("`", to, "` is there already; it was left alone"));
  }
  const std::string unfinished = to + ".unfinished";
  MINGA_ASSIGN_OR_RETURN(const std::unique_ptr<sqlite::Unfinished> file,
                         sqlite::Unfinished::Make(unfinished));
  absl::StatusOr<SqliteCopy> made = sqlite::CopyInto(path, unfinished);
  if (!made.ok()) return At(absl::StrCat("`", to, "`"), made.status());
  MINGA_RETURN_IF_ERROR(file->Finish(to));
  return made;
}

}  // namespace minga::storage
