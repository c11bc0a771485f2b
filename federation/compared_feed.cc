#include "federation/compared_feed.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/account.h"
#include "federation/job_desk.h"
#include "federation/page_sent.h"
#include "federation/reconcile.h"
#include "federation/reconcile_wire.h"
#include "federation/side_desk.h"
#include "federation/unknown_fields.h"
#include "federation/view_items.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/note.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

// Of a whole comparison: seconds are usual, and who waits for its turn comes
// back for four minutes at least (Reconciler).
constexpr absl::Duration kSessionMax = absl::Minutes(4);
// One transaction of rows sent again: short enough for others.
constexpr std::size_t kResendRows = 500;

absl::Status UnknownField() {
  return absl::InvalidArgumentError("comparison: unknown field");
}

}  // namespace

struct ComparedFeed::Session {
  std::uint64_t id = 0;
  std::shared_ptr<const void> lease;
  Epoch epoch = 0;
  SeqNo upto = 0;
  ItemSet items;
  Digest root{};
  std::vector<Tag> moved;
  absl::Time until;
  bool working = true;
  // Rows to be sent again.
  std::vector<SeqNo> places;
  int sent_again = 0;
};

void ComparedFeed::Answer(const v1::ReconcileQuestion& question, Reply reply) {
  absl::Status status;
  switch (question.step_case()) {
    case v1::ReconcileQuestion::kOpen:
      status = Open(question.open(), reply);
      break;
    case v1::ReconcileQuestion::kCompare:
      status = Compare(question.compare(), reply);
      break;
    case v1::ReconcileQuestion::kRepair:
      status = Repair(question.repair(), reply);
      break;
    case v1::ReconcileQuestion::kClose:
      status = Close(question.close(), reply);
      break;
    default:
      status = absl::UnimplementedError("comparison: unknown step");
  }
  if (!status.ok()) reply(status);
}

void ComparedFeed::OnTime(absl::Time now) {
  if (session_ != nullptr && !session_->working && now >= session_->until) {
    session_ = nullptr;
  }
}

absl::Time ComparedFeed::Due() const {
  return session_ == nullptr || session_->working ? absl::InfiniteFuture()
                                                  : session_->until;
}

ComparedFeed::Step ComparedFeed::For(const std::shared_ptr<Session>& session,
                                     Step step) {
  return [weak = weak_from_this(), session,
          step = std::move(step)](const absl::Status& status) {
    const std::shared_ptr<ComparedFeed> self = weak.lock();
    if (self == nullptr || self->session_ != session) return;
    session->working = false;
    step(status);
  };
}

absl::StatusOr<std::shared_ptr<ComparedFeed::Session>> ComparedFeed::Find(
    std::uint64_t id) {
  if (session_ == nullptr || session_->id != id) {
    return absl::AbortedError("this comparison has ended; begin anew");
  }
  if (session_->working) {
    return absl::ResourceExhaustedError("one question after the other");
  }
  return session_;
}

absl::Status ComparedFeed::Open(const v1::OpenComparison& question,
                                const Reply& reply) {
  if (HasUnknownFields(question)) return UnknownField();
  if (session_ != nullptr && session_->working) {
    return absl::UnavailableError("a comparison is being prepared already");
  }
  session_ = nullptr;  // the follower begins anew
  const absl::Time now = context_.Now();
  if (account_.comparisons.Empty(now) || account_.sent.Empty(now)) {
    return absl::UnavailableError(
        "more comparisons than this node allows a peer; try again later");
  }
  auto session = std::make_shared<Session>();
  session->lease =
      context_.side->Lease(SideDesk::Use::kAnswering, follower_.country, now);
  if (session->lease == nullptr) {
    return absl::UnavailableError("another peer is comparing; try again later");
  }
  account_.comparisons.Spend(now, 1);
  session->id = NewLinkId();
  session->until = now + kSessionMax;
  session->epoch = question.epoch();
  session->upto = question.cursor();
  session_ = session;
  auto read = [database = context_.parts.database, session,
               peer = follower_.country] {
    return database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                                 snapshot.feeds().Head(peer));
          if (head.epoch != session->epoch || head.last < session->upto) {
            return absl::AbortedError(absl::StrCat(
                "the feed stands at ", head.last, " of epoch ", head.epoch));
          }
          // The feed has them as shown, and the peer has been told nothing.
          MINGA_ASSIGN_OR_RETURN(const bool untold,
                                 IsUntold(snapshot.documents(), peer));
          if (untold) {
            return absl::FailedPreconditionError(
                "some records cannot be told in the version of the protocol "
                "that is spoken; compare when both nodes speak a newer one");
          }
          MINGA_ASSIGN_OR_RETURN(session->moved,
                                 MovedSince(snapshot, peer, session->upto));
          MINGA_ASSIGN_OR_RETURN(session->items,
                                 ShownItems(snapshot, peer, session->upto));
          session->root = session->items.Root();
          return absl::OkStatus();
        });
  };
  context_.side->Run(
      read, For(session, [this, session, reply](const absl::Status& status) {
        if (!status.ok()) {
          session_ = nullptr;
          reply(status);
          return;
        }
        v1::AskResponse answer;
        v1::ComparisonOpened& opened =
            *answer.mutable_reconcile()->mutable_opened();
        opened.set_session(session->id);
        opened.set_items(session->items.size());
        opened.set_root(ToBytes(session->root));
        opened.set_moved(EncodeTags(session->moved));
        session->moved.clear();
        reply(answer);
      }));
  return absl::OkStatus();
}

absl::Status ComparedFeed::Compare(const v1::CompareRanges& question,
                                   const Reply& reply) {
  MINGA_ASSIGN_OR_RETURN(const std::shared_ptr<Session> session,
                         Find(question.session()));
  MINGA_ASSIGN_OR_RETURN(std::vector<RangeQuestion> questions,
                         Decode(question));
  session->working = true;
  const auto answers = std::make_shared<v1::AskResponse>();
  auto work = [session, answers, questions = std::move(questions)] {
    Encode(federation::Answer(session->items, questions),
           *answers->mutable_reconcile()->mutable_compared());
    return absl::OkStatus();
  };
  context_.side->Run(
      std::move(work),
      For(session, [answers, reply](const absl::Status&) { reply(*answers); }));
  return absl::OkStatus();
}

absl::Status ComparedFeed::Repair(const v1::RepairRows& question,
                                  const Reply& reply) {
  if (HasUnknownFields(question)) return UnknownField();
  MINGA_ASSIGN_OR_RETURN(const std::shared_ptr<Session> session,
                         Find(question.session()));
  MINGA_ASSIGN_OR_RETURN(std::vector<Item> items,
                         DecodeItems(question.items(), kItemsSentMax));
  session->working = true;
  session->sent_again = 0;
  auto read = [database = context_.parts.database, session,
               peer = follower_.country, items = std::move(items)] {
    return database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(session->places,
                                 PlacesOf(snapshot, peer, items));
          return absl::OkStatus();
        });
  };
  context_.side->Run(
      std::move(read),
      For(session, [this, session, reply](const absl::Status& status) {
        if (!status.ok()) {
          reply(status);
          return;
        }
        Resend(session, 0, reply);
      }));
  return absl::OkStatus();
}

void ComparedFeed::Resend(const std::shared_ptr<Session>& session,
                          std::size_t from, const Reply& reply) {
  const std::size_t to = std::min(session->places.size(), from + kResendRows);
  if (from == to) {
    v1::AskResponse answer;
    answer.mutable_reconcile()->mutable_repaired()->set_sent_again(
        static_cast<std::uint32_t>(session->sent_again));
    reply(answer);
    return;
  }
  session->working = true;
  context_.desk->Submit(
      [session, from, to, peer = follower_.country](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(
            const int sent,
            SendAgain(
                transaction, peer,
                absl::MakeSpan(session->places).subspan(from, to - from)));
        session->sent_again += sent;
        return absl::OkStatus();
      },
      For(session, [this, session, to, reply](const absl::Status& status) {
        if (!status.ok()) {
          reply(status);
          return;
        }
        Resend(session, to, reply);
      }));
}

absl::Status ComparedFeed::Close(const v1::CloseComparison& question,
                                 const Reply& reply) {
  if (HasUnknownFields(question)) return UnknownField();
  MINGA_ASSIGN_OR_RETURN(const std::shared_ptr<Session> session,
                         Find(question.session()));
  if (question.note().size() > kNoteBytesMax) {
    return absl::InvalidArgumentError("comparison: the statement is too long");
  }
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(question.note()));
  if (!VerifyNote(note, follower_.node_key)) {
    return absl::InvalidArgumentError(
        "comparison: the statement is not signed by the follower's node key");
  }
  MINGA_ASSIGN_OR_RETURN(const ComparedStatement said,
                         ComparedStatement::Parse(note.text));
  if (said.follower != follower_.country || said.origin != context_.parts.own ||
      said.epoch != session->epoch || said.upto != session->upto ||
      said.items != session->items.size() || said.root != session->root) {
    return absl::InvalidArgumentError(
        "comparison: the statement is not about what was compared");
  }
  session->working = true;
  context_.desk->Submit(
      [said, note = question.note(), peer = follower_.country,
       clock = context_.parts.clock](storage::Transaction& transaction) {
        return KeepStatement(transaction, peer, said, note, clock->Now());
      },
      For(session, [this, reply](const absl::Status& status) {
        session_ = nullptr;
        if (!status.ok()) {
          reply(status);
          return;
        }
        v1::AskResponse answer;
        answer.mutable_reconcile()->mutable_closed();
        reply(answer);
      }));
  return absl::OkStatus();
}

}  // namespace minga::federation
