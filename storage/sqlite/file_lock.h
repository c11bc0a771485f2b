#ifndef MINGA_STORAGE_SQLITE_FILE_LOCK_H_
#define MINGA_STORAGE_SQLITE_FILE_LOCK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace minga::storage::sqlite {

// An exclusive lock of the machine on `<path>.lock`, held until destruction or
// the death of the process. A file of its own, because closing any descriptor
// of the database file would drop SQLite's own locks.
class FileLock {
 public:
  // FAILED_PRECONDITION if it is held already, by this process or another, or
  // if the lock file cannot be made.
  static absl::StatusOr<FileLock> Take(const std::string& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Makes `path` as an empty file that only its owner can read, unless it exists.
absl::Status MakePrivateFile(const std::string& path);

// Makes it durable that `path` is in its folder.
absl::Status SyncFolderOf(const std::string& path);

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_FILE_LOCK_H_
