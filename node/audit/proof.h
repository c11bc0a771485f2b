// The proof that an entry is in a log, as a C2SP tlog-proof (v1): index,
// inclusion hashes and signed checkpoint; the entry's bytes are its extra line.
// It can be checked without the node and without this program.
#ifndef MINGA_NODE_AUDIT_PROOF_H_
#define MINGA_NODE_AUDIT_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/note.h"
#include "storage/audit_store.h"

namespace minga::audit {

// An entry and 63 hashes of a tree and a checkpoint with 64 cosignatures.
inline constexpr std::size_t kProofBytesMax = 128 * 1024;
// A path in a tree of 2^63 leaves.
inline constexpr std::size_t kProofHashesMax = 63;

struct EntryProof {
  std::string entry;
  storage::LeafIndex index = 0;
  std::vector<Digest> hashes;
  std::string checkpoint;  // a signed note

  std::string Serialize() const;
  // INVALID_ARGUMENT for anything but exactly what Serialize writes.
  static absl::StatusOr<EntryProof> Parse(absl::string_view text);
};

// Proves entry `index` under the newest checkpoint of `log`.
//   OUT_OF_RANGE         there is no such entry.
//   FAILED_PRECONDITION  no checkpoint covers it yet; the next one does.
absl::StatusOr<EntryProof> ProveEntry(const storage::AuditReader& log,
                                      storage::LeafIndex index);

// The number of the log that has the entry, of those signed with `key`; or
// INVALID_ARGUMENT with what does not hold: signature, origin, path. `key` may
// be that of the node, or bear the name of a later log.
absl::StatusOr<int> VerifyEntryProof(const EntryProof& proof,
                                     const NoteVerifier& key);

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_PROOF_H_
