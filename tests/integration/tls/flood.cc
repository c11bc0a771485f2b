#include "tests/integration/tls/flood.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace minga::test {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kLookMs = 10;

sockaddr_in AddressOf(const char* text, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  REQUIRE(::inet_pton(AF_INET, text, &address.sin_addr) == 1);
  return address;
}

}  // namespace

void Flood::Add(int count, absl::string_view bytes) {
  const sockaddr_in from = AddressOf(address_.c_str(), 0);
  const sockaddr_in to = AddressOf("127.0.0.1", port_);
  for (int i = 0; i < count; ++i) {
    rpc::OwnedFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(fd.valid());
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from),
                   sizeof(from)) == 0);
    REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to),
                      sizeof(to)) == 0);
    if (!bytes.empty()) {
      (void)::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    sockets_.push_back(std::move(fd));
  }
}

int Flood::Closed() const {
  int closed = 0;
  for (const rpc::OwnedFd& fd : sockets_) {
    pollfd ask{.fd = fd.get(), .events = POLLRDHUP, .revents = 0};
    if (::poll(&ask, 1, 0) == 1 && ask.revents != 0) ++closed;
  }
  return closed;
}

int Flood::AwaitClosed(int count) const {
  const absl::Time end = absl::Now() + kPatience;
  int closed = Closed();
  while (closed < count && absl::Now() < end) {
    ::poll(nullptr, 0, kLookMs);
    closed = Closed();
  }
  return closed;
}

}  // namespace minga::test
