#include "node/log_keeper.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/own_log.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/files.h"
#include "storage/database.h"
#include "storage/merkle.h"

namespace minga {
namespace {

constexpr absl::string_view kRolledBack =
    "; the database is an older copy than what was signed. Put the newest copy "
    "back: a node that signs on from an older state has two histories, and "
    "its peers will see it";

// `keys`: ours, the present one first; all bear the log's name.
absl::StatusOr<storage::Checkpoint> Open(
    absl::string_view serialized, const std::vector<NoteVerifier>& keys) {
  const std::string& name = keys.front().name;
  const absl::StatusOr<Note> note = Note::Parse(serialized);
  if (!note.ok()) return At("saved checkpoint", note.status());
  const bool ours = std::any_of(
      keys.begin(), keys.end(),
      [&](const NoteVerifier& key) { return VerifyNote(*note, key); });
  if (!ours) {
    return absl::FailedPreconditionError(
        absl::StrCat("the saved checkpoint is not signed by `", name,
                     "`: keys and database of different nodes?"));
  }
  absl::StatusOr<storage::Checkpoint> checkpoint =
      storage::Checkpoint::Parse(note->text);
  if (!checkpoint.ok()) return At("saved checkpoint", checkpoint.status());
  if (checkpoint->origin != name) {
    return absl::FailedPreconditionError(
        absl::StrCat("the saved checkpoint is of log `", checkpoint->origin,
                     "`, not `", name, "`"));
  }
  return checkpoint;
}

absl::Status Compare(const storage::AuditReader& log,
                     const storage::Checkpoint& checkpoint) {
  MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log.Size());
  if (size < checkpoint.size) {
    return absl::DataLossError(
        absl::StrCat("the audit log has ", size, " entries, its signed ",
                     "checkpoint covers ", checkpoint.size, kRolledBack));
  }
  MINGA_ASSIGN_OR_RETURN(const Digest root,
                         storage::RootAt(log, checkpoint.size));
  if (root != checkpoint.root) {
    return absl::DataLossError(
        absl::StrCat("the first ", checkpoint.size,
                     " entries of the audit log are not those that were signed",
                     kRolledBack));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LogKeeper::CheckAtStart() {
  const absl::StatusOr<std::string> beside = ReadFile(file_, kNoteBytesMax);
  if (!beside.ok() && !absl::IsNotFound(beside.status())) {
    return beside.status();
  }
  const std::vector<NoteVerifier> keys =
      ring_.Verifiers(federation::KeyUse::kLog);
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::string saved,
                               snapshot.audit().Checkpoint());
        for (const std::string& note : {saved, beside.value_or("")}) {
          if (note.empty()) continue;
          MINGA_ASSIGN_OR_RETURN(const storage::Checkpoint checkpoint,
                                 Open(note, keys));
          const absl::Status same = Compare(snapshot.audit(), checkpoint);
          if (!same.ok()) return same;
          signed_ = std::max(signed_, checkpoint.size);
        }
        return absl::OkStatus();
      }));
  guard_.Signed(signed_);
  return HeedPeers();
}

absl::Status LogKeeper::HeedPeers() {
  const std::vector<NoteVerifier> keys =
      ring_.Verifiers(federation::KeyUse::kLog);
  bool forget = false;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const auto shown,
            snapshot.documents().Get(federation::kBehindDocument));
        if (!shown.has_value()) return absl::OkStatus();
        const absl::StatusOr<storage::Checkpoint> checkpoint =
            Open(*shown, keys);
        // Of a log that was closed since: nothing against the present one.
        if (!checkpoint.ok()) {
          forget = true;
          return absl::OkStatus();
        }
        MINGA_ASSIGN_OR_RETURN(
            forget, federation::Contains(snapshot.audit(), *checkpoint));
        if (forget) return absl::OkStatus();
        MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size,
                               snapshot.audit().Size());
        guard_.Stop("a peer", *checkpoint, size);
        return absl::OkStatus();
      }));
  if (!forget) return absl::OkStatus();
  return database_.Write([](storage::Transaction& transaction) {
    return transaction.documents().Remove(federation::kBehindDocument).status();
  });
}

absl::Status LogKeeper::SignIfGrown() {
  storage::LeafIndex size = 0;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(size, snapshot.audit().Size());
        return absl::OkStatus();
      }));
  if (size <= signed_) return absl::OkStatus();
  const absl::Status may = guard_.MaySign(clock_.Now());
  if (absl::IsUnavailable(may)) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(may);
  storage::LeafIndex covered = 0;
  std::string serialized;
  MINGA_RETURN_IF_ERROR(
      database_.Write([&](storage::Transaction& transaction) -> absl::Status {
        storage::AuditStore& log = transaction.audit();
        storage::Checkpoint checkpoint;
        checkpoint.origin = ring_.Newest().descriptor.log_key.name;
        MINGA_ASSIGN_OR_RETURN(checkpoint.size, log.Size());
        MINGA_ASSIGN_OR_RETURN(checkpoint.root,
                               storage::RootAt(log, checkpoint.size));
        Note note;
        note.text = checkpoint.Body();
        note.signatures = ring_.Sign(federation::KeyUse::kLog, note.text);
        covered = checkpoint.size;
        serialized = note.Serialize();
        return log.SaveCheckpoint(serialized, checkpoint.size);
      }));
  signed_ = covered;
  guard_.Signed(covered);
  // After the commit: the file must never be ahead of the log.
  return WriteFileAtomically(file_, serialized, kPublicFileMode);
}

}  // namespace minga
