#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "node/rpc/admin_client.h"
#include "node/rpc/unix_socket.h"
#include "tests/support/temporary_folder.h"

namespace minga::rpc {
namespace {

using testing::TemporaryFolder;

// Listens until destroyed; the socket's file stays, as after a crash.
class Listener {
 public:
  explicit Listener(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    fd_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address)) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
  }
  ~Listener() { ::close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  int fd_ = -1;
};

TEST_CASE("a socket's state is told apart", "[rpc][socket]") {
  const TemporaryFolder folder;
  const std::string path = AdminSocketPath(folder.path());
  CHECK(ProbeUnixSocket(path).value() == SocketState::kMissing);
  {
    const Listener listener(path);
    CHECK(ProbeUnixSocket(path).value() == SocketState::kAnswers);
  }
  CHECK(ProbeUnixSocket(path).value() == SocketState::kStale);
  REQUIRE(std::filesystem::remove(path));
  std::ofstream(path) << "not a socket";
  CHECK(absl::IsFailedPrecondition(ProbeUnixSocket(path).status()));
  CHECK(absl::IsInvalidArgument(
      ProbeUnixSocket("/tmp/" + std::string(200, 'x')).status()));
}

TEST_CASE("a client without a daemon is told how to start one",
          "[rpc][socket]") {
  const TemporaryFolder folder;
  CHECK(
      absl::IsNotFound(AdminClient::Connect(folder.path() + "/none").status()));
  const absl::Status status = AdminClient::Connect(folder.path()).status();
  CHECK(absl::IsUnavailable(status));
  CHECK(status.message().find("minga serve --data") != std::string::npos);
  { const Listener dead(AdminSocketPath(folder.path())); }
  CHECK(absl::IsUnavailable(AdminClient::Connect(folder.path()).status()));
}

}  // namespace
}  // namespace minga::rpc
