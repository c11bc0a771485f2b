#include "storage/sqlite/boot_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/status.h"
#include "storage/sqlite/derived_file.h"
#include "storage/sqlite/file_lock.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";
constexpr char kUnknown[] = "unknown";
// As long as a boot's name. A mark is written over in place, which needs no
// room on a full disk.
constexpr std::size_t kMarkBytes = 36;

// What the file begins with, without blanks; empty if there is none.
std::string Read(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? "" : kUnknown;
  std::array<char, kMarkBytes> bytes;
  const ssize_t size = read(descriptor, bytes.data(), bytes.size());
  close(descriptor);
  if (size < 0) return kUnknown;
  return std::string(absl::StripAsciiWhitespace(
      absl::string_view(bytes.data(), static_cast<std::size_t>(size))));
}

absl::Status WriteDurably(const std::string& path, std::string mark) {
  mark.resize(kMarkBytes, ' ');
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const bool written = descriptor >= 0 &&
                       write(descriptor, mark.data(), mark.size()) ==
                           static_cast<ssize_t>(mark.size()) &&
                       fsync(descriptor) == 0;
  const std::string why = std::strerror(errno);
  if (descriptor >= 0) close(descriptor);
  if (written) return SyncFolderOf(path);
  return absl::FailedPreconditionError(
      absl::StrCat("cannot write `", path, "`: ", why));
}

// False if something that was written to the file did not reach the disk: an
// error is told to whoever opens the file first after it.
bool IsOnDisk(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

}  // namespace

BootMark::BootMark(std::string path)
    : path_(std::move(path)), mark_(path_ + "-boot") {}

absl::Status BootMark::Set() const {
  std::string boot = Read(kBootId);
  if (boot.empty()) boot = kUnknown;
  const std::string opened = Read(mark_);
  if (!opened.empty()) {
    const bool same_run = opened == boot && boot != kUnknown;
    if (!same_run || !IsOnDisk(path_) || !IsOnDisk(path_ + "-wal")) {
      RemoveDerived(path_);
      if (access(path_.c_str(), F_OK) == 0) {
        return absl::FailedPreconditionError(absl::StrCat(
            "`", path_, "` cannot be trusted, and cannot be removed"));
      }
    }
  }
  // Also if it says so already: that may not have reached the disk.
  return WriteDurably(mark_, boot);
}

void BootMark::Clear(Connection& connection) const {
  absl::Status closed = connection.Checkpoint(/*truncate=*/true);
  if (absl::IsUnavailable(closed)) return;
  if (closed.ok()) closed = connection.Sync();
  WriteDurably(mark_, closed.ok() ? "" : kUnknown).IgnoreError();
}

}  // namespace minga::storage::sqlite
