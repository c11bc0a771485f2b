// The RFC 6962 Merkle tree of the audit log: roots and proofs computed from
// tiles, and their verification, which needs no store at all.
#ifndef MINGA_STORAGE_MERKLE_H_
#define MINGA_STORAGE_MERKLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/base/crypto/hash.h"
#include "storage/audit_store.h"

namespace minga::storage {

Digest LeafHash(absl::string_view entry);
Digest NodeHash(const Digest& left, const Digest& right);

// Root of the tree over these leaf hashes; the hash of the empty string for
// none. For pages, tiles and small lists.
Digest RootOf(absl::Span<const Digest> leaves);

// Root of the first `size` entries. OUT_OF_RANGE beyond the log.
absl::StatusOr<Digest> RootAt(const AuditReader& log, LeafIndex size);

// Proof that entry `index` is in the tree of `size`.
absl::StatusOr<std::vector<Digest>> ProveInclusion(const AuditReader& log,
                                                   LeafIndex index,
                                                   LeafIndex size);
// Proof that the tree of `old_size` is a prefix of that of `size`.
absl::StatusOr<std::vector<Digest>> ProveConsistency(const AuditReader& log,
                                                     LeafIndex old_size,
                                                     LeafIndex size);

// OK or INVALID_ARGUMENT with what does not hold. Nothing is consistent with
// the empty tree (old_size 0): there is nothing that such a proof could show.
absl::Status VerifyInclusion(const Digest& leaf, LeafIndex index,
                             LeafIndex size, absl::Span<const Digest> proof,
                             const Digest& root);
absl::Status VerifyConsistency(LeafIndex old_size, LeafIndex size,
                               absl::Span<const Digest> proof,
                               const Digest& old_root, const Digest& root);

// The same for the subtree over entries [start, end), where `start` is a
// multiple of the smallest power of two >= end - start
// (draft-ietf-plants-merkle-tree-certs, section 4): inclusion of entry `index`
// in the subtree, and the subtree being part of the tree of `size`. An empty
// subtree has the root of the empty tree and is part of every tree.
absl::Status VerifySubtreeInclusion(const Digest& leaf, LeafIndex index,
                                    LeafIndex start, LeafIndex end,
                                    absl::Span<const Digest> proof,
                                    const Digest& subtree_root);
absl::Status VerifySubtreeConsistency(LeafIndex start, LeafIndex end,
                                      LeafIndex size,
                                      absl::Span<const Digest> proof,
                                      const Digest& subtree_root,
                                      const Digest& root);

// Checkpoint body (tlog-checkpoint 1.0.0): origin, size, base64 root.
struct Checkpoint {
  std::string origin;
  LeafIndex size = 0;
  Digest root{};

  std::string Body() const;
  // INVALID_ARGUMENT for anything but exactly the three lines.
  static absl::StatusOr<Checkpoint> Parse(absl::string_view body);
};

// "tile/0/x001/234" and such; `width` 256 = full, otherwise ".p/<width>".
// level -1 is "entries".
std::string TilePath(int level, std::uint64_t index, int width);

// Splits an entry bundle. INVALID_ARGUMENT if lengths do not add up.
absl::StatusOr<std::vector<std::string>> SplitBundle(absl::string_view bundle);

}  // namespace minga::storage

#endif  // MINGA_STORAGE_MERKLE_H_
