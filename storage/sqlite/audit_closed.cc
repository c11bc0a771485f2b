// Closing a log, the closed ones, and pruning.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/sqlite/audit.h"
#include "storage/sqlite/audit_keys.h"

namespace minga::storage::sqlite {
namespace {

// 100 MB of entries, so that others wait for the writer a moment only.
constexpr std::uint64_t kPrunedAtOnce = 4096;

}  // namespace

// A log that was closed. Threads: its connection's.
class Audit::Closed final : public AuditReader {
 public:
  Closed(const Audit& audit, int number, LeafIndex size, std::uint64_t pruned,
         std::string note)
      : audit_(audit),
        number_(number),
        size_(size),
        pruned_(pruned),
        note_(std::move(note)) {}

  absl::StatusOr<LeafIndex> Size() const override { return size_; }
  absl::StatusOr<std::string> Tile(int level,
                                   std::uint64_t index) const override {
    if (level < 0 || level >= kLevelsMax || index >> kTileIndexBits != 0) {
      return NoTile(absl::StrCat("tile of level ", level), index);
    }
    return audit_.LoadTile(number_, level, index);
  }
  absl::StatusOr<std::string> EntryBundle(std::uint64_t bundle) const override {
    return audit_.LoadBundle(number_, bundle, pruned_);
  }
  absl::StatusOr<std::string> Checkpoint() const override { return note_; }

 private:
  const Audit& audit_;
  const int number_;
  const LeafIndex size_;
  const std::uint64_t pruned_;
  const std::string note_;
};

absl::StatusOr<std::uint64_t> Audit::Pruned(int number) const {
  MINGA_ASSIGN_OR_RETURN(const int present, Number());
  if (number != present) {
    Run run(closed_, number);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    return found ? run.Unsigned(1) : 0;
  }
  if (staged_) return static_cast<std::uint64_t>(pruned_.value());
  MINGA_ASSIGN_OR_RETURN(const std::int64_t pruned, pruned_.Stored());
  return static_cast<std::uint64_t>(pruned);
}

absl::StatusOr<int> Audit::Number() const {
  if (staged_) return static_cast<int>(number_.value());
  MINGA_ASSIGN_OR_RETURN(const std::int64_t number, number_.Stored());
  return static_cast<int>(number);
}

absl::StatusOr<std::unique_ptr<AuditReader>> Audit::Earlier(int number) const {
  Run run(closed_, number);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) {
    return absl::OutOfRangeError(
        absl::StrCat("audit log: no closed log has number ", number));
  }
  return std::make_unique<Closed>(*this, number, run.Unsigned(0),
                                  run.Unsigned(1), run.String(2));
}

absl::Status Audit::Close() {
  LeafIndex covered = 0;
  std::string note;
  {
    MINGA_ASSIGN_OR_RETURN(note, Checkpoint());
    Run run(checkpoint_size_);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (found) covered = run.Unsigned(0);
  }
  if (tail_.size == 0 || covered != tail_.size) {
    return absl::FailedPreconditionError(absl::StrCat(
        "audit log: the checkpoint covers ", covered, " of ", tail_.size,
        " entries; only a log that is signed to its end can be closed"));
  }
  if (number_.value() + 1 >= kLogsMax) {
    return absl::ResourceExhaustedError("audit log: too many closed logs");
  }
  KeepMarked();
  MINGA_RETURN_IF_ERROR(FlushTail());
  MINGA_RETURN_IF_ERROR(Run(put_closed_, number_.value(), tail_.size,
                            pruned_.value(), Bytes{note})
                            .Finish());
  MINGA_RETURN_IF_ERROR(Run(drop_checkpoint_).Finish());
  number_.Next();
  pruned_.Set(0);
  tail_ = Tail();
  changed_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> Audit::Prune(int number, std::uint64_t bundle) {
  const bool present = number == number_.value();
  std::uint64_t entries = tail_.size;
  auto pruned = static_cast<std::uint64_t>(pruned_.value());
  if (!present) {
    MINGA_ASSIGN_OR_RETURN(const auto closed, Earlier(number));
    MINGA_ASSIGN_OR_RETURN(entries, closed->Size());
    MINGA_ASSIGN_OR_RETURN(pruned, Pruned(number));
  }
  if (bundle > entries / kTileWidth) {
    return absl::OutOfRangeError(absl::StrCat(
        "audit log: bundle ", bundle, " of log ", number, " is not full"));
  }
  if (bundle <= pruned) return bundle;
  const std::uint64_t upto = std::min(bundle, pruned + kPrunedAtOnce);
  MINGA_RETURN_IF_ERROR(
      Run(drop_bundles_, BundleKey(number, pruned), BundleKey(number, upto))
          .Finish());
  if (present) {
    pruned_.Set(static_cast<std::int64_t>(upto));
    changed_ = true;
    return upto;
  }
  MINGA_RETURN_IF_ERROR(Run(prune_closed_, number, upto).Finish());
  return upto;
}

}  // namespace minga::storage::sqlite
