#include "node/rpc/log_verifier.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/audit_chain.h"
#include "storage/database.h"
#include "storage/evidence/log_link.h"
#include "storage/evidence/log_names.h"
#include "storage/growing_tree.h"
#include "storage/merkle.h"

namespace minga::rpc {
namespace {

using storage::LeafIndex;

// One read transaction takes at most this many bundles (16,384 entries), so
// that a long verification never holds back the write-ahead log.
constexpr std::uint64_t kBundlesPerRead = 64;

// What the entries of all logs say of pruning.
struct Pruning {
  bool seen = false;  // something was pruned: now it matters what is said
  std::map<int, LeafIndex> said;  // by log: entries before this one
};

// One log.
struct OneVerdict {
  LeafIndex size = 0;
  Digest root{};
  std::string checkpoint;
  storage::Checkpoint body;  // what `checkpoint` says
  LeafIndex pruned = 0;      // entries before this one
  std::string first;         // the first entry; empty if it was pruned
  std::string last;
  std::vector<std::string> faults;
};

class Verification {
 public:
  // All outlive it.
  Verification(const storage::Database& database, int number,
               absl::Span<const NoteVerifier> keys, Pruning& pruning)
      : database_(database),
        number_(number),
        keys_(keys),
        pruning_(pruning),
        tree_([this](int level, std::uint64_t index, absl::string_view tile) {
          return CompareTile(level, index, tile);
        }) {}

  absl::StatusOr<OneVerdict> Run() {
    MINGA_RETURN_IF_ERROR(
        Read([this](const storage::AuditReader& log) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(verdict_.size, log.Size());
          MINGA_ASSIGN_OR_RETURN(verdict_.checkpoint, log.Checkpoint());
          return absl::OkStatus();
        }));
    OpenCheckpoint();
    while (entries_ < verdict_.size) {
      MINGA_RETURN_IF_ERROR(Read(
          [this](const storage::AuditReader& log) { return TakeSome(log); }));
      if (stuck_) return std::move(verdict_);
    }
    verdict_.root = tree_.Root();
    MINGA_RETURN_IF_ERROR(Read([this](const storage::AuditReader& log) {
      log_ = &log;
      return tree_.VisitOpen(
          [this](int level, std::uint64_t index, absl::string_view tile) {
            return CompareTile(level, index, tile);
          });
    }));
    return std::move(verdict_);
  }

 private:
  absl::Status Read(
      absl::FunctionRef<absl::Status(const storage::AuditReader&)> read) const {
    return database_.Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const auto log,
                                 storage::OpenLog(snapshot.audit(), number_));
          return read(*log);
        });
  }

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
    verdict_.body = *checkpoint;
    const std::string& name = keys_.front().name;
    if (std::none_of(keys_.begin(), keys_.end(), [&](const NoteVerifier& key) {
          return VerifyNote(*note, key);
        })) {
      Fault(absl::StrCat("checkpoint: the signature by `", name,
                         "` is missing or wrong"));
    }
    if (verdict_.body.origin != name) {
      Fault(absl::StrCat("checkpoint: origin `", verdict_.body.origin,
                         "` is not `", name, "`"));
    }
    if (verdict_.body.size > verdict_.size) {
      Fault(absl::StrCat("checkpoint: covers ", verdict_.body.size,
                         " entries, the log has ", verdict_.size));
    }
    CompareCheckpoint();  // of the empty log
  }

  void CompareCheckpoint() {
    if (verdict_.checkpoint.empty() || verdict_.body.size != entries_) return;
    if (tree_.Root() != verdict_.body.root) {
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
        if (pruning_.seen) NotePruning((*entries)[at]);
        if (entries_ == 0) verdict_.first = (*entries)[at];
        if (entries_ + 1 == verdict_.size) verdict_.last = (*entries)[at];
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
    pruning_.seen = true;
    return absl::OkStatus();
  }

  // What the log says of its pruning.
  void NotePruning(absl::string_view bytes) {
    const auto pruned = storage::SaysPruned(bytes);
    if (!pruned.has_value()) return;
    LeafIndex& said = pruning_.said[pruned->log];
    said = std::max(said, pruned->upto);
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
  const int number_;
  const absl::Span<const NoteVerifier> keys_;  // under the log's name
  Pruning& pruning_;
  storage::GrowingTree tree_;
  const storage::AuditReader* log_ = nullptr;  // of the present snapshot
  LeafIndex entries_ = 0;                      // taken so far
  bool stuck_ = false;  // an entry is missing: nothing after it can be told
  OneVerdict verdict_;
};

// How `log`, of number `number`, begins and ends. `before`: the one before it;
// null for the first one.
std::vector<std::string> LinkFaults(const OneVerdict& log,
                                    const OneVerdict* before, bool closed) {
  std::vector<std::string> faults;
  if (before != nullptr && !log.first.empty()) {
    const absl::Status link = storage::CheckContinues(log.first, before->body);
    if (!link.ok()) faults.push_back(absl::StrCat("entry 0 ", link.message()));
  }
  if (closed && !storage::ClosesLog(log.last)) {
    faults.push_back("another log follows, and the last entry does not say so");
  }
  if (closed && log.body.size != log.size) {
    faults.push_back(absl::StrCat("checkpoint: covers ", log.body.size, " of ",
                                  log.size, " entries of a closed log"));
  }
  return faults;
}

void Collect(int log, const std::vector<std::string>& found,
             std::vector<std::string>& faults) {
  for (const std::string& fault : found) {
    if (faults.size() >= kLogFaultsMax) return;
    faults.push_back(log == 0 ? fault : absl::StrCat("log ", log, ": ", fault));
  }
}

}  // namespace

absl::StatusOr<LogVerdict> VerifyOwnLog(
    const storage::Database& database,
    absl::Span<const NoteVerifier> log_keys) {
  LogVerdict verdict;
  MINGA_RETURN_IF_ERROR(
      database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(verdict.closed,
                               storage::NumberOf(snapshot.audit()));
        return absl::OkStatus();
      }));
  Pruning pruning;
  std::vector<LeafIndex> pruned;
  std::optional<OneVerdict> before;
  for (int log = 0; log <= verdict.closed; ++log) {
    std::vector<NoteVerifier> keys;
    for (const NoteVerifier& key : log_keys) {
      keys.push_back(storage::KeyOfLog(key, log));
    }
    MINGA_ASSIGN_OR_RETURN(OneVerdict one,
                           Verification(database, log, keys, pruning).Run());
    Collect(log, one.faults, verdict.faults);
    Collect(log,
            LinkFaults(one, before.has_value() ? &*before : nullptr,
                       /*closed=*/log < verdict.closed),
            verdict.faults);
    verdict.entries += one.size;
    verdict.pruned += one.pruned;
    pruned.push_back(one.pruned);
    before = std::move(one);
  }
  for (std::size_t log = 0; log < pruned.size(); ++log) {
    const int number = static_cast<int>(log);
    if (pruned[log] <= pruning.said[number]) continue;
    Collect(number,
            {absl::StrCat("entries before ", pruned[log],
                          " are gone, and the log says so of those before ",
                          pruning.said[number], " only")},
            verdict.faults);
  }
  verdict.size = before->size;
  verdict.root = before->root;
  verdict.checkpoint = std::move(before->checkpoint);
  verdict.checkpoint_size = before->body.size;
  return verdict;
}

}  // namespace minga::rpc
