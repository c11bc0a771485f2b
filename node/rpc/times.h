// absl::Time and google.protobuf.Timestamp.
#ifndef MINGA_NODE_RPC_TIMES_H_
#define MINGA_NODE_RPC_TIMES_H_

#include "absl/time/time.h"

namespace google::protobuf {
class Timestamp;
}  // namespace google::protobuf

namespace minga::rpc {

// Infinite times become the unset timestamp (0).
google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_TIMES_H_
