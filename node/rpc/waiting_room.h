// Connections that have not said yet what they want.
#ifndef MINGA_NODE_RPC_WAITING_ROOM_H_
#define MINGA_NODE_RPC_WAITING_ROOM_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/limits.h"
#include "node/rpc/owned_fd.h"

namespace minga::rpc {

// Who wants to shake hands says so with the first packet after connecting:
// within milliseconds, or as soon as a lost packet was sent again.
inline constexpr absl::Duration kHelloPatience = absl::Seconds(5);
// Beyond them the one that came first goes, not the newest: those who speak at
// once are out before. All peers may come at once, and from one proxy.
inline constexpr std::size_t kWaitingPerAddress = kPeersMax;
inline constexpr std::size_t kWaitingMax = 4 * kWaitingPerAddress;

// What the first bytes of a connection are: RFC 8446, 5.1 and 4, a record of
// type handshake whose first message is a ClientHello.
enum class Opening { kTooShort, kHello, kOther };
inline constexpr std::size_t kOpeningBytes = 6;
Opening ReadOpening(absl::string_view bytes);

// Threads: one.
class WaitingRoom {
 public:
  struct Guest {
    OwnedFd connection;
    std::string address;  // AddressKey
    absl::Time since;
  };

  // Lets `guest` in. Returns who has to go for it, if the room is full.
  std::optional<Guest> Enter(Guest guest);
  bool Has(int fd) const;
  // REQUIRES: Has(fd).
  Guest Leave(int fd);
  // Somebody who has waited for longer than kHelloPatience.
  std::optional<Guest> Overdue(absl::Time now);
  bool empty() const { return guests_.empty(); }
  void Clear() { guests_.clear(); }

 private:
  using Guests = std::vector<Guest>;
  Guest Take(Guests::iterator guest);

  Guests guests_;  // in the order they came
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_WAITING_ROOM_H_
