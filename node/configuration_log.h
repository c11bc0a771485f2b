// Notes in the audit log that the node runs with another configuration.
#ifndef MINGA_NODE_CONFIGURATION_LOG_H_
#define MINGA_NODE_CONFIGURATION_LOG_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/config.h"

namespace minga {

namespace storage {
class Database;
}  // namespace storage

// At each start: appends CONFIGURATION_CHANGED with the digest of what the
// configuration says, unless it is that of the last start. The first start only
// remembers it.
absl::Status LogConfiguration(storage::Database& database, const Config& config,
                              absl::Time now);

}  // namespace minga

#endif  // MINGA_NODE_CONFIGURATION_LOG_H_
