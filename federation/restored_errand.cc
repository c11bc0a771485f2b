#include "federation/restored_errand.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/asker.h"
#include "federation/audit_entry.h"
#include "federation/erasure_proof.h"
#include "federation/job_desk.h"
#include "federation/keyring.h"
#include "federation/unknown_fields.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kAskAgain = absl::Seconds(10);
constexpr int kPagesMax = kErasuresKeptMax / kErasuresSentMax + 1;

// Every node key of ours that a page may be signed with.
std::vector<NoteVerifier> OwnKeys(const Parts& parts) {
  if (parts.keyring != nullptr) return parts.keyring->Verifiers(KeyUse::kNode);
  return {{parts.node_key_name, NoteKeyType::kEd25519,
           parts.node_key->public_key()}};
}

}  // namespace

// What we have told the peer to erase after the copy was made. Our own
// signature says so: nothing is erased because a peer would like it.
absl::StatusOr<std::vector<RecordKey>> RestoredErrand::KeysIn(
    const ToBeAsked& ask, const v1::RestoredAnswer& answer) const {
  if (answer.withdrawn_size() > kErasuresSentMax) {
    return absl::InvalidArgumentError("too many erasures in one answer");
  }
  ErasureReader reader(context_.parts.own, peer_.country,
                       OwnKeys(context_.parts));
  std::vector<RecordKey> keys;
  for (const v1::ErasureProof& proof : answer.withdrawn()) {
    MINGA_ASSIGN_OR_RETURN(const Erasure erasure, reader.Read(proof));
    if (std::pair(erasure.epoch, erasure.seq) <=
        std::pair(ask.head.epoch, ask.head.last)) {
      return absl::InvalidArgumentError("an erasure is older than the copy");
    }
    keys.push_back(erasure.key);
  }
  return keys;
}

absl::StatusOr<std::optional<ToBeAsked>> RestoredErrand::Find() const {
  std::optional<ToBeAsked> found;
  MINGA_RETURN_IF_ERROR(context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::vector<ToBeAsked> all,
                               AllToBeAsked(snapshot.documents()));
        for (const ToBeAsked& ask : all) {
          if (ask.peer == peer_.country) found = ask;
        }
        return absl::OkStatus();
      }));
  return found;
}

void RestoredErrand::OnTime(absl::Time now) {
  if (asking_ || now < next_) return;
  next_ = absl::InfiniteFuture();
  const absl::StatusOr<std::optional<ToBeAsked>> ask = Find();
  if (!ask.ok()) {
    Again();
  } else if (ask->has_value()) {
    pages_ = 0;
    Ask(**ask, (*ask)->head.epoch, (*ask)->head.last);
  }
}

void RestoredErrand::Again() {
  asking_ = false;
  next_ = context_.Now() + kAskAgain;
}

void RestoredErrand::Ask(const ToBeAsked& ask, Epoch after_epoch,
                         SeqNo after_seq) {
  asking_ = true;
  v1::AskRequest request;
  v1::RestoredQuestion& question = *request.mutable_restored();
  question.set_epoch(ask.head.epoch);
  question.set_last(ask.head.last);
  question.set_after_epoch(after_epoch);
  question.set_after_seq(after_seq);
  asker_.Ask(request, kPatience,
             [weak = weak_from_this(),
              ask](const absl::StatusOr<v1::AskResponse>& answer) {
               const std::shared_ptr<RestoredErrand> self = weak.lock();
               if (self == nullptr) return;
               if (answer.ok()) {
                 self->Take(ask, answer->restored());
               } else if (absl::IsUnimplemented(answer.status())) {
                 // An older node remembers nothing.
                 self->Take(ask, v1::RestoredAnswer());
               } else {
                 self->Again();
               }
             });
}

void RestoredErrand::Take(const ToBeAsked& ask,
                          const v1::RestoredAnswer& answer) {
  const absl::StatusOr<std::vector<RecordKey>> keys = KeysIn(ask, answer);
  if (!keys.ok()) {
    Again();
    return;
  }
  // Nobody remembers more.
  const bool more = answer.more() && ++pages_ < kPagesMax;
  context_.desk->Submit(
      [keys = *keys, more, peer = peer_.country,
       projector = context_.parts.projector, now = context_.Now()](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const int taken,
                               projector->TakeBack(transaction, peer, keys));
        if (!more) {
          MINGA_RETURN_IF_ERROR(WasAsked(transaction.documents(), peer));
        }
        return transaction.audit()
            .Append(PeerEntry(
                v1::AUDIT_EVENT_RESTORED, now, PeerActor(peer), peer,
                absl::StrCat("knows of ", keys.size(),
                             " withdrawals beyond the backup; ", taken,
                             " records were there again and are erased")))
            .status();
      },
      [weak = weak_from_this(), ask, more, epoch = answer.upto_epoch(),
       seq = answer.upto_seq()](const absl::Status& status) {
        const std::shared_ptr<RestoredErrand> self = weak.lock();
        if (self == nullptr) return;
        if (!status.ok()) {
          self->Again();
        } else if (more) {
          self->Ask(ask, epoch, seq);
        } else {
          self->asking_ = false;
        }
      });
}

void RestoredErrand::Answer(const v1::AskRequest& question, Reply reply) {
  const v1::RestoredQuestion& asked = question.restored();
  if (HasUnknownFields(asked)) {
    reply(absl::InvalidArgumentError("restored: unknown field"));
    return;
  }
  const bool begins = asked.after_epoch() == 0 && asked.after_seq() == 0;
  ErasedPage page;
  const absl::Status read = context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            page, ErasedAfter(snapshot, peer_.country,
                              begins ? asked.epoch() : asked.after_epoch(),
                              begins ? asked.last() : asked.after_seq()));
        return absl::OkStatus();
      });
  if (!read.ok()) {
    reply(absl::UnavailableError("this node cannot look now"));
    return;
  }
  v1::AskResponse answer;
  v1::RestoredAnswer& said = *answer.mutable_restored();
  for (const std::string& proof : page.proofs) {
    (void)said.add_withdrawn()->ParseFromString(proof);
  }
  said.set_more(page.more);
  said.set_upto_epoch(page.epoch);
  said.set_upto_seq(page.seq);
  reply(answer);
}

}  // namespace minga::federation
