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
  // Of the present log.
  storage::LeafIndex size = 0;
  Digest root{};
  std::string checkpoint;  // the newest signed one; empty if there is none
  storage::LeafIndex checkpoint_size = 0;
  // Of all logs.
  int closed = 0;  // before the present one
  storage::LeafIndex entries = 0;
  storage::LeafIndex pruned = 0;    // of these; their hashes hold
  std::vector<std::string> faults;  // empty: everything holds
};

// Recomputes the RFC 6962 tree of each log from the entries, compares every
// stored tile with it, and checks the checkpoint's signature by one of
// `log_keys` (the present one and those it has replaced), its origin and its
// root; and that each closed log says so and is continued by the next. Of
// entries that were pruned the stored hashes are taken, and an entry has to say
// that they were. Holds one tile of each level in memory; entries appended
// meanwhile are left for the next time. A fault of a log is part of the
// verdict; an error is one of reading.
//   REQUIRES: at least one key.
absl::StatusOr<LogVerdict> VerifyOwnLog(
    const storage::Database& database, absl::Span<const NoteVerifier> log_keys);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_LOG_VERIFIER_H_
