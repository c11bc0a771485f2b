#include "storage/sqlite/audit.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/crypto/hash.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/merkle.h"
#include "storage/sqlite/audit_keys.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kGetTile[] = "SELECT hashes FROM audit_tile WHERE tile = ?1";
constexpr char kPutTile[] =
    "INSERT OR REPLACE INTO audit_tile (tile, hashes) VALUES (?1, ?2)";
constexpr char kGetBundle[] =
    "SELECT entries FROM audit_bundle WHERE bundle = ?1";
constexpr char kPutBundle[] =
    "INSERT OR REPLACE INTO audit_bundle (bundle, entries) VALUES (?1, ?2)";
constexpr char kCheckpoint[] = "SELECT note FROM audit_checkpoint";
constexpr char kCheckpointSize[] = "SELECT size FROM audit_checkpoint";
constexpr char kPutCheckpoint[] =
    "INSERT OR REPLACE INTO audit_checkpoint (one, size, note)"
    " VALUES (1, ?1, ?2)";

constexpr char kDropCheckpoint[] = "DELETE FROM audit_checkpoint";
constexpr char kClosed[] =
    "SELECT entries, pruned, note FROM audit_closed WHERE log = ?1";
constexpr char kPutClosed[] =
    "INSERT INTO audit_closed (log, entries, pruned, note)"
    " VALUES (?1, ?2, ?3, ?4)";
constexpr char kPruneClosed[] =
    "UPDATE audit_closed SET pruned = ?2 WHERE log = ?1";
constexpr char kDropBundles[] =
    "DELETE FROM audit_bundle WHERE bundle >= ?1 AND bundle < ?2";

constexpr std::size_t kHashBytes = sizeof(Digest);
constexpr std::size_t kTileBytes = kTileWidth * kHashBytes;
// Root of a full tile.
Digest RootOfTile(absl::string_view hashes) {
  std::vector<Digest> leaves(hashes.size() / kHashBytes);
  std::memcpy(leaves.data(), hashes.data(), hashes.size());
  return RootOf(leaves);
}

}  // namespace

absl::Status Audit::Prepare(Connection& connection) {
  MINGA_RETURN_IF_ERROR(number_.Prepare(connection));
  MINGA_RETURN_IF_ERROR(pruned_.Prepare(connection));
  return connection.Prepare({{&get_tile_, kGetTile},
                             {&put_tile_, kPutTile},
                             {&get_bundle_, kGetBundle},
                             {&put_bundle_, kPutBundle},
                             {&checkpoint_, kCheckpoint},
                             {&checkpoint_size_, kCheckpointSize},
                             {&put_checkpoint_, kPutCheckpoint},
                             {&drop_checkpoint_, kDropCheckpoint},
                             {&closed_, kClosed},
                             {&put_closed_, kPutClosed},
                             {&prune_closed_, kPruneClosed},
                             {&drop_bundles_, kDropBundles}});
}

// --- Reading -----------------------------------------------------------------

absl::StatusOr<LeafIndex> Audit::Size() const {
  if (staged_) return tail_.size;
  MINGA_ASSIGN_OR_RETURN(const std::int64_t size, size_.Stored());
  return static_cast<LeafIndex>(size);
}

absl::StatusOr<std::string> Audit::Tile(int level, std::uint64_t index) const {
  if (level < 0 || level >= kLevelsMax || index >> kTileIndexBits != 0) {
    return NoTile(absl::StrCat("tile of level ", level), index);
  }
  if (staged_) {
    const std::uint64_t last = tail_.size >> (8 * (level + 1));
    if (index == last &&
        static_cast<std::size_t>(level) < tail_.levels.size()) {
      const std::string& hashes = tail_.levels[static_cast<std::size_t>(level)];
      if (hashes.empty()) {
        return NoTile(absl::StrCat("tile of level ", level), index);
      }
      return hashes;
    }
  }
  MINGA_ASSIGN_OR_RETURN(const int number, Number());
  return LoadTile(number, level, index);
}

absl::StatusOr<std::string> Audit::LoadTile(int number, int level,
                                            std::uint64_t index) const {
  Run run(get_tile_, KeyOf(number, level, index));
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return NoTile(absl::StrCat("tile of level ", level), index);
  return run.String(0);
}

absl::StatusOr<std::string> Audit::EntryBundle(std::uint64_t bundle) const {
  if (staged_ && bundle == tail_.size / kTileWidth) {
    if (tail_.entries.empty()) return NoTile("entry bundle", bundle);
    return tail_.entries;
  }
  MINGA_ASSIGN_OR_RETURN(const int number, Number());
  MINGA_ASSIGN_OR_RETURN(const std::uint64_t pruned, Pruned(number));
  return LoadBundle(number, bundle, pruned);
}

absl::StatusOr<std::string> Audit::LoadBundle(int number, std::uint64_t bundle,
                                              std::uint64_t pruned) const {
  if (bundle < pruned) {
    return absl::NotFoundError(absl::StrCat("audit log: entry bundle ", bundle,
                                            " was pruned, as all before ",
                                            pruned));
  }
  if (bundle >> kTileIndexBits != 0) return NoTile("entry bundle", bundle);
  Run run(get_bundle_, BundleKey(number, bundle));
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return NoTile("entry bundle", bundle);
  return run.String(0);
}

absl::StatusOr<std::string> Audit::Checkpoint() const {
  Run run(checkpoint_);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  return found ? run.String(0) : std::string();
}

// --- Writing -----------------------------------------------------------------

absl::StatusOr<LeafIndex> Audit::Append(absl::string_view entry) {
  if (entry.size() > kAuditEntryBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("audit entry: ", entry.size(), " bytes are more than the ",
                     kAuditEntryBytesMax, " allowed"));
  }
  const LeafIndex index = tail_.size;
  tail_.entries.push_back(static_cast<char>(entry.size() >> 8));
  tail_.entries.push_back(static_cast<char>(entry.size() & 0xff));
  tail_.entries.append(entry.data(), entry.size());
  if (tail_.levels.empty()) tail_.levels.emplace_back();
  const Digest leaf = LeafHash(entry);
  const absl::string_view bytes = AsView(leaf);
  tail_.levels[0].append(bytes.data(), bytes.size());
  ++tail_.size;
  changed_ = true;
  if (tail_.size % kTileWidth == 0) {
    MINGA_RETURN_IF_ERROR(CloseTiles());
  }
  return index;
}

void Audit::KeepMarked() {
  if (marked_tail_.has_value()) return;
  marked_tail_ = tail_;
  marked_tail_->size = marked_size_;
  marked_tail_->entries.resize(marked_entries_);
  marked_tail_->levels.resize(marked_levels_.size());
  for (std::size_t i = 0; i < marked_levels_.size(); ++i) {
    marked_tail_->levels[i].resize(marked_levels_[i]);
  }
}

// Writes the full bundle and the full tiles, and carries their roots up.
absl::Status Audit::CloseTiles() {
  KeepMarked();
  MINGA_RETURN_IF_ERROR(
      WriteBundle(tail_.size / kTileWidth - 1, tail_.entries));
  tail_.entries.clear();
  for (std::size_t level = 0; level < tail_.levels.size(); ++level) {
    if (tail_.levels[level].size() < kTileBytes) break;
    const std::uint64_t index = (tail_.size >> (8 * (level + 1))) - 1;
    MINGA_RETURN_IF_ERROR(
        WriteTile(static_cast<int>(level), index, tail_.levels[level]));
    const Digest root = RootOfTile(tail_.levels[level]);
    tail_.levels[level].clear();
    if (level + 1 == tail_.levels.size()) tail_.levels.emplace_back();
    const absl::string_view bytes = AsView(root);
    tail_.levels[level + 1].append(bytes.data(), bytes.size());
  }
  return absl::OkStatus();
}

absl::Status Audit::WriteTile(int level, std::uint64_t index,
                              absl::string_view hashes) {
  return Run::Once(put_tile_, KeyOf(number_.value(), level, index),
                   Bytes{hashes});
}

absl::Status Audit::WriteBundle(std::uint64_t bundle,
                                absl::string_view entries) {
  return Run::Once(put_bundle_, BundleKey(number_.value(), bundle),
                   Bytes{entries});
}

absl::Status Audit::SaveCheckpoint(absl::string_view note, LeafIndex size) {
  if (size > tail_.size) {
    return absl::FailedPreconditionError(absl::StrCat("checkpoint: size ", size,
                                                      " is beyond the log's ",
                                                      tail_.size, " entries"));
  }
  {
    Run run(checkpoint_size_);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (found && run.Unsigned(0) > size) {
      return absl::FailedPreconditionError(
          absl::StrCat("checkpoint: size ", size, " is less than the ",
                       run.Unsigned(0), " signed before"));
    }
  }
  return Run::Once(put_checkpoint_, size, Bytes{note});
}

// --- The writer's tail -------------------------------------------------------

absl::Status Audit::Load() {
  staged_ = true;
  changed_ = false;
  MINGA_RETURN_IF_ERROR(number_.Load());
  MINGA_RETURN_IF_ERROR(pruned_.Load());
  tail_ = Tail();
  // `size_` is loaded before this, see Stores.
  tail_.size = static_cast<LeafIndex>(size_.value());
  if (tail_.size % kTileWidth != 0) {
    const absl::StatusOr<std::string> last =
        LoadBundle(static_cast<int>(number_.value()), tail_.size / kTileWidth,
                   /*pruned=*/0);
    if (!last.ok()) {
      return absl::DataLossError("audit log: last bundle is missing");
    }
    tail_.entries = *last;
  }
  for (int level = 0; tail_.size >> (8 * level) != 0; ++level) {
    tail_.levels.emplace_back();
    const std::uint64_t hashes = tail_.size >> (8 * level);
    const std::size_t width = hashes % kTileWidth;
    if (width == 0) continue;
    MINGA_ASSIGN_OR_RETURN(tail_.levels.back(),
                           LoadTile(static_cast<int>(number_.value()), level,
                                    hashes / kTileWidth));
    if (tail_.levels.back().size() != width * kHashBytes) {
      return absl::DataLossError(absl::StrCat("audit log: last tile of level ",
                                              level, " does not fit size ",
                                              tail_.size));
    }
  }
  Mark();
  return absl::OkStatus();
}

void Audit::Mark() {
  number_.Mark();
  pruned_.Mark();
  marked_tail_.reset();
  marked_size_ = tail_.size;
  marked_entries_ = tail_.entries.size();
  marked_levels_.clear();
  for (const std::string& hashes : tail_.levels) {
    marked_levels_.push_back(hashes.size());
  }
}

void Audit::Restore() {
  number_.Restore();
  pruned_.Restore();
  if (marked_tail_.has_value()) {
    tail_ = *std::move(marked_tail_);
    marked_tail_.reset();
    return;
  }
  tail_.size = marked_size_;
  tail_.entries.resize(marked_entries_);
  tail_.levels.resize(marked_levels_.size());
  for (std::size_t i = 0; i < marked_levels_.size(); ++i) {
    tail_.levels[i].resize(marked_levels_[i]);
  }
}

absl::Status Audit::Flush() {
  if (!changed_) return absl::OkStatus();
  size_.Set(static_cast<std::int64_t>(tail_.size));
  MINGA_RETURN_IF_ERROR(FlushTail());
  MINGA_RETURN_IF_ERROR(number_.Flush());
  MINGA_RETURN_IF_ERROR(pruned_.Flush());
  changed_ = false;
  return absl::OkStatus();
}

absl::Status Audit::FlushTail() {
  if (!tail_.entries.empty()) {
    MINGA_RETURN_IF_ERROR(WriteBundle(tail_.size / kTileWidth, tail_.entries));
  }
  for (std::size_t level = 0; level < tail_.levels.size(); ++level) {
    if (tail_.levels[level].empty()) continue;
    MINGA_RETURN_IF_ERROR(WriteTile(static_cast<int>(level),
                                    tail_.size >> (8 * (level + 1)),
                                    tail_.levels[level]));
  }
  return absl::OkStatus();
}

}  // namespace minga::storage::sqlite
