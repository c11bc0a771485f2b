// Tells the audit log what happens to the node's keys, so that an auditor sees
// when each came and went. A crash between a change on disk and its entry is
// made good at the next call.
#ifndef MINGA_NODE_KEY_LOG_H_
#define MINGA_NODE_KEY_LOG_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/keyring.h"
#include "storage/database.h"

namespace minga {

// Appends KEYS_CHANGED for each descriptor and KEYS_RETIRED for each whose keys
// no longer count, if the log does not say so yet. `actor` is for new ones.
absl::Status LogKeys(storage::Database& database,
                     const federation::Keyring& ring, absl::string_view actor,
                     absl::Time now);

}  // namespace minga

#endif  // MINGA_NODE_KEY_LOG_H_
