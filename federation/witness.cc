#include "federation/witness.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/stream_context.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "storage/evidence/cosignatures.h"
#include "storage/evidence/log_link.h"
#include "storage/merkle.h"

namespace minga::federation {
namespace {

using storage::Checkpoint;

constexpr absl::string_view kForks = "fork/";
constexpr absl::string_view kFormerLogs = "former-witness/";

std::string WitnessedName(const Descriptor& peer) {
  return absl::StrCat("witness/", peer.country.ToString(), "/",
                      peer.log_key.name);
}

std::string ForksOf(const PeerId& peer) {
  return absl::StrCat(kForks, peer.ToString(), "/");
}

absl::StatusOr<v1::ForkEvidence> ReadFork(absl::string_view bytes) {
  v1::ForkEvidence evidence;
  if (!evidence.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("stored evidence of a fork is unreadable");
  }
  return evidence;
}

absl::string_view Describe(v1::ForkKind kind) {
  return kind == v1::FORK_KIND_TWO_ROOTS
             ? "its log has two roots at one size: two histories"
             : "its log does not continue what was cosigned here";
}

// Keeps both notes and says so in the log; once for the same pair.
absl::Status KeepFork(storage::Transaction& transaction, const PeerId& peer,
                      v1::ForkKind kind, const std::string& first,
                      const std::string& second, absl::Time now) {
  const std::string prefix = ForksOf(peer);
  MINGA_ASSIGN_OR_RETURN(const auto kept, transaction.documents().List(prefix));
  for (const auto& [name, bytes] : kept) {
    MINGA_ASSIGN_OR_RETURN(const v1::ForkEvidence known, ReadFork(bytes));
    // Each new checkpoint of a log that is not continued is the same story.
    if (known.first() == first &&
        (known.second() == second || kind == v1::FORK_KIND_NOT_CONTINUED) &&
        known.kind() == kind) {
      return absl::OkStatus();
    }
  }
  if (kept.size() >= kForksKeptMax) return absl::OkStatus();
  v1::ForkEvidence evidence;
  evidence.mutable_found_at()->set_seconds(absl::ToUnixSeconds(now));
  evidence.set_country(peer.ToString());
  evidence.set_kind(kind);
  evidence.set_first(first);
  evidence.set_second(second);
  MINGA_RETURN_IF_ERROR(transaction.documents().Put(
      absl::StrCat(prefix, kept.size() + 1), evidence.SerializeAsString()));
  return transaction.audit()
      .Append(PeerEntry(v1::AUDIT_EVENT_FORK_FOUND, now, PeerActor(peer), peer,
                        Describe(kind),
                        AsView(Sha256(absl::StrCat(first, second)))))
      .status();
}

// What was cosigned here last; of size 0: nothing.
struct Held {
  Checkpoint body;
  int log = 0;
};

absl::StatusOr<Held> ReadHeld(const std::string& text, const Descriptor& peer) {
  Held held;
  if (text.empty()) return held;
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(text));
  MINGA_ASSIGN_OR_RETURN(held.body, Checkpoint::Parse(note.text));
  held.log =
      storage::LogNumber(held.body.origin, peer.log_key.name).value_or(0);
  return held;
}

// Where a question's checkpoint stands, seen from what was cosigned last.
enum class Step {
  kForward,    // continues it
  kElsewhere,  // before it, or more than one log after it: the peer is told
  kFork,       // does not continue it
};

// To the log after the one that is held: its first entry has to lead there.
//   INVALID_ARGUMENT  the entry is not the first of that log, or does not say
//                     what the log continues.
absl::StatusOr<Step> StepToNextLog(const Held& last,
                                   const WitnessQuestion& question) {
  const Checkpoint& next = question.checkpoint.body;
  const absl::Status first =
      storage::VerifyInclusion(storage::LeafHash(question.first_entry), 0,
                               next.size, question.proof, next.root);
  if (!first.ok()) return At("first entry", first);
  const absl::StatusOr<Checkpoint> from =
      storage::ContinuedFrom(question.first_entry);
  if (!from.ok()) return At("first entry", from.status());
  if (from->Body() == last.body.Body()) return Step::kForward;
  // The peer closed its log after what is held: that comes first.
  const bool later =
      from->origin == last.body.origin && from->size > last.body.size;
  return later ? Step::kElsewhere : Step::kFork;
}

absl::StatusOr<Step> StepFrom(const Held& last,
                              const WitnessQuestion& question) {
  const storage::SignedCheckpoint& next = question.checkpoint;
  const bool leads = !question.first_entry.empty();
  if (last.body.size == 0) {
    if (leads) return Step::kElsewhere;
    if (question.proof.empty()) return Step::kForward;
    return absl::InvalidArgumentError("a proof from nothing");
  }
  if (leads && next.log == last.log + 1) return StepToNextLog(last, question);
  if (next.log != last.log || next.body.size < last.body.size) {
    return Step::kElsewhere;
  }
  return storage::VerifyConsistency(last.body.size, next.body.size,
                                    question.proof, last.body.root,
                                    next.body.root)
                 .ok()
             ? Step::kForward
             : Step::kFork;
}

}  // namespace

absl::StatusOr<WitnessQuestion> ReadWitnessQuestion(
    const v1::CheckpointQuestion& question, const Descriptor& peer) {
  WitnessQuestion read;
  if (question.checkpoint().empty()) {
    read.asks_only = true;
    return read;
  }
  if (question.checkpoint().size() > kCheckpointBytesMax ||
      question.proof_size() > kProofHashesMax) {
    return absl::InvalidArgumentError("checkpoint or proof is too long");
  }
  absl::StatusOr<storage::SignedCheckpoint> checkpoint =
      storage::OpenCheckpoint(question.checkpoint(), {&peer.log_key, 1});
  if (absl::IsFailedPrecondition(checkpoint.status())) {
    return absl::PermissionDeniedError(
        absl::StrCat("checkpoint ", checkpoint.status().message()));
  }
  if (!checkpoint.ok()) return At("checkpoint", checkpoint.status());
  read.checkpoint = *std::move(checkpoint);
  read.old_size = question.old_size();
  read.first_entry = question.first_entry();
  if (read.first_entry.size() > kAuditEntryBytesMax) {
    return absl::InvalidArgumentError("the first entry is too long");
  }
  // Of a log that continues another, old_size is of that other.
  if (read.first_entry.empty() && read.old_size > read.checkpoint.body.size) {
    return absl::InvalidArgumentError(
        absl::StrCat("old size ", read.old_size, " is beyond the checkpoint's ",
                     read.checkpoint.body.size));
  }
  for (const std::string& hash : question.proof()) {
    MINGA_ASSIGN_OR_RETURN(const Digest digest, ToDigest(hash));
    read.proof.push_back(digest);
  }
  return read;
}

absl::StatusOr<WitnessOutcome> Witness(storage::Transaction& transaction,
                                       const Descriptor& peer,
                                       const WitnessQuestion& question,
                                       const Cosign& cosign, absl::Time now) {
  WitnessOutcome outcome;
  MINGA_ASSIGN_OR_RETURN(const std::string held,
                         WitnessedNote(transaction.documents(), peer));
  MINGA_ASSIGN_OR_RETURN(const Held last, ReadHeld(held, peer));
  outcome.answer.set_size(last.body.size);
  const Checkpoint& next = question.checkpoint.body;
  const auto refuse = [&](v1::ForkKind kind) -> absl::Status {
    outcome.refused = absl::FailedPreconditionError(absl::StrCat(
        Describe(kind), "; both checkpoints are kept as evidence"));
    return KeepFork(transaction, peer.country, kind, held,
                    question.checkpoint.note.Serialize(), now);
  };
  if (!question.asks_only && !held.empty() &&
      storage::Compare(last.body, next) == storage::CheckpointPair::kFork) {
    MINGA_RETURN_IF_ERROR(refuse(v1::FORK_KIND_TWO_ROOTS));
    return outcome;
  }
  if (question.asks_only || question.old_size != last.body.size) {
    outcome.answer.set_held(held);
    return outcome;
  }
  MINGA_ASSIGN_OR_RETURN(const Step step, StepFrom(last, question));
  if (step == Step::kElsewhere) {
    outcome.answer.set_held(held);
    return outcome;
  }
  if (step == Step::kFork) {
    MINGA_RETURN_IF_ERROR(refuse(v1::FORK_KIND_NOT_CONTINUED));
    return outcome;
  }
  // The peer's signatures stay as they came; ours are the cosignatures.
  Note cosigned = question.checkpoint.note;
  std::string lines;
  for (const NoteSignature& signature :
       cosign(cosigned.text, static_cast<std::uint64_t>(std::max<std::int64_t>(
                                 0, absl::ToUnixSeconds(now))))) {
    storage::AddCosignature(cosigned, signature);
    lines += storage::CosignatureLine(signature);
  }
  MINGA_RETURN_IF_ERROR(
      transaction.documents().Put(WitnessedName(peer), cosigned.Serialize()));
  outcome.answer.set_size(next.size);
  outcome.answer.set_cosignature(lines);
  return outcome;
}

absl::StatusOr<std::string> WitnessedNote(
    const storage::DocumentReader& documents, const Descriptor& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> note,
                         documents.Get(WitnessedName(peer)));
  return note.value_or(std::string());
}

absl::Status SetFormerLogAside(storage::DocumentStore& documents,
                               const Descriptor& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::string held,
                         WitnessedNote(documents, peer));
  if (held.empty() || storage::OpenCheckpoint(held, {&peer.log_key, 1}).ok()) {
    return absl::OkStatus();
  }
  const std::string prefix =
      absl::StrCat(kFormerLogs, peer.country.ToString(), "/");
  MINGA_ASSIGN_OR_RETURN(const auto kept, documents.List(prefix));
  if (kept.size() < kFormerLogsKeptMax) {
    MINGA_RETURN_IF_ERROR(
        documents.Put(absl::StrCat(prefix, kept.size() + 1), held));
  }
  return documents.Remove(WitnessedName(peer)).status();
}

absl::StatusOr<std::vector<v1::ForkEvidence>> ListForks(
    const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const auto kept, documents.List(kForks));
  std::vector<v1::ForkEvidence> forks;
  for (const auto& [name, bytes] : kept) {
    MINGA_ASSIGN_OR_RETURN(v1::ForkEvidence evidence, ReadFork(bytes));
    forks.push_back(std::move(evidence));
  }
  return forks;
}

}  // namespace minga::federation
