#include "node/rpc/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace minga::rpc {
namespace {

absl::Status Refused(const std::string& path, int error) {
  const std::string message =
      absl::StrCat("cannot reach `", path, "`: ", std::strerror(error));
  return error == EACCES || error == EPERM
             ? absl::PermissionDeniedError(message)
             : absl::InternalError(message);
}

}  // namespace

std::string AdminSocketPath(absl::string_view data_dir) {
  return absl::StrCat(data_dir, "/admin.sock");
}

absl::StatusOr<SocketState> ProbeUnixSocket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", path, "` is too long for a socket: ", path.size(),
                     " bytes, ", sizeof(address.sun_path) - 1,
                     " are allowed; use a shorter data folder"));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT) return SocketState::kMissing;
    return Refused(path, errno);
  }
  if (!S_ISSOCK(facts.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("`", path, "` is not a socket; remove it"));
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Refused(path, errno);
  const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                               sizeof(address));
  const int error = result == 0 ? 0 : errno;
  ::close(fd);
  if (error == 0) return SocketState::kAnswers;
  if (error == ECONNREFUSED) return SocketState::kStale;
  if (error == ENOENT) return SocketState::kMissing;
  // The backlog of a busy daemon is full: it lives.
  if (error == EAGAIN) return SocketState::kAnswers;
  return Refused(path, error);
}

}  // namespace minga::rpc
