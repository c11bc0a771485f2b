// Records that a policy holds for an officer, as the admin socket tells and
// takes it.
#ifndef MINGA_NODE_RPC_HOLD_REPORT_H_
#define MINGA_NODE_RPC_HOLD_REPORT_H_

#include "absl/status/statusor.h"
#include "node/rpc/node_parts.h"

namespace minga::v1 {
class ListHeldRequest;
class ListHeldResponse;
class ReleaseHeldRequest;
class ReleaseHeldResponse;
}  // namespace minga::v1

namespace minga::rpc {

// One page; to go on, ask again after the last record.
absl::StatusOr<v1::ListHeldResponse> ListHeld(
    const NodeParts& node, const v1::ListHeldRequest& request);

// Releases or (revoke) holds again, in the name of an officer, which the log
// tells as "officer:NAME". Errors as ReleaseDesk; INVALID_ARGUMENT for a name
// of other than 1 to 60 letters, digits, '.', '-', '_' or '@'.
absl::StatusOr<v1::ReleaseHeldResponse> ReleaseHeld(
    const NodeParts& node, const v1::ReleaseHeldRequest& request);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_HOLD_REPORT_H_
