#include "node/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga {
namespace {

constexpr mode_t kOthersBits = 077;
constexpr std::size_t kReadChunkBytes = 64 * 1024;

absl::Status SystemError(absl::string_view what, const std::string& path) {
  const int error = errno;
  const std::string message =
      absl::StrCat("cannot ", what, " `", path, "`: ", std::strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, absl::string_view contents,
                      const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = ::write(fd, contents.data(), contents.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return SystemError("write", path);
    }
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteAndSync(const std::string& path, absl::string_view contents,
                          mode_t mode) {
  const Descriptor file(
      ::open(path.c_str(),
             O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (file.get() < 0) return SystemError("write", path);
  // An older temporary file keeps its mode, and the umask may have cut ours.
  if (::fchmod(file.get(), mode) != 0) return SystemError("protect", path);
  MINGA_RETURN_IF_ERROR(WriteAll(file.get(), contents, path));
  if (::fsync(file.get()) != 0) return SystemError("sync", path);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadOpen(int fd, const std::string& path,
                                     std::size_t max_bytes) {
  std::string contents;
  std::string chunk(kReadChunkBytes, '\0');
  while (true) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("read", path);
    if (got == 0) return contents;
    contents.append(chunk, 0, static_cast<std::size_t>(got));
    if (contents.size() > max_bytes) {
      return absl::InvalidArgumentError(absl::StrCat(
          "`", path, "` is longer than the ", max_bytes, " bytes allowed"));
    }
  }
}

absl::StatusOr<std::string> ReadRegular(const std::string& path,
                                        std::size_t max_bytes, bool secret) {
  // O_NONBLOCK: opening a FIFO must not hang; it has no effect on files.
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return SystemError("read", path);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return SystemError("read", path);
  if (!S_ISREG(facts.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is not a regular file"));
  }
  if (secret && (facts.st_mode & kOthersBits) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` can be read or written by others; run ",
                     "`chmod 600 ", path, "` and consider the key exposed"));
  }
  return ReadOpen(file.get(), path, max_bytes);
}

}  // namespace

absl::Status SyncFolder(const std::string& path) {
  const Descriptor folder(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return SystemError("open", path);
  if (::fsync(folder.get()) != 0) return SystemError("sync", path);
  return absl::OkStatus();
}

absl::Status WriteFileAtomically(const std::string& path,
                                 absl::string_view contents, mode_t mode) {
  const std::string temporary = path + ".tmp";
  absl::Status status = WriteAndSync(temporary, contents, mode);
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = SystemError("replace", path);
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return SyncFolder(FolderOf(path));
}

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     std::size_t max_bytes) {
  return ReadRegular(path, max_bytes, /*secret=*/false);
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path,
                                           std::size_t max_bytes) {
  return ReadRegular(path, max_bytes, /*secret=*/true);
}

absl::Status MakeFolder(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0) {
    return SystemError("make the folder", path);
  }
  if (::chmod(path.c_str(), mode) != 0) return SystemError("protect", path);
  return SyncFolder(FolderOf(path));
}

absl::Status CheckPrivateFolder(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return SystemError("use", path);
  if (!S_ISDIR(facts.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is not a folder"));
  }
  if ((facts.st_mode & kOthersBits) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is open to others than its owner; run ",
                     "`chmod 700 ", path, "`"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FolderIsEmpty(const std::string& path) {
  const auto close = [](DIR* folder) { ::closedir(folder); };
  const std::unique_ptr<DIR, decltype(close)> folder(::opendir(path.c_str()),
                                                     close);
  if (folder == nullptr) return SystemError("read the folder", path);
  while (const dirent* entry = ::readdir(folder.get())) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") return false;
  }
  return true;
}

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& path) {
  FolderLock lock(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kSecretFileMode));
  if (lock.fd_ < 0) return SystemError("open", path);
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemError("lock", path);
    return absl::FailedPreconditionError(absl::StrCat(
        "another daemon serves this data folder: it holds `", path, "`"));
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

}  // namespace minga
