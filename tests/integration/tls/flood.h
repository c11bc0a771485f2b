// Many connections from one address of the loopback network.
#ifndef MINGA_TESTS_INTEGRATION_TLS_FLOOD_H_
#define MINGA_TESTS_INTEGRATION_TLS_FLOOD_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/rpc/owned_fd.h"

namespace minga::test {

class Flood {
 public:
  // From `address` ("127.0.0.2") to 127.0.0.1:`port`.
  Flood(std::string address, int port)
      : address_(std::move(address)), port_(port) {}

  // Opens `count` more connections, on each of which `bytes` are said. One may
  // be reset before it has said all.
  void Add(int count, absl::string_view bytes);

  // How many the server has closed.
  int Closed() const;
  // Waits for at least `count` of them, half a minute; then as Closed.
  int AwaitClosed(int count) const;

 private:
  const std::string address_;
  const int port_;
  std::vector<rpc::OwnedFd> sockets_;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_INTEGRATION_TLS_FLOOD_H_
