// What a new policy would change, as the admin socket tells it.
#ifndef MINGA_NODE_RPC_POLICY_REPORT_H_
#define MINGA_NODE_RPC_POLICY_REPORT_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/rpc/node_parts.h"
#include "policy/policy_set.h"

namespace minga::v1 {
class ActivatePolicyRequest;
class ActivatePolicyResponse;
class CheckPolicyRequest;
class CheckPolicyResponse;
class DiffPolicyRequest;
class DiffPolicyResponse;
}  // namespace minga::v1

namespace minga::rpc {

// The mistakes of a document, a file of cases too. INVALID_ARGUMENT only for
// what is no text or too long.
absl::StatusOr<v1::CheckPolicyResponse> CheckPolicy(
    const v1::CheckPolicyRequest& request);

// Errors as PolicyDesk::Activate.
absl::StatusOr<v1::ActivatePolicyResponse> ActivatePolicy(
    const NodeParts& node, const v1::ActivatePolicyRequest& request);

// Sends progress a few times a second, then the differences in bounded
// messages; `send` returns false when nobody listens any more. Errors as
// PolicyDiff::Compare.
absl::Status DiffPolicy(
    const NodeParts& node, const v1::DiffPolicyRequest& request,
    absl::FunctionRef<bool(const v1::DiffPolicyResponse&)> send);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_POLICY_REPORT_H_
