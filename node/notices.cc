#include "node/notices.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/strings.h"

namespace minga {
namespace {

constexpr std::size_t kLineBytesMax = 1000;

}  // namespace

void Notice(absl::string_view text) {
  const std::string line =
      absl::StrCat("minga: ", Printable(text, kLineBytesMax), "\n");
  std::fputs(line.c_str(), stderr);
}

void Notice(absl::string_view what, const absl::Status& status) {
  Notice(absl::StrCat(what, ": ", status.ToString()));
}

void NotifySystemd(absl::string_view state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path == nullptr || path[0] == '\0' ||
      std::strlen(path) >= sizeof(address.sun_path)) {
    return;
  }
  std::memcpy(address.sun_path, path, std::strlen(path));
  // An abstract socket is written with @ and begins with a zero byte.
  if (path[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) +
                                           std::strlen(path));
  if (::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size) < 0) {
    Notice("systemd could not be told the state");
  }
  ::close(fd);
}

}  // namespace minga
