// What `minga status` shows.
#ifndef MINGA_NODE_RPC_STATUS_REPORT_H_
#define MINGA_NODE_RPC_STATUS_REPORT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "node/rpc/node_parts.h"

namespace minga::v1 {
class GetStatusResponse;
}  // namespace minga::v1

namespace minga::rpc {

absl::StatusOr<v1::GetStatusResponse> ReportStatus(const NodeParts& node);

// Resident set size of this process in bytes, from /proc/self/statm; 0 if the
// system does not say.
std::int64_t ResidentBytes();

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_STATUS_REPORT_H_
