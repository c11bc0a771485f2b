#include "storage/sqlite/derived_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/file_lock.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

// As long as a boot's name. A mark is written over in place, which needs no
// room on a full disk.
constexpr std::size_t kMarkBytes = 36;

// What the file begins with, without blanks; empty if there is none.
std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  file >> text;
  return text.substr(0, kMarkBytes);
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

}  // namespace

DerivedFile::DerivedFile(std::string path)
    : path_(std::move(path)), mark_(path_ + "-boot") {}

absl::Status DerivedFile::Begin() const {
  const std::string boot = Read(kBootId);
  const std::string opened = Read(mark_);
  if (!opened.empty()) {
    if (opened == boot) return absl::OkStatus();
    Remove();
  }
  return WriteDurably(mark_, boot.empty() ? "unknown" : boot);
}

absl::StatusOr<std::unique_ptr<Connection>> DerivedFile::Open() const {
  MINGA_RETURN_IF_ERROR(MakePrivateFile(path_));
  MINGA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path_, Connection::Mode::kReadWrite));
  MINGA_RETURN_IF_ERROR(connection->Exec("PRAGMA synchronous=OFF"));
  return connection;
}

void DerivedFile::End(Connection& connection) const {
  if (!connection.Checkpoint(/*truncate=*/true).ok()) return;
  if (!connection.Sync().ok()) return;
  WriteDurably(mark_, "").IgnoreError();
}

void DerivedFile::Remove() const {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::remove(absl::StrCat(path_, suffix).c_str());
  }
}

}  // namespace minga::storage::sqlite
