#include "storage/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr mode_t kOwnerOnly = 0600;

absl::StatusOr<int> OpenOrMake(const std::string& path) {
  const int descriptor =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (descriptor >= 0) return descriptor;
  return absl::FailedPreconditionError(
      absl::StrCat("cannot open `", path, "`: ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  const std::string name = absl::StrCat(path, ".lock");
  MINGA_ASSIGN_OR_RETURN(const int descriptor, OpenOrMake(name));
  FileLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is in use by another process"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("cannot lock `", name, "`: ", std::strerror(errno)));
}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status MakePrivateFile(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const int descriptor, OpenOrMake(path));
  close(descriptor);
  return absl::OkStatus();
}

absl::Status SyncFolderOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string folder = parent.empty() ? std::string(1, '.') : parent;
  const int descriptor =
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (synced) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot sync `", folder, "`"));
}

}  // namespace minga::storage::sqlite
