#include "federation/farewell_errand.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/acquaintance.h"
#include "federation/asker.h"
#include "federation/audit_entry.h"
#include "federation/farewell.h"
#include "federation/job_desk.h"
#include "federation/unknown_fields.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
// Withdrawing takes seconds to minutes; nobody waits for the other much longer
// than that.
constexpr absl::Duration kEvery = absl::Seconds(2);

// What the peer says of itself in a farewell.
struct Word {
  std::string reason;
  std::string statement;
  bool settled = false;
};

absl::Status Check(const Word& word) {
  if (word.reason.size() > kShortTextBytesMax) {
    return absl::InvalidArgumentError("farewell: the reason is too long");
  }
  if (word.settled && word.statement.empty()) {
    return absl::InvalidArgumentError("farewell: settled without a statement");
  }
  return absl::OkStatus();
}

// Keeps the peer's statement, if it says one, and that it has ours.
absl::Status Keep(storage::Transaction& transaction, Country own,
                  const PeerId& peer, const Word& word) {
  MINGA_ASSIGN_OR_RETURN(std::optional<v1::Leaving> leaving,
                         ReadLeaving(transaction.documents(), peer));
  if (!leaving.has_value() || word.statement.empty()) return absl::OkStatus();
  v1::Farewell& farewell = *leaving->mutable_farewell();
  const bool settled =
      word.settled && !farewell.own_statement().empty() && !leaving->settled();
  if (farewell.peer_statement() == word.statement && !settled) {
    return absl::OkStatus();
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                         transaction.peers().Get(peer));
  if (!row.has_value()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const Acquaintance known,
                         ReadAcquaintance(transaction.documents(), *row));
  MINGA_RETURN_IF_ERROR(
      ReadStatement(word.statement, peer, own, known.NodeKeys()).status());
  farewell.set_peer_statement(word.statement);
  if (settled) leaving->set_settled(true);
  return PutLeaving(transaction.documents(), peer, *leaving);
}

}  // namespace

FarewellErrand::FarewellErrand(const StreamContext& context,
                               const Descriptor& peer, Asker& asker)
    : context_(context),
      asker_(asker),
      peer_(peer),
      backoff_(*context.parts.random),
      due_(context.Now()) {}

void FarewellErrand::OnTime(absl::Time now) {
  if (now < due_) return;
  std::optional<v1::Leaving> leaving;
  const absl::Status read = context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            leaving, ReadLeaving(snapshot.documents(), peer_.country));
        return absl::OkStatus();
      });
  if (!read.ok()) {
    due_ = now + backoff_.AfterFailure();
    return;
  }
  // An active peer: there is another errand when it begins to leave.
  due_ = absl::InfiniteFuture();
  if (!leaving.has_value()) return;
  const v1::Farewell& farewell = leaving->farewell();
  const bool settled =
      !farewell.own_statement().empty() && !farewell.peer_statement().empty();
  v1::AskRequest request;
  request.mutable_farewell()->set_reason(farewell.reason());
  request.mutable_farewell()->set_statement(farewell.own_statement());
  request.mutable_farewell()->set_settled(settled);
  asker_.Ask(request, kPatience,
             [weak = weak_from_this(),
              settled](const absl::StatusOr<v1::AskResponse>& reply) {
               const std::shared_ptr<FarewellErrand> self = weak.lock();
               if (self != nullptr) self->TakeAnswer(reply, settled);
             });
}

void FarewellErrand::TakeAnswer(const absl::StatusOr<v1::AskResponse>& reply,
                                bool settled) {
  const absl::Time now = context_.Now();
  if (!reply.ok()) {
    due_ = now + backoff_.AfterFailure();
    return;
  }
  backoff_.Reset();
  due_ = now + kEvery;
  // Who has heard that we have both has both itself.
  const Word word{"", reply->farewell().statement(), settled};
  if (word.statement.empty() || !Check(word).ok()) return;
  context_.desk->Submit(
      [own = context_.parts.own, peer = peer_.country,
       word](storage::Transaction& transaction) {
        return Keep(transaction, own, peer, word);
      },
      [](const absl::Status&) {});
}

void FarewellErrand::Answer(const v1::AskRequest& question, Reply reply) {
  const v1::FarewellQuestion& asked = question.farewell();
  const Word word{asked.reason(), asked.statement(), asked.settled()};
  const absl::Status checked =
      HasUnknownFields(asked)
          ? absl::InvalidArgumentError("farewell: an unknown field")
          : Check(word);
  Statement standing;
  const absl::Status ready =
      !checked.ok()
          ? checked
          : context_.parts.database->Read(
                [&](const storage::Snapshot& s) -> absl::Status {
                  MINGA_ASSIGN_OR_RETURN(
                      standing, Standing(s, context_.parts.own, peer_.country));
                  return absl::OkStatus();
                });
  if (!ready.ok()) {
    reply(ready);
    return;
  }
  const auto answer = std::make_shared<v1::AskResponse>();
  const auto began = std::make_shared<bool>(false);
  context_.desk->Submit(
      [own = context_.parts.own, peer = peer_.country, word, standing, answer,
       began, clock = context_.parts.clock](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(std::optional<v1::Leaving> leaving,
                               ReadLeaving(transaction.documents(), peer));
        if (!leaving.has_value()) {
          *began = true;
          MINGA_RETURN_IF_ERROR(BeginLeaving(transaction, peer, PeerActor(peer),
                                             word.reason, standing,
                                             clock->Now()));
        }
        MINGA_RETURN_IF_ERROR(Keep(transaction, own, peer, word));
        MINGA_ASSIGN_OR_RETURN(leaving,
                               ReadLeaving(transaction.documents(), peer));
        answer->mutable_farewell()->set_statement(
            leaving.has_value() ? leaving->farewell().own_statement() : "");
        return absl::OkStatus();
      },
      [reply, answer, began,
       &parts = context_.parts](const absl::Status& status) {
        if (!status.ok()) {
          reply(status);
          return;
        }
        reply(*answer);
        if (*began && parts.peers_changed) parts.peers_changed();
      });
}

}  // namespace minga::federation
