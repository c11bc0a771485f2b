#ifndef MINGA_STORAGE_SQLITE_AUDIT_H_
#define MINGA_STORAGE_SQLITE_AUDIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/audit_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/staged.h"

namespace minga::storage::sqlite {

// AuditStore over tables `audit_tile`, `audit_bundle` and `audit_checkpoint`.
//
// On the writer's connection the last bundle and the last tile of each level
// live in memory and are written once per transaction, not once per append; a
// full one is written at once, so that memory stays bounded.
// Threads: its connection's.
class Audit final : public AuditStore, public Staged {
 public:
  // `size` outlives this.
  explicit Audit(Counter& size) : size_(size) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<LeafIndex> Size() const override;
  absl::StatusOr<std::string> Tile(int level,
                                   std::uint64_t index) const override;
  absl::StatusOr<std::string> EntryBundle(std::uint64_t bundle) const override;
  absl::StatusOr<std::string> Checkpoint() const override;

  absl::StatusOr<LeafIndex> Append(absl::string_view entry) override;
  absl::Status SaveCheckpoint(absl::string_view note, LeafIndex size) override;

  absl::Status Load() override;
  void Mark() override;
  void Restore() override;
  absl::Status Flush() override;

 private:
  // What has not filled a bundle or a tile yet.
  struct Tail {
    LeafIndex size = 0;
    std::string entries;              // of the last bundle
    std::vector<std::string> levels;  // hashes of each level's last tile
  };

  absl::Status CloseTiles();
  absl::Status WriteTile(int level, std::uint64_t index,
                         absl::string_view hashes);
  absl::Status WriteBundle(std::uint64_t bundle, absl::string_view entries);
  absl::StatusOr<std::string> LoadTile(int level, std::uint64_t index) const;

  Counter& size_;
  Statement get_tile_;
  Statement put_tile_;
  Statement get_bundle_;
  Statement put_bundle_;
  Statement checkpoint_;
  Statement checkpoint_size_;
  Statement put_checkpoint_;

  // The writer's state; `staged_` is false on readers' connections.
  bool staged_ = false;
  bool changed_ = false;
  Tail tail_;
  // Lengths at Mark: appending only adds to the strings, until a tile is full.
  LeafIndex marked_size_ = 0;
  std::size_t marked_entries_ = 0;
  std::vector<std::size_t> marked_levels_;
  // The tail at Mark, kept when a tile became full since.
  std::optional<Tail> marked_tail_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_AUDIT_H_
