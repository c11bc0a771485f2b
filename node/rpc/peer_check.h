// `peer check`: walks the whole way to a peer and says where it ends. The one
// whose handshake is refused learns nothing from gRPC but "socket closed", so
// each step is tried by itself.
#ifndef MINGA_NODE_RPC_PEER_CHECK_H_
#define MINGA_NODE_RPC_PEER_CHECK_H_

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"

namespace minga::v1 {
class CheckPeerResponse;
class ProbeRequest;
class ProbeResponse;
}  // namespace minga::v1

namespace minga::rpc {

// Ordered steps: a failed one that the next need ends the walk. Blocks for at
// most some seconds per endpoint. NOT_FOUND if there is no such peer.
absl::StatusOr<v1::CheckPeerResponse> CheckPeer(const NodeParts& node,
                                                const PeerId& peer);

// The other side of it: what `peer` may know of its standing here.
absl::StatusOr<v1::ProbeResponse> AnswerProbe(const NodeParts& node,
                                              const PeerId& peer,
                                              const v1::ProbeRequest& request);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_CHECK_H_
