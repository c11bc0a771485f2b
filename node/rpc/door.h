// The door listens where peers reach this node and decides which connections
// gRPC gets to see, because gRPC takes whatever comes: each connection holds a
// file descriptor and buffers until its handshake fails or times out, and each
// handshake costs more than the stranger pays who asks for it.
#ifndef MINGA_NODE_RPC_DOOR_H_
#define MINGA_NODE_RPC_DOOR_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/rpc/knock_book.h"
#include "node/rpc/listener.h"
#include "node/rpc/owned_fd.h"
#include "node/rpc/refusals.h"
#include "node/rpc/waiting_room.h"

namespace minga::rpc {

// The process may open so many files, where its hard limit allows it; a service
// is started with 1,024 by custom. Of them connections of strangers get half
// and all connections together three quarters, so that database, log and the
// way out to peers are never without.
inline constexpr int kOpenFiles = 16384;

struct DoorOptions {
  std::string listen;  // ListenOn
  KnockBook* book = nullptr;
  std::shared_ptr<RefusalLog> refusals;
  const Clock* clock = nullptr;  // as the book, outlives the door
};

// A connection waits until its first bytes are a TLS ClientHello, which are
// left for gRPC to read; it is let in if the book admits its address. The rest
// is reset and told to `refusals`.
//
// Threads: Start and Stop from one thread; has one of its own.
class Door {
 public:
  // Takes over the connection `fd`, which came to `listener`.
  using Taker = std::function<void(int listener, int fd)>;

  // Listens, and lets connections wait. Raises the process's limit of open
  // files to kOpenFiles.
  //   FAILED_PRECONDITION  as ListenOn.
  //   RESOURCE_EXHAUSTED   no file descriptors are left.
  static absl::StatusOr<std::unique_ptr<Door>> Open(const DoorOptions& options);
  ~Door() { Stop(); }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  int port() const { return listener_.port; }

  // From now on `take` gets what is let in, on the door's thread.
  void Start(Taker take);
  // Takes no more and closes the port. Calls after the first do nothing.
  void Stop();

 private:
  using Guest = WaitingRoom::Guest;

  Door(const DoorOptions& options, Listener listener);
  bool Watch(int fd, unsigned events) const;
  void Run();
  void Accept();
  void Greet(Guest guest);
  void Hear(int fd);
  void Decide(Guest guest, Opening opening);
  void Refuse(OwnedFd connection, const std::string& why);
  void Pause() const;

  const DoorOptions options_;
  const int files_;  // that the process may open
  Listener listener_;
  OwnedFd stop_;  // eventfd
  OwnedFd poll_;  // epoll
  WaitingRoom room_;
  Taker take_;
  std::thread thread_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_DOOR_H_
