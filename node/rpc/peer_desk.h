// Who our peers are: inviting, adding, and reading back what was added.
#ifndef MINGA_NODE_RPC_PEER_DESK_H_
#define MINGA_NODE_RPC_PEER_DESK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/acquaintance.h"
#include "federation/descriptor.h"
#include "minga/v1/peers.pb.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"
#include "storage/peer_store.h"

namespace minga::rpc {

struct AddedPeer {
  PeerId peer;
  std::string fingerprint;
  bool added = false;
  bool rejoined = false;
};

// Reads a peer's descriptor; with the fingerprint that was heard by voice adds
// the peer, without only shows what it is. Case, dashes and spaces of
// `heard` do not count.
//
// A country that is a peer already and comes with a node key that its present
// one has not signed has lost that key and begins anew: what is held and shown
// stays, pseudonyms and epoch are new, everything is compared again, and its
// log is cosigned from the beginning if the log's key is new as well.
//   INVALID_ARGUMENT     not a valid descriptor.
//   FAILED_PRECONDITION  our own country's, not valid today, or an older one
//                        than we have; its certificate, a key or a key's name
//                        is or was ours or another peer's; the peer is leaving.
//   PERMISSION_DENIED    the fingerprint differs: somebody may have changed the
//                        file on its way.
absl::StatusOr<AddedPeer> AddPeer(const NodeParts& node,
                                  absl::string_view descriptor_note,
                                  absl::string_view heard);

// Takes newer descriptors of a peer, signed by the key that we know, from the
// text of a file.
//   NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION as federation::Succeed.
absl::StatusOr<v1::UpdatePeerResponse> UpdatePeer(
    const NodeParts& node, absl::string_view descriptor_notes);

absl::Status SuspendPeer(const NodeParts& node, const PeerId& peer,
                         absl::string_view reason);
// Returns the number of views that changed.
absl::StatusOr<int> ResumePeer(const NodeParts& node, const PeerId& peer);

struct KnownPeer {
  storage::PeerRow row;
  federation::Descriptor descriptor;      // the newest
  federation::Acquaintance acquaintance;  // and the former ones
};

// NOT_FOUND, naming the peers that there are.
absl::StatusOr<KnownPeer> FindPeer(const NodeParts& node, const PeerId& peer);

// INVALID_ARGUMENT, or the country that `text` names.
absl::StatusOr<PeerId> DecodePeer(absl::string_view text);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_DESK_H_
