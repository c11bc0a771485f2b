// A connection to one peer's node.
#ifndef MINGA_NODE_RPC_PEER_CHANNEL_H_
#define MINGA_NODE_RPC_PEER_CHANNEL_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "node/rpc/tls.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace minga::rpc {

// Both ends ping an idle connection this often and give it up after the
// timeout: a peer behind a dropped NAT entry is noticed within 80 s.
inline constexpr absl::Duration kKeepaliveInterval = absl::Seconds(60);
inline constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(20);
// The client pings every interval; a server that allowed less than half of it
// would have to be attacked, not just out of step.
inline constexpr absl::Duration kPingIntervalMin = absl::Seconds(30);
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(10);

// `endpoint` is host:port or [ipv6]:port. Never shared with another channel, so
// that dropping it drops the connection. Must not be destroyed on one of gRPC's
// own callback threads, which it may have to join.
std::shared_ptr<grpc::Channel> OpenPeerChannel(const TlsParts& tls,
                                               const PeerId& peer,
                                               absl::string_view endpoint);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_CHANNEL_H_
