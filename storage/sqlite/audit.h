#ifndef MINGA_STORAGE_SQLITE_AUDIT_H_
#define MINGA_STORAGE_SQLITE_AUDIT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/audit_chain.h"
#include "storage/audit_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/staged.h"

namespace minga::storage::sqlite {

// AuditStore over tables `audit_tile`, `audit_bundle`, `audit_checkpoint` and
// `audit_closed`.
//
// On the writer's connection the last bundle and the last tile of each level
// live in memory and are written once per transaction, not once per append; a
// full one is written at once, so that memory stays bounded.
// Threads: its connection's.
class Audit final : public AuditStore, public AuditChain, public Staged {
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

  absl::StatusOr<int> Number() const override;
  absl::StatusOr<std::unique_ptr<AuditReader>> Earlier(
      int number) const override;
  absl::StatusOr<std::uint64_t> Pruned(int number) const override;
  absl::Status Close() override;
  absl::StatusOr<std::uint64_t> Prune(int number,
                                      std::uint64_t bundle) override;

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

  class Closed;

  // Keeps the tail at Mark, before what appending cannot take back.
  void KeepMarked();
  absl::Status CloseTiles();
  absl::Status FlushTail();
  absl::Status WriteTile(int level, std::uint64_t index,
                         absl::string_view hashes);
  absl::Status WriteBundle(std::uint64_t bundle, absl::string_view entries);
  // Of log `number`.
  absl::StatusOr<std::string> LoadTile(int number, int level,
                                       std::uint64_t index) const;
  absl::StatusOr<std::string> LoadBundle(int number, std::uint64_t bundle,
                                         std::uint64_t pruned) const;

  Counter& size_;
  Counter number_{Counter::Name::kAuditLog};
  Counter pruned_{Counter::Name::kAuditPruned};
  Statement get_tile_;
  Statement put_tile_;
  Statement get_bundle_;
  Statement put_bundle_;
  Statement checkpoint_;
  Statement checkpoint_size_;
  Statement put_checkpoint_;
  Statement drop_checkpoint_;
  Statement closed_;
  Statement put_closed_;
  Statement prune_closed_;
  Statement drop_bundles_;

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
