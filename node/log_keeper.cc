#include "node/log_keeper.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/own_log.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/exchange/audit_basis.h"
#include "node/files.h"
#include "storage/audit_chain.h"
#include "storage/database.h"
#include "storage/evidence/signed_checkpoint.h"
#include "storage/merkle.h"

namespace minga {
namespace {

constexpr absl::string_view kRolledBack =
    "; the database is an older copy than what was signed. Put the newest copy "
    "back: a node that signs on from an older state has two histories, and "
    "its peers will see it";

// `keys`: ours, the present one first; all bear the log's name.
absl::StatusOr<storage::SignedCheckpoint> Open(
    absl::string_view note, const std::vector<NoteVerifier>& keys) {
  absl::StatusOr<storage::SignedCheckpoint> opened =
      storage::OpenCheckpoint(note, keys);
  if (absl::IsFailedPrecondition(opened.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat("the saved checkpoint: ", opened.status().message(),
                     "; keys and database of different nodes?"));
  }
  if (!opened.ok()) return At("saved checkpoint", opened.status());
  return opened;
}

// `present`: the log, in which or before which the checkpoint was signed.
absl::Status Compare(const storage::AuditReader& present,
                     const storage::SignedCheckpoint& checkpoint) {
  const storage::Checkpoint& body = checkpoint.body;
  MINGA_ASSIGN_OR_RETURN(const int newest, storage::NumberOf(present));
  if (checkpoint.log > newest) {
    return absl::DataLossError(absl::StrCat(
        "the log `", body.origin,
        "` was signed, and the database ends with one before it", kRolledBack));
  }
  MINGA_ASSIGN_OR_RETURN(const auto log,
                         storage::OpenLog(present, checkpoint.log));
  MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log->Size());
  if (size < body.size) {
    return absl::DataLossError(absl::StrCat(
        "the audit log has ", size, " entries, its signed checkpoint covers ",
        body.size, kRolledBack));
  }
  MINGA_ASSIGN_OR_RETURN(const Digest root, storage::RootAt(*log, body.size));
  if (root != body.root) {
    return absl::DataLossError(
        absl::StrCat("the first ", body.size,
                     " entries of the audit log are not those that were signed",
                     kRolledBack));
  }
  return absl::OkStatus();
}

absl::StatusOr<storage::LogHead> HeadOf(const storage::AuditReader& present) {
  storage::LogHead head;
  MINGA_ASSIGN_OR_RETURN(head.log, storage::NumberOf(present));
  MINGA_ASSIGN_OR_RETURN(head.size, present.Size());
  return head;
}

// The first entry of the log that goes on from `note`, the last checkpoint of
// the one before.
std::string ContinuedEntry(absl::Time at, absl::string_view actor,
                           const std::string& note) {
  v1::AuditEntry entry;
  federation::FillEntry(entry, v1::AUDIT_EVENT_LOG_CONTINUED, at, actor, "");
  entry.set_checkpoint(note);
  entry.set_digest(ToBytes(Sha256(note)));
  return federation::EntryBytes(entry);
}

}  // namespace

absl::Status LogKeeper::CheckAtStart() {
  const absl::MutexLock lock(&mutex_);
  const absl::StatusOr<std::string> beside = ReadFile(file_, kNoteBytesMax);
  if (!beside.ok() && !absl::IsNotFound(beside.status())) {
    return beside.status();
  }
  const std::vector<NoteVerifier> keys =
      ring_.Verifiers(federation::KeyUse::kLog);
  storage::LogHead head;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::string saved,
                               snapshot.audit().Checkpoint());
        for (const std::string& note : {saved, beside.value_or("")}) {
          if (note.empty()) continue;
          MINGA_ASSIGN_OR_RETURN(const storage::SignedCheckpoint checkpoint,
                                 Open(note, keys));
          const absl::Status same = Compare(snapshot.audit(), checkpoint);
          if (!same.ok()) return same;
          head = std::max(head, checkpoint.head());
        }
        return absl::OkStatus();
      }));
  signed_ = head;
  guard_.Signed(head);
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
        MINGA_ASSIGN_OR_RETURN(const storage::SignedCheckpoint checkpoint,
                               Open(*shown, keys));
        MINGA_ASSIGN_OR_RETURN(
            forget, federation::Contains(snapshot.audit(), checkpoint));
        if (forget) return absl::OkStatus();
        MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size,
                               snapshot.audit().Size());
        guard_.Stop("a peer", checkpoint.body, size);
        return absl::OkStatus();
      }));
  if (!forget) return absl::OkStatus();
  return database_.Write([](storage::Transaction& transaction) {
    return transaction.documents().Remove(federation::kBehindDocument).status();
  });
}

absl::StatusOr<std::string> LogKeeper::SignIn(
    storage::Transaction& transaction) const {
  storage::AuditStore& log = transaction.audit();
  MINGA_ASSIGN_OR_RETURN(const storage::LogHead head, HeadOf(log));
  const std::string suffix = storage::LogSuffix(head.log);
  storage::Checkpoint checkpoint;
  checkpoint.origin =
      absl::StrCat(ring_.Newest().descriptor.log_key.name, suffix);
  checkpoint.size = head.size;
  MINGA_ASSIGN_OR_RETURN(checkpoint.root, storage::RootAt(log, head.size));
  Note note;
  note.text = checkpoint.Body();
  note.signatures = ring_.Sign(federation::KeyUse::kLog, note.text, suffix);
  std::string serialized = note.Serialize();
  MINGA_RETURN_IF_ERROR(log.SaveCheckpoint(serialized, head.size));
  return serialized;
}

absl::Status LogKeeper::Signed(const std::string& note) {
  MINGA_ASSIGN_OR_RETURN(const storage::SignedCheckpoint checkpoint,
                         Open(note, ring_.Verifiers(federation::KeyUse::kLog)));
  signed_ = checkpoint.head();
  guard_.Signed(signed_);
  // After the commit: the file must never be ahead of the log.
  return WriteFileAtomically(file_, note, kPublicFileMode);
}

absl::Status LogKeeper::SignIfGrown() {
  const absl::MutexLock lock(&mutex_);
  storage::LogHead head;
  MINGA_RETURN_IF_ERROR(
      database_.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(head, HeadOf(snapshot.audit()));
        return absl::OkStatus();
      }));
  if (head <= signed_) return absl::OkStatus();
  const absl::Status may = guard_.MaySign(clock_.Now());
  if (absl::IsUnavailable(may)) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(may);
  std::string note;
  MINGA_RETURN_IF_ERROR(
      database_.Write([&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(note, SignIn(transaction));
        return absl::OkStatus();
      }));
  return Signed(note);
}

absl::StatusOr<LogKeeper::Closed> LogKeeper::CloseIn(
    storage::Transaction& transaction, absl::string_view actor) const {
  storage::AuditStore& log = transaction.audit();
  storage::AuditChain* const chain = storage::AuditChain::Of(log);
  if (chain == nullptr) {
    return absl::FailedPreconditionError("this log stands alone");
  }
  const absl::Time now = clock_.Now();
  Closed closed;
  MINGA_ASSIGN_OR_RETURN(closed.log, chain->Number());
  closed.next = absl::StrCat(ring_.Newest().descriptor.log_key.name,
                             storage::LogSuffix(closed.log + 1));
  MINGA_RETURN_IF_ERROR(
      log.Append(federation::NodeEntry(
                     v1::AUDIT_EVENT_LOG_CLOSED, now, actor,
                     absl::StrCat("the log goes on in `", closed.next, "`")))
          .status());
  MINGA_ASSIGN_OR_RETURN(closed.checkpoint, SignIn(transaction));
  MINGA_RETURN_IF_ERROR(chain->Close());
  MINGA_RETURN_IF_ERROR(exchange::ForgetBases(transaction.documents()));
  MINGA_RETURN_IF_ERROR(
      log.Append(ContinuedEntry(now, actor, closed.checkpoint)).status());
  return closed;
}

absl::StatusOr<LogKeeper::Closed> LogKeeper::Close(absl::string_view actor) {
  const absl::MutexLock lock(&mutex_);
  return CloseNow(actor);
}

absl::StatusOr<LogKeeper::Closed> LogKeeper::CloseNow(absl::string_view actor) {
  MINGA_RETURN_IF_ERROR(guard_.MaySign(clock_.Now()));
  Closed closed;
  std::string note;
  MINGA_RETURN_IF_ERROR(
      database_.Write([&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(closed, CloseIn(transaction, actor));
        MINGA_ASSIGN_OR_RETURN(note, SignIn(transaction));
        return absl::OkStatus();
      }));
  MINGA_RETURN_IF_ERROR(Signed(note));
  return closed;
}

absl::Status LogKeeper::CloseIfFull() {
  const absl::MutexLock lock(&mutex_);
  if (close_at_ == 0 || signed_.size < close_at_) return absl::OkStatus();
  const absl::Status closed = CloseNow("system").status();
  return absl::IsUnavailable(closed) ? absl::OkStatus() : closed;
}

}  // namespace minga
