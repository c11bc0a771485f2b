#include "federation/witness.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/stream_context.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "storage/evidence/cosignatures.h"
#include "storage/merkle.h"

namespace minga::federation {
namespace {

using storage::Checkpoint;

constexpr absl::string_view kForks = "fork/";

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
  if (read.old_size > read.checkpoint.body.size) {
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
  Checkpoint last;
  if (!held.empty()) {
    MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(held));
    MINGA_ASSIGN_OR_RETURN(last, Checkpoint::Parse(note.text));
  }
  outcome.answer.set_size(last.size);
  const Checkpoint& next = question.checkpoint.body;
  const auto refuse = [&](v1::ForkKind kind) -> absl::Status {
    outcome.refused = absl::FailedPreconditionError(absl::StrCat(
        Describe(kind), "; both checkpoints are kept as evidence"));
    return KeepFork(transaction, peer.country, kind, held,
                    question.checkpoint.note.Serialize(), now);
  };
  if (!question.asks_only && !held.empty() &&
      storage::Compare(last, next) == storage::CheckpointPair::kFork) {
    MINGA_RETURN_IF_ERROR(refuse(v1::FORK_KIND_TWO_ROOTS));
    return outcome;
  }
  if (question.asks_only || question.old_size != last.size ||
      next.size < last.size) {
    outcome.answer.set_held(held);
    return outcome;
  }
  const absl::Status continued =
      last.size == 0
          ? (question.proof.empty()
                 ? absl::OkStatus()
                 : absl::InvalidArgumentError("a proof from nothing"))
          : storage::VerifyConsistency(last.size, next.size, question.proof,
                                       last.root, next.root);
  if (!continued.ok()) {
    if (held.empty()) return continued;
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
