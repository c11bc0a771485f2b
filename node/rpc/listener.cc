#include "node/rpc/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "node/rpc/peer_channel.h"

namespace minga::rpc {
namespace {

// What waits to be accepted; Linux's own default bound.
constexpr int kBacklog = 4096;

struct AddressesFreed {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using AddressesPtr = std::unique_ptr<addrinfo, AddressesFreed>;

void SetOption(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof(value));
}

OwnedFd TryListen(const addrinfo& at) {
  OwnedFd fd(
      ::socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fd;
  // No SO_REUSEPORT: two nodes on one port would each get half of the peers.
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  // What is accepted has these too.
  SetOption(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT,
            static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveTimeout)));
  if (at.ai_family == AF_INET6) {
    SetOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  }
  if (::bind(fd.get(), at.ai_addr, at.ai_addrlen) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    fd.Reset();
  }
  return fd;
}

int PortOf(int fd) {
  sockaddr_storage own{};
  socklen_t length = sizeof(own);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length) != 0) {
    return 0;
  }
  return ntohs(own.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6*>(&own)->sin6_port
                   : reinterpret_cast<sockaddr_in*>(&own)->sin_port);
}

// In the order to try them: for the wildcard IPv6 first, which takes IPv4 in
// where the machine has both.
AddressesPtr Resolve(const std::string& host, const std::string& port,
                     int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const char* const name = host.empty() ? nullptr : host.c_str();
  if (::getaddrinfo(name, port.c_str(), &hints, &found) != 0) return nullptr;
  return AddressesPtr(found);
}

OwnedFd TryAll(const AddressesPtr& addresses) {
  OwnedFd fd;
  for (const addrinfo* at = addresses.get(); at != nullptr && !fd.valid();
       at = at->ai_next) {
    fd = TryListen(*at);
  }
  return fd;
}

}  // namespace

absl::StatusOr<Listener> ListenOn(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const std::string port =
      colon == std::string::npos ? "" : address.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[') {
    host = host.substr(1, host.size() - 2);
  }
  Listener listener;
  if (host == "0.0.0.0" || host == "::") {
    listener.fd = TryAll(Resolve("", port, AF_INET6));
    if (!listener.fd.valid()) {
      listener.fd = TryAll(Resolve("", port, AF_INET));
    }
  } else {
    listener.fd = TryAll(Resolve(host, port, AF_UNSPEC));
  }
  if (listener.fd.valid()) listener.port = PortOf(listener.fd.get());
  if (listener.port == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot listen on `", address,
        "`: taken by another process, or not an address of this machine"));
  }
  return listener;
}

}  // namespace minga::rpc
