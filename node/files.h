// Reading and writing the few files of the data folder that are not databases.
#ifndef MINGA_NODE_FILES_H_
#define MINGA_NODE_FILES_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga {

inline constexpr mode_t kSecretFileMode = 0600;
inline constexpr mode_t kPublicFileMode = 0644;
inline constexpr mode_t kSecretFolderMode = 0700;

// Writes `contents` under a temporary name, syncs it and the folder, and
// renames it over `path`: after a crash the file is either the old or the new
// one, never half of it.
//   RESOURCE_EXHAUSTED  the disk is full; `path` is unchanged.
//   PERMISSION_DENIED, NOT_FOUND (the folder), INTERNAL.
absl::Status WriteFileAtomically(const std::string& path,
                                 absl::string_view contents, mode_t mode);

// The whole file. NOT_FOUND; FAILED_PRECONDITION if it is not a regular file;
// INVALID_ARGUMENT if it is longer than `max_bytes`; PERMISSION_DENIED.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     std::size_t max_bytes);

// As ReadFile; FAILED_PRECONDITION if others than the owner may read or write
// it: a key that others could copy is no key.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path,
                                           std::size_t max_bytes);

// Makes the names in the folder durable.
absl::Status SyncFolder(const std::string& path);

// Makes one folder with `mode`. ALREADY_EXISTS if there is something there.
absl::Status MakeFolder(const std::string& path, mode_t mode);

// FAILED_PRECONDITION unless `path` is a folder that only its owner may enter.
absl::Status CheckPrivateFolder(const std::string& path);

// True for a folder without entries. NOT_FOUND if there is none.
absl::StatusOr<bool> FolderIsEmpty(const std::string& path);

// Held by the one daemon of a data folder; the system frees it when the
// process ends, however it ends.
class FolderLock {
 public:
  // FAILED_PRECONDITION if another process holds it.
  static absl::StatusOr<FolderLock> Take(const std::string& path);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace minga

#endif  // MINGA_NODE_FILES_H_
