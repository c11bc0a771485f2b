// Receipts and rejections of a peer, for its operator.
#ifndef MINGA_NODE_RPC_RECEIPT_REPORT_H_
#define MINGA_NODE_RPC_RECEIPT_REPORT_H_

#include "absl/status/statusor.h"
#include "minga/v1/receipts.pb.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

inline constexpr int kReceiptsListedMax = 1000;

// Both: NOT_FOUND if it is not a peer, INVALID_ARGUMENT for a limit beyond the
// bounds; a limit of 0 means 20.
absl::StatusOr<v1::ListReceiptsResponse> ListReceipts(
    const NodeParts& node, const v1::ListReceiptsRequest& request);
absl::StatusOr<v1::ListRejectionsResponse> ListRejections(
    const NodeParts& node, const v1::ListRejectionsRequest& request);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_RECEIPT_REPORT_H_
