// A TCP socket that listens.
#ifndef MINGA_NODE_RPC_LISTENER_H_
#define MINGA_NODE_RPC_LISTENER_H_

#include <string>

#include "absl/status/statusor.h"
#include "node/rpc/owned_fd.h"

namespace minga::rpc {

struct Listener {
  OwnedFd fd;  // does not block
  int port = 0;
};

// `address` is host:port or [ipv6]:port; port 0 = any. The wildcards 0.0.0.0
// and [::] both mean all addresses of the machine, of IPv4 and IPv6.
//   FAILED_PRECONDITION  it is taken, not of this machine, or not permitted.
absl::StatusOr<Listener> ListenOn(const std::string& address);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_LISTENER_H_
