#include "storage/evidence/folder_verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/evidence/log_keys.h"
#include "storage/evidence/log_link.h"
#include "storage/evidence/one_log_check.h"
#include "storage/evidence/signed_checkpoint.h"
#include "storage/merkle.h"

namespace minga::storage {
namespace {

class Verification {
 public:
  Verification(const LogFiles& files, const FolderQuestion& question)
      : files_(files), question_(question) {}

  absl::StatusOr<FolderVerdict> Run() {
    if (question_.log_keys.empty()) {
      return absl::InvalidArgumentError("no key of the log was given");
    }
    ReadKeys();
    MINGA_RETURN_IF_ERROR(CountLogs());
    MINGA_RETURN_IF_ERROR(ReadSince());
    for (int log = 0; log < logs_; ++log) {
      MINGA_RETURN_IF_ERROR(CheckLog(log));
    }
    return std::move(verdict_);
  }

 private:
  void Fault(std::string what) {
    if (verdict_.faults.size() < kFolderFaultsMax) {
      verdict_.faults.push_back(std::move(what));
    }
  }

  void ReadKeys() {
    const absl::StatusOr<std::string> text = files_.Read(kKeysFile);
    if (!text.ok()) return Fault("keys: missing or unreadable");
    absl::StatusOr<LogKeys> keys = LogKeys::Parse(*text);
    if (!keys.ok()) {
      return Fault(absl::StrCat("keys: ", keys.status().message()));
    }
    keys_ = *std::move(keys);
    for (const NoteVerifier& trusted : question_.log_keys) {
      const bool named = std::any_of(keys_.log.begin(), keys_.log.end(),
                                     [&](const NoteVerifier& key) {
                                       return key.ToVkey() == trusted.ToVkey();
                                     });
      if (!named) {
        Fault(absl::StrCat("keys: the log's key is not `", trusted.ToVkey(),
                           "`"));
      }
    }
  }

  // Up to the highest one that has a file.
  absl::Status CountLogs() {
    MINGA_RETURN_IF_ERROR(files_.Visit([this](absl::string_view path) {
      logs_ = std::max(logs_, TakeLogFolder(path) + 1);
      return absl::OkStatus();
    }));
    verdict_.closed = logs_ - 1;
    return absl::OkStatus();
  }

  absl::Status ReadSince() {
    if (question_.since.empty()) return absl::OkStatus();
    absl::StatusOr<SignedCheckpoint> since =
        OpenCheckpoint(question_.since, question_.log_keys);
    if (!since.ok()) return At("the older checkpoint", since.status());
    verdict_.since_size = since->body.size;
    since_ = *std::move(since);
    if (since_->log >= logs_) {
      Fault(absl::StrCat("the older checkpoint: is of log ", since_->log,
                         ", which is not here: it was rolled back, or this "
                         "export is the older"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckLog(int log) {
    const OneLogFiles files(&files_, log, logs_);
    OneLogQuestion question;
    question.files = &files;
    question.folder = &question_;
    question.named = &keys_;
    question.log = log;
    question.closed = log + 1 < logs_;
    if (since_.has_value() && since_->log == log) question.since = &*since_;
    OneLogCheck check(question);
    check.ReadCheckpoints();
    std::uint64_t pruned = check.MissingBundles();
    if (pruned > 0 && !Said(log, pruned * kTileWidth)) pruned = 0;
    MINGA_RETURN_IF_ERROR(check.CheckFiles(pruned));
    const LeafIndex size = check.size();
    OneLogVerdict found = check.Take();
    for (std::string& fault : found.faults) Fault(std::move(fault));
    if (found.newest.has_value()) {
      CheckEnds(files, question, size, pruned > 0);
      verdict_.origin = found.newest->origin;
    }
    before_ = std::move(found.newest);
    verdict_.entries += size;
    verdict_.pruned += pruned * kTileWidth;
    verdict_.size = size;
    verdict_.root = found.root;
    verdict_.cosigned_size = found.cosigned_size;
    verdict_.trusted = std::move(found.trusted);
    verdict_.claimed = std::move(found.claimed);
    return absl::OkStatus();
  }

  // Whether an entry of `log` or of a later one says that those of `log` before
  // `upto` were destroyed. From the end: it is among the newer ones.
  bool Said(int log, LeafIndex upto) const {
    for (int in = logs_ - 1; in >= log; --in) {
      const OneLogFiles files(&files_, in, logs_);
      const LeafIndex size = SizeOf(files);
      for (std::uint64_t bundle = (size + kTileWidth - 1) / kTileWidth;
           bundle-- > 0;) {
        for (const std::string& entry : Entries(files, size, bundle)) {
          const auto said = SaysPruned(entry);
          if (said.has_value() && said->log == log && said->upto >= upto) {
            return true;
          }
        }
      }
    }
    return false;
  }

  // As the checkpoint says, whoever signed it: what is read by it is checked
  // with its log.
  static LeafIndex SizeOf(const LogFiles& files) {
    const absl::StatusOr<std::string> text = files.Read(kCheckpointFile);
    if (!text.ok()) return 0;
    const absl::StatusOr<Note> note = Note::Parse(*text);
    if (!note.ok()) return 0;
    const absl::StatusOr<Checkpoint> body = Checkpoint::Parse(note->text);
    return body.ok() ? body->size : 0;
  }

  // None if they are not there: that is a fault of its own.
  static std::vector<std::string> Entries(const LogFiles& files, LeafIndex size,
                                          std::uint64_t bundle) {
    const absl::StatusOr<std::string> bytes =
        files.Read(TilePath(-1, bundle, TileWidthIn(size, -1, bundle)));
    if (!bytes.ok()) return {};
    auto entries = SplitBundle(*bytes);
    return entries.ok() ? *std::move(entries) : std::vector<std::string>();
  }

  // What the first and the last entry say of the logs before and after.
  void CheckEnds(const LogFiles& files, const OneLogQuestion& question,
                 LeafIndex size, bool pruned) {
    if (size == 0) {
      if (question.log > 0 || question.closed) {
        Fault(absl::StrCat(LogFolderPath(question.log), kCheckpointFile,
                           ": a log without an entry, and not the only one"));
      }
      return;
    }
    const auto place = [&](LeafIndex index) {
      const std::uint64_t bundle = index / kTileWidth;
      return absl::StrCat(LogFolderPath(question.log),
                          TilePath(-1, bundle, TileWidthIn(size, -1, bundle)),
                          ": entry ", index, " ");
    };
    const std::vector<std::string> first = Entries(files, size, 0);
    // Who has cosigned the log has checked it while it was there.
    if (question.log > 0 && before_.has_value() && !pruned) {
      const absl::Status link = first.empty()
                                    ? absl::InvalidArgumentError("is not there")
                                    : CheckContinues(first.front(), *before_);
      if (!link.ok()) Fault(absl::StrCat(place(0), link.message()));
    }
    const std::vector<std::string> end =
        Entries(files, size, (size - 1) / kTileWidth);
    const bool says = !end.empty() && ClosesLog(end.back());
    if (says == question.closed) return;
    Fault(absl::StrCat(
        place(size - 1),
        says ? "closes the log, and the one that goes on from it is not here"
             : "does not close the log, and another one follows"));
  }

  const LogFiles& files_;
  const FolderQuestion& question_;
  LogKeys keys_;
  int logs_ = 1;
  std::optional<SignedCheckpoint> since_;
  std::optional<Checkpoint> before_;  // the last one of the log before
  FolderVerdict verdict_;
};

}  // namespace

absl::StatusOr<FolderVerdict> VerifyFolder(const LogFiles& files,
                                           const FolderQuestion& question) {
  return Verification(files, question).Run();
}

}  // namespace minga::storage
