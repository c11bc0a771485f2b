// Who our peers are: inviting, adding, and reading back what was added.
#ifndef MINGA_NODE_RPC_PEER_DESK_H_
#define MINGA_NODE_RPC_PEER_DESK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/descriptor.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"
#include "storage/peer_store.h"

namespace minga::rpc {

// A descriptor is valid this long from the day it is made; at most as long as
// the certificate in it.
inline constexpr int kDescriptorLifeDays = 730;

// This node's own descriptor as of now.
absl::StatusOr<federation::Descriptor> OwnDescriptor(const NodeParts& node);

struct AddedPeer {
  PeerId peer;
  std::string fingerprint;
  bool added = false;
};

// Reads a peer's descriptor; with the fingerprint that was heard by voice adds
// the peer, without only shows what it is. Case, dashes and spaces of
// `heard` do not count.
//   INVALID_ARGUMENT     not a valid descriptor.
//   FAILED_PRECONDITION  our own country's, expired, an older one than we have,
//                        or one with another node key than the peer's present
//                        one; its key or the key's name is ours or another
//                        peer's.
//   PERMISSION_DENIED    the fingerprint differs: somebody may have changed the
//                        file on its way.
absl::StatusOr<AddedPeer> AddPeer(const NodeParts& node,
                                  absl::string_view descriptor_note,
                                  absl::string_view heard);

struct KnownPeer {
  storage::PeerRow row;
  federation::Descriptor descriptor;
};

// NOT_FOUND, naming the peers that there are.
absl::StatusOr<KnownPeer> FindPeer(const NodeParts& node, const PeerId& peer);

// INVALID_ARGUMENT, or the country that `text` names.
absl::StatusOr<PeerId> DecodePeer(absl::string_view text);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_DESK_H_
