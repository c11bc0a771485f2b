// The one place where absl::Status and grpc::Status turn into each other.
#ifndef MINGA_NODE_RPC_STATUS_H_
#define MINGA_NODE_RPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace minga::rpc {

// Codes are the same numbers on both sides. A message is cut to 2 KiB: it
// travels percent-encoded (up to three times as long) in HTTP/2 trailers, which
// peers limit to 8 KiB.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_STATUS_H_
