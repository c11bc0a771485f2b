// Which certificates are let in: those that the peers' descriptors name and
// that count, also former ones while they change.
#ifndef MINGA_NODE_RPC_PEER_PINS_H_
#define MINGA_NODE_RPC_PEER_PINS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/rpc/pins.h"
#include "storage/database.h"

namespace minga::rpc {

struct PeerPins {
  std::vector<Pin> pins;
  // Whom this node exchanges with: active, or leaving.
  std::vector<PeerId> peers;
};

// DATA_LOSS if a stored descriptor cannot be read.
absl::StatusOr<PeerPins> ReadPeerPins(const storage::Snapshot& snapshot);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_PINS_H_
