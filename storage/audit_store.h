// AuditStore is the append-only log of a node in tlog-tiles form (C2SP): the
// entries, the RFC 6962 tree over them and the newest signed checkpoint.
#ifndef MINGA_STORAGE_AUDIT_STORE_H_
#define MINGA_STORAGE_AUDIT_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::storage {

using LeafIndex = std::uint64_t;

class AuditReader {
 public:
  virtual ~AuditReader() = default;

  // Number of entries.
  virtual absl::StatusOr<LeafIndex> Size() const = 0;

  // Hashes of tile `index` at `level` (0 = leaf hashes): 32 bytes each, 256 for
  // a full tile, fewer for the last one of the level. OUT_OF_RANGE if there is
  // no such tile.
  virtual absl::StatusOr<std::string> Tile(int level,
                                           std::uint64_t index) const = 0;

  // Entries [256 * bundle, ...) as the tlog-tiles entry bundle: each with a
  // 16-bit big-endian length before it. OUT_OF_RANGE as Tile.
  virtual absl::StatusOr<std::string> EntryBundle(
      std::uint64_t bundle) const = 0;

  // The newest signed checkpoint (a note); empty before the first.
  virtual absl::StatusOr<std::string> Checkpoint() const = 0;
};

class AuditStore : public AuditReader {
 public:
  // Appends `entry` and returns its index; part of the transaction, so that it
  // stands exactly if what it tells of stands.
  // INVALID_ARGUMENT beyond kAuditEntryBytesMax.
  virtual absl::StatusOr<LeafIndex> Append(absl::string_view entry) = 0;

  // Keeps `note` as the newest checkpoint. FAILED_PRECONDITION if it covers
  // less than the one before.
  virtual absl::Status SaveCheckpoint(absl::string_view note,
                                      LeafIndex size) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_AUDIT_STORE_H_
