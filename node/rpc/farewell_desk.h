// Leaving a peer, as the operator sees it and as the housekeeper drives it
// (federation/farewell.h).
#ifndef MINGA_NODE_RPC_FAREWELL_DESK_H_
#define MINGA_NODE_RPC_FAREWELL_DESK_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "minga/v1/peers.pb.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

// Begins to leave `peer`: nothing of it is shown any more, everything is
// withdrawn, the peer is told. Asking again only tells how far it has come.
//   NOT_FOUND            no such peer.
//   INVALID_ARGUMENT     no reason.
//   FAILED_PRECONDITION  the peer is suspended: resume it, so that it can take
//                        the withdrawals, or remove it by force.
absl::StatusOr<v1::Farewell> Leave(const NodeParts& node, const PeerId& peer,
                                   absl::string_view reason);

// Removes the peer without waiting for it. What it was sent stays with it, as
// far as can be proved; the farewell says so.
absl::StatusOr<v1::Farewell> RemoveAtOnce(const NodeParts& node,
                                          const PeerId& peer,
                                          absl::string_view reason);

// Those under way first, then the ended ones, newest last; of `peer` alone if
// it is not empty.
absl::StatusOr<v1::ListFarewellsResponse> ListFarewells(const NodeParts& node,
                                                        const PeerId& peer);

// Takes every peer that is leaving one step further, if it can go further. Call
// it every few seconds. The first error, after all were tried.
absl::Status AdvanceFarewells(const NodeParts& node);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_FAREWELL_DESK_H_
