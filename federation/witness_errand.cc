#include "federation/witness_errand.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/asker.h"
#include "federation/audit_entry.h"
#include "federation/job_desk.h"
#include "federation/witness.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "storage/audit_chain.h"
#include "storage/evidence/cosignatures.h"
#include "storage/merkle.h"

namespace minga::federation {
namespace {

// A commit on a loaded disk and two ways through the network.
constexpr absl::Duration kPatience = absl::Seconds(30);
// A peer whose program does not know the question gets a new one some day.
constexpr absl::Duration kUnknownAgain = absl::Hours(1);

}  // namespace

WitnessErrand::WitnessErrand(const StreamContext& context,
                             const Descriptor& peer, Asker& asker)
    : context_(context),
      peer_(peer),
      asker_(asker),
      own_(*context.parts.own_log),
      backoff_(*context.parts.random) {}

absl::Time WitnessErrand::Due() const {
  if (asking_) return absl::InfiniteFuture();
  if (!knows_held_ || own_.signed_head() > cosigned_) return next_;
  return again_;
}

void WitnessErrand::OnTime(absl::Time now) {
  if (now < Due()) return;
  if (now >= again_) AskAgain();
  const absl::Status asked = Ask(now);
  if (!asked.ok()) next_ = now + backoff_.AfterFailure();
}

void WitnessErrand::AskAgain() {
  again_ = absl::InfiniteFuture();
  cosigned_ = {};
}

absl::Status WitnessErrand::Ask(absl::Time now) {
  v1::AskRequest request;
  v1::CheckpointQuestion& question = *request.mutable_checkpoint();
  Target target;
  if (knows_held_) {
    MINGA_RETURN_IF_ERROR(context_.parts.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(target, NextTarget(snapshot.audit(), now));
          return IsNew(target) ? Prove(snapshot.audit(), target, question)
                               : absl::OkStatus();
        }));
    if (!IsNew(target)) {
      next_ = now + kRoundEvery;  // the round under way is done with
      return absl::OkStatus();
    }
    question.set_old_size(held_.size);
    question.set_checkpoint(target.checkpoint.note.Serialize());
  }
  asking_ = true;
  asker_.Ask(request, kPatience,
             [weak = weak_from_this(),
              target](const absl::StatusOr<v1::AskResponse>& reply) {
               const auto self = weak.lock();
               if (self != nullptr) self->OnAnswer(target, reply);
             });
  return absl::OkStatus();
}

absl::StatusOr<WitnessErrand::Target> WitnessErrand::NextTarget(
    const storage::AuditReader& present, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(const int newest, storage::NumberOf(present));
  int log = held_.size == 0 ? newest : held_.log;
  while (log < newest) {
    MINGA_ASSIGN_OR_RETURN(const auto closed, storage::OpenLog(present, log));
    MINGA_ASSIGN_OR_RETURN(const std::string note, closed->Checkpoint());
    Target target;
    target.last = true;
    MINGA_ASSIGN_OR_RETURN(target.checkpoint,
                           storage::OpenCheckpoint(note, own_.keys().log));
    if (IsNew(target)) return target;
    ++log;
  }
  Target target;
  MINGA_ASSIGN_OR_RETURN(target.checkpoint,
                         own_.round().Target(present, own_.keys().log, now));
  return target;
}

bool WitnessErrand::IsNew(const Target& target) const {
  const storage::LogHead head = target.checkpoint.head();
  return head > cosigned_ && head >= held_;
}

absl::Status WitnessErrand::Prove(const storage::AuditReader& present,
                                  const Target& target,
                                  v1::CheckpointQuestion& question) const {
  const storage::LogHead head = target.checkpoint.head();
  MINGA_ASSIGN_OR_RETURN(const auto log, storage::OpenLog(present, head.log));
  std::vector<Digest> proof;
  if (held_.size == 0 || head.log == held_.log) {
    MINGA_ASSIGN_OR_RETURN(
        proof, storage::ProveConsistency(*log, held_.size, head.size));
  } else {
    // A peer that stays away until this entry is pruned has to join anew.
    MINGA_ASSIGN_OR_RETURN(const std::string bundle, log->EntryBundle(0));
    MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                           storage::SplitBundle(bundle));
    question.set_first_entry(entries.front());
    MINGA_ASSIGN_OR_RETURN(proof, storage::ProveInclusion(*log, 0, head.size));
  }
  for (const Digest& hash : proof) question.add_proof(ToBytes(hash));
  return absl::OkStatus();
}

void WitnessErrand::OnAnswer(const Target& target,
                             const absl::StatusOr<v1::AskResponse>& reply) {
  asking_ = false;
  const absl::Time now = context_.Now();
  if (absl::IsUnimplemented(reply.status())) {
    own_.Heard(peer_.country);
    next_ = now + kUnknownAgain;
    return;
  }
  absl::Status taken = reply.status();
  const storage::LogHead held_before = held_;
  const bool knew = knows_held_;
  const bool told = taken.ok() && reply->checkpoint().cosignature().empty();
  if (taken.ok()) {
    taken = told ? TakeHeld(reply->checkpoint())
                 : TakeCosignature(target, reply->checkpoint().cosignature());
  }
  if (!taken.ok()) {
    next_ = now + backoff_.AfterFailure();
    return;
  }
  // Told the same again: asking at once would go on for ever.
  const bool news = told && (!knew || held_ != held_before);
  next_ = news ? now : now + kRoundEvery;
  backoff_.Reset();
}

absl::Status WitnessErrand::TakeCosignature(const Target& target,
                                            const std::string& line) {
  const storage::SignedCheckpoint& signed_by_us = target.checkpoint;
  MINGA_ASSIGN_OR_RETURN(
      const NoteSignature signature,
      storage::ReadCosignature(line, signed_by_us.note.text, peer_.cosign_key));
  held_ = cosigned_ = signed_by_us.head();
  again_ = absl::InfiniteFuture();
  const absl::Time now = context_.Now();
  const auto kept = std::make_shared<bool>(false);
  context_.desk->Submit(
      [note = own_.round().Add(signed_by_us.note, signature),
       log = signed_by_us.log, last = target.last, now,
       kept](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            *kept,
            StoreCosigned(transaction.documents(), log, last, note, now));
        return absl::OkStatus();
      },
      [weak = weak_from_this(), now, kept](const absl::Status& stored) {
        const auto self = weak.lock();
        if (self == nullptr) return;
        // The peer gives it again when asked again: at once, or when a note with
        // more cosignatures has had its time and the log has not grown.
        if (!stored.ok()) return self->AskAgain();
        if (!*kept) self->again_ = now + kCosignedKept + kRoundEvery;
      });
  return absl::OkStatus();
}

absl::Status WitnessErrand::TakeHeld(const v1::CheckpointAnswer& answer) {
  storage::SignedCheckpoint held;
  storage::LeafIndex size = 0;
  bool contained = true;
  if (!answer.held().empty()) {
    MINGA_ASSIGN_OR_RETURN(
        held, storage::OpenCheckpoint(answer.held(), own_.keys().log));
    MINGA_RETURN_IF_ERROR(context_.parts.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(size, snapshot.audit().Size());
          MINGA_ASSIGN_OR_RETURN(contained, Contains(snapshot.audit(), held));
          return absl::OkStatus();
        }));
  }
  if (!contained) {
    StopSigning(held.body, answer.held(), size);
    return absl::DataLossError("the log lacks what was signed");
  }
  knows_held_ = true;
  held_ = held.head();
  // An older copy of the peer's database cosigns once more what it has lost.
  cosigned_ = std::min(cosigned_, held_);
  own_.Heard(peer_.country);
  return absl::OkStatus();
}

void WitnessErrand::StopSigning(const storage::Checkpoint& shown,
                                const std::string& note,
                                storage::LeafIndex size) {
  own_.Stop(peer_.country.ToString(), shown, size);
  std::string entry = PeerEntry(
      v1::AUDIT_EVENT_SIGNING_STOPPED, context_.Now(), "system", peer_.country,
      absl::StrCat("the log of ", size, " entries lacks what was signed over ",
                   shown.size, " of `", shown.origin, "`"));
  context_.desk->Submit(
      [note, entry = std::move(entry)](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const auto known,
                               transaction.documents().Get(kBehindDocument));
        if (known.has_value()) return absl::OkStatus();
        MINGA_RETURN_IF_ERROR(
            transaction.documents().Put(kBehindDocument, note));
        return transaction.audit().Append(entry).status();
      },
      [](const absl::Status& /*stored*/) {
        // Not stored: the peer shows it again after the next start.
      });
}

bool WitnessErrand::Takes(const v1::AskRequest& question) const {
  return question.has_checkpoint();
}

void WitnessErrand::Answer(const v1::AskRequest& question, Reply reply) {
  absl::StatusOr<WitnessQuestion> read =
      ReadWitnessQuestion(question.checkpoint(), peer_);
  if (!read.ok()) {
    reply(read.status());
    return;
  }
  const auto outcome = std::make_shared<WitnessOutcome>();
  const Cosign cosign = own_.keys().cosign;
  context_.desk->Submit(
      [outcome, peer = peer_, asked = *std::move(read), cosign,
       now =
           context_.Now()](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(*outcome,
                               Witness(transaction, peer, asked, cosign, now));
        return absl::OkStatus();
      },
      [outcome, reply = std::move(reply)](const absl::Status& written) {
        if (!written.ok()) return reply(written);
        if (!outcome->refused.ok()) return reply(outcome->refused);
        v1::AskResponse answer;
        *answer.mutable_checkpoint() = outcome->answer;
        reply(answer);
      });
}

}  // namespace minga::federation
