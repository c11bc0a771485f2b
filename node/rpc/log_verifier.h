// Verifies this node's own audit log from nothing but its entries.
#ifndef MINGA_NODE_RPC_LOG_VERIFIER_H_
#define MINGA_NODE_RPC_LOG_VERIFIER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "node/base/crypto/hash.h"
#include "node/base/note.h"
#include "storage/audit_store.h"

namespace minga::storage {
class Database;
}  // namespace minga::storage

namespace minga::rpc {

// More faults than this say nothing new.
inline constexpr int kLogFaultsMax = 20;

struct LogVerdict {
  storage::LeafIndex size = 0;
  Digest root{};
  std::string checkpoint;  // the newest signed one; empty if there is none
  storage::LeafIndex checkpoint_size = 0;
  // Entries before this one were pruned: their hashes hold.
  storage::LeafIndex pruned = 0;
  std::vector<std::string> faults;  // empty: everything holds
};

// Recomputes the RFC 6962 tree from the entries, compares every stored tile
// with it, and checks the checkpoint's signature by one of `keys` (the log's,
// present and former; not empty), its origin and its root. Of entries that were pruned the stored hashes are taken, and an
// entry of the log has to say that they were. Holds one tile of each level in
// memory; entries appended meanwhile are left for the next time. A fault of the
// log is part of the verdict; an error is one of reading.
absl::StatusOr<LogVerdict> VerifyOwnLog(const storage::Database& database,
                                        absl::Span<const NoteVerifier> keys);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_LOG_VERIFIER_H_
