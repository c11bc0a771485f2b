#include "node/rpc/log_verifier.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/database.h"
#include "storage/growing_tree.h"
#include "storage/merkle.h"

namespace minga::rpc {
namespace {

using storage::LeafIndex;

// One read transaction takes at most this many bundles (16,384 entries), so
// that a long verification never holds back the write-ahead log.
constexpr std::uint64_t kBundlesPerRead = 64;

class Verification {
 public:
  Verification(const storage::Database& database,
               absl::Span<const NoteVerifier> log_keys)
      : database_(database),
        log_keys_(log_keys),
        tree_([this](int level, std::uint64_t index, absl::string_view tile) {
          return CompareTile(level, index, tile);
        }) {}

  absl::StatusOr<LogVerdict> Run() {
    MINGA_RETURN_IF_ERROR(database_.Read(
        [this](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(verdict_.size, snapshot.audit().Size());
          MINGA_ASSIGN_OR_RETURN(verdict_.checkpoint,
                                 snapshot.audit().Checkpoint());
          return absl::OkStatus();
        }));
    OpenCheckpoint();
    while (entries_ < verdict_.size) {
      MINGA_RETURN_IF_ERROR(database_.Read(
          [this](const storage::Snapshot& snapshot) -> absl::Status {
            return TakeSome(snapshot.audit());
          }));
      if (stuck_) return std::move(verdict_);
    }
    verdict_.root = tree_.Root();
    if (verdict_.pruned > said_pruned_) {
      Fault(absl::StrCat("entries before ", verdict_.pruned,
                         " are gone, and the log says so of those before ",
                         said_pruned_, " only"));
    }
    MINGA_RETURN_IF_ERROR(database_.Read(
        [this](const storage::Snapshot& snapshot) -> absl::Status {
          log_ = &snapshot.audit();
          return tree_.VisitOpen(
              [this](int level, std::uint64_t index, absl::string_view tile) {
                return CompareTile(level, index, tile);
              });
        }));
    return std::move(verdict_);
  }

 private:
  void Fault(std::string what) {
    if (verdict_.faults.size() < kLogFaultsMax) {
      verdict_.faults.push_back(std::move(what));
    }
  }

  void OpenCheckpoint() {
    if (verdict_.checkpoint.empty()) return;
    const absl::StatusOr<Note> note = Note::Parse(verdict_.checkpoint);
    const absl::StatusOr<storage::Checkpoint> checkpoint =
        note.ok() ? storage::Checkpoint::Parse(note->text) : note.status();
    if (!checkpoint.ok()) {
      return Fault(absl::StrCat("checkpoint: ", checkpoint.status().message()));
    }
    checkpoint_ = *checkpoint;
    verdict_.checkpoint_size = checkpoint_.size;
    // Keys change, their name does not.
    const std::string& name = log_keys_.front().name;
    if (std::none_of(
            log_keys_.begin(), log_keys_.end(),
            [&](const NoteVerifier& key) { return VerifyNote(*note, key); })) {
      Fault(absl::StrCat("checkpoint: the signature by `", name,
                         "` is missing or wrong"));
    }
    if (checkpoint_.origin != name) {
      Fault(absl::StrCat("checkpoint: origin `", checkpoint_.origin,
                         "` is not `", name, "`"));
    }
    if (checkpoint_.size > verdict_.size) {
      Fault(absl::StrCat("checkpoint: covers ", checkpoint_.size,
                         " entries, the log has ", verdict_.size));
    }
    CompareCheckpoint();  // of the empty log
  }

  void CompareCheckpoint() {
    if (verdict_.checkpoint.empty() || checkpoint_.size != entries_) return;
    if (tree_.Root() != checkpoint_.root) {
      Fault(absl::StrCat("checkpoint: its root is not that of the first ",
                         entries_, " entries"));
    }
  }

  absl::Status TakeSome(const storage::AuditReader& log) {
    log_ = &log;
    for (std::uint64_t i = 0; i < kBundlesPerRead && entries_ < verdict_.size;
         ++i) {
      const std::uint64_t number = entries_ / kTileWidth;
      const absl::StatusOr<std::string> bundle = log.EntryBundle(number);
      if (absl::IsNotFound(bundle.status())) {
        MINGA_RETURN_IF_ERROR(TakePruned(log, number));
        if (stuck_) return absl::OkStatus();
        continue;
      }
      MINGA_RETURN_IF_ERROR(bundle.status());
      const auto entries = storage::SplitBundle(*bundle);
      const std::uint64_t wanted =
          std::min<std::uint64_t>(kTileWidth, verdict_.size - entries_);
      if (!entries.ok() || entries->size() < wanted) {
        Fault(absl::StrCat(
            storage::TilePath(-1, number, static_cast<int>(wanted)), ": ",
            entries.ok() ? absl::StrCat("has ", entries->size(),
                                        " entries instead of ", wanted)
                         : std::string(entries.status().message())));
        stuck_ = true;
        return absl::OkStatus();
      }
      for (std::uint64_t at = 0; at < wanted; ++at) {
        if (verdict_.pruned > 0) NotePruning((*entries)[at]);
        MINGA_RETURN_IF_ERROR(tree_.Add(storage::LeafHash((*entries)[at])));
        ++entries_;
        CompareCheckpoint();
      }
    }
    return absl::OkStatus();
  }

  // A bundle whose entries were destroyed: its tile has their hashes.
  absl::Status TakePruned(const storage::AuditReader& log,
                          std::uint64_t number) {
    MINGA_ASSIGN_OR_RETURN(const std::string tile, log.Tile(0, number));
    if (tile.size() != kTileWidth * sizeof(Digest)) {
      Fault(absl::StrCat(storage::TilePath(0, number, kTileWidth),
                         ": is not full, and its entries are gone"));
      stuck_ = true;
      return absl::OkStatus();
    }
    for (std::size_t at = 0; at < tile.size(); at += sizeof(Digest)) {
      MINGA_ASSIGN_OR_RETURN(
          const Digest leaf,
          ToDigest(absl::string_view(tile).substr(at, sizeof(Digest))));
      MINGA_RETURN_IF_ERROR(tree_.Add(leaf));
      ++entries_;
      CompareCheckpoint();
    }
    verdict_.pruned = entries_;
    return absl::OkStatus();
  }

  // What the log says of its pruning.
  void NotePruning(absl::string_view bytes) {
    v1::AuditEntry entry;
    if (entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
        entry.event() == v1::AUDIT_EVENT_LOG_PRUNED) {
      said_pruned_ = std::max<LeafIndex>(said_pruned_, entry.upto());
    }
  }

  absl::Status CompareTile(int level, std::uint64_t index,
                           absl::string_view computed) {
    const absl::StatusOr<std::string> stored = log_->Tile(level, index);
    const int width = static_cast<int>(computed.size() / sizeof(Digest));
    if (absl::IsOutOfRange(stored.status())) {
      Fault(absl::StrCat(storage::TilePath(level, index, width), ": missing"));
      return absl::OkStatus();
    }
    MINGA_RETURN_IF_ERROR(stored.status());
    // The stored one may have grown since.
    if (stored->substr(0, computed.size()) != computed) {
      Fault(absl::StrCat(storage::TilePath(level, index, width),
                         ": does not follow from the entries"));
    }
    return absl::OkStatus();
  }

  const storage::Database& database_;
  const absl::Span<const NoteVerifier> log_keys_;
  storage::GrowingTree tree_;
  const storage::AuditReader* log_ = nullptr;  // of the present snapshot
  storage::Checkpoint checkpoint_;
  LeafIndex entries_ = 0;  // taken so far
  LeafIndex said_pruned_ = 0;
  bool stuck_ = false;  // an entry is missing: nothing after it can be told
  LogVerdict verdict_;
};

}  // namespace

absl::StatusOr<LogVerdict> VerifyOwnLog(const storage::Database& database,
                                        absl::Span<const NoteVerifier> keys) {
  return Verification(database, keys).Run();
}

}  // namespace minga::rpc
