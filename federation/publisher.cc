#include "federation/publisher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "federation/greeting.h"
#include "federation/job_desk.h"
#include "federation/page_sent.h"
#include "federation/receipt.h"
#include "federation/restored.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(1);

// What goes wrong inside this node is not for others to read.
absl::Status ForPeer(const absl::Status& why) {
  if (absl::IsInternal(why) || absl::IsDataLoss(why) || absl::IsUnknown(why)) {
    return absl::UnavailableError("this node cannot serve its feed now");
  }
  return why;
}

}  // namespace

struct Publisher::Outgoing {
  BuiltPage page;
  bool done = false;
  absl::Status status;
};

Publisher::Publisher(const StreamContext& context, const Descriptor& peer,
                     Allowance& allowance, LinkId id,
                     std::unique_ptr<OriginLink> link)
    : context_(context),
      peer_(peer),
      allowance_(allowance),
      id_(id),
      link_(std::move(link)),
      accepted_at_(context.Now()),
      heard_at_(accepted_at_),
      sent_at_(accepted_at_) {}

Publisher::~Publisher() = default;

void Publisher::OnRequest(std::unique_ptr<v1::FollowRequest> message) {
  if (finished()) return;
  heard_at_ = context_.Now();
  absl::Status status;
  switch (message->message_case()) {
    case v1::FollowRequest::kHello:
      status = Greet(message->hello());
      break;
    case v1::FollowRequest::kCredit:
      status = greeted_
                   ? Grant(message->credit().pages())
                   : absl::InvalidArgumentError("credit before the greeting");
      break;
    case v1::FollowRequest::kReceipt:
      status = greeted_
                   ? TakeReceipt(message->receipt())
                   : absl::InvalidArgumentError("receipt before the greeting");
      break;
    default:
      status = absl::InvalidArgumentError("message of an unknown kind");
  }
  if (!status.ok()) Finish(status);
}

absl::Status Publisher::Greet(const v1::Hello& hello) {
  if (greeted_) {
    return absl::InvalidArgumentError("second greeting on one stream");
  }
  MINGA_RETURN_IF_ERROR(CheckHello(hello));
  MINGA_ASSIGN_OR_RETURN(const std::uint32_t protocol,
                         Negotiate(context_.parts.protocols,
                                   hello.protocol_min(), hello.protocol_max()));
  dialect_ = Agree(protocol, hello.features());
  storage::FeedHead head;
  auto message = std::make_unique<v1::FollowResponse>();
  v1::HelloReply& reply = *message->mutable_hello();
  const absl::Status read = context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_RETURN_IF_ERROR(MaySend(snapshot.documents(), context_.Now()));
        MINGA_ASSIGN_OR_RETURN(head, snapshot.feeds().Head(peer_.country));
        reply.set_checkpoint(OwnCheckpoint(snapshot.audit()));
        MINGA_ASSIGN_OR_RETURN(const bool untold,
                               IsUntold(snapshot.documents(), peer_.country));
        retells_ = untold && dialect_.row_obligations;
        return absl::OkStatus();
      });
  if (absl::IsNotFound(read)) {
    return absl::UnavailableError(absl::StrCat(
        "no feed has been made for ", peer_.country.ToString(), " yet"));
  }
  MINGA_RETURN_IF_ERROR(read);
  const bool same = hello.epoch() == head.epoch;
  if (same && hello.cursor() > head.last) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the cursor ", hello.cursor(), " is beyond the feed, which ends at ",
        head.last, ": this node has lost rows and must start a new epoch"));
  }
  // A follower that stands before what it has acknowledged was restored from a
  // backup: withdrawals up to there are gone from the feed, so that it must
  // begin again and drop what is not brought.
  const bool resumes = same && hello.cursor() >= head.acknowledged && !retells_;
  epoch_ = head.epoch;
  built_ = resumes ? hello.cursor() : 0;
  acknowledged_ = head.acknowledged;
  reply.set_protocol(protocol);
  for (std::string& feature : dialect_.Features()) {
    reply.add_features(std::move(feature));
  }
  reply.set_epoch(epoch_);
  reply.set_start(built_);
  reply.set_policy_hash(context_.PolicyHash());
  link_->Send(std::move(message));
  sent_at_ = context_.Now();
  greeted_ = true;
  moved_ = true;
  return Grant(hello.credits());
}

absl::Status Publisher::Grant(std::uint32_t pages) {
  const auto most = static_cast<std::uint32_t>(kFeedCreditsMax - UnderWay());
  if (pages > most - credits_) {
    return absl::InvalidArgumentError(
        absl::StrCat("credit for ", pages, " more pages; at most ",
                     kFeedCreditsMax, " may be under way, ", credits_,
                     " are granted and ", UnderWay(), " travel"));
  }
  credits_ += pages;
  return absl::OkStatus();
}

int Publisher::UnderWay() const {
  return static_cast<int>(outgoing_.size() + sent_.size());
}

absl::Status Publisher::TakeReceipt(const v1::Receipt& receipt) {
  MINGA_ASSIGN_OR_RETURN(const OpenedReceipt opened,
                         OpenReceipt(receipt, peer_.node_key, peer_.country,
                                     context_.parts.own, dialect_));
  const std::string range = absl::StrCat("receipt for (", opened.header.after,
                                         ", ", opened.header.upto, "]");
  if (sent_.empty() || !IsFor(opened.header, sent_.front().header)) {
    const bool later = std::any_of(
        sent_.begin(), sent_.end(),
        [&](const Sent& sent) { return IsFor(opened.header, sent.header); });
    return absl::InvalidArgumentError(absl::StrCat(
        range, later ? " is out of order" : ": no such page was sent"));
  }
  const PageHeader page = sent_.front().header;
  sent_.pop_front();
  MINGA_RETURN_IF_ERROR(Grant(receipt.credits()));
  const std::uint64_t ended = opened.header.retention_ended;
  TakenReceipt taken{page, opened, receipt.note()};
  taken.advances = page.upto > acknowledged_;
  // From its first page on, what the follower has is told in full, or it has to
  // begin again: its cursor stands before what it acknowledged.
  taken.tells = retells_ && page.after == 0;
  if (page.rows > 0 || taken.advances || taken.tells ||
      ended > retention_ended_) {
    Keep(std::move(taken));
  }
  retention_ended_ = std::max(retention_ended_, ended);
  return absl::OkStatus();
}

void Publisher::Keep(TakenReceipt taken) {
  acknowledged_ = std::max(acknowledged_, taken.page.upto);
  if (taken.tells) retells_ = false;
  Submit(
      [taken = std::move(taken),
       clock = context_.parts.clock](storage::Transaction& transaction) {
        return KeepReceipt(transaction, taken, clock->Now());
      },
      [this](const absl::Status& status) {
        if (!status.ok()) Finish(At("receipt could not be kept", status));
      });
}

void Publisher::OnFeedMoved() {
  moved_ = true;
  if (!stale_.empty()) retry_at_ = absl::InfinitePast();
}

bool Publisher::Wants(absl::Time now) const {
  return !finished() && greeted_ && credits_ > 0 && moved_ &&
         now >= retry_at_ && now >= allowance_.Ready();
}

std::size_t Publisher::Pump(absl::Time now) {
  absl::StatusOr<BuiltPage> built = absl::UnknownError("not read");
  const PageRequest request{
      context_.parts.own, peer_.country,      epoch_, built_, now,
      dialect_,           stale_.GivenUp(now)};
  const absl::Status read = context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        built = BuildPage(snapshot, *context_.parts.projector, context_.signer,
                          request);
        return built.status();
      });
  if (!read.ok()) {
    Finish(read);
    return 0;
  }
  HandleStale(built->stale, now);
  if (!built->given_up.empty()) {
    context_.parts.projector->Withhold(peer_.country,
                                       std::move(built->given_up));
  }
  moved_ = !built->caught_up;
  if (built->message == nullptr) return 0;
  const bool silent = built->header.upto == built->header.after && told_;
  if (silent) return 0;
  told_ = built->caught_up;
  const std::size_t bytes = built->message->ByteSizeLong();
  allowance_.Spend(now, built->header.rows, bytes);
  Queue(*std::move(built));
  return bytes;
}

void Publisher::HandleStale(const std::vector<RecordKey>& stale,
                            absl::Time now) {
  std::vector<RecordKey> ask = stale_.Update(stale, now);
  if (!ask.empty()) {
    context_.parts.projector->Reevaluate(peer_.country, std::move(ask));
  }
  retry_at_ = stale.empty() ? absl::InfinitePast() : now + kRetryAfter;
}

void Publisher::Queue(BuiltPage built) {
  --credits_;
  built_ = built.header.upto;
  const auto out = std::make_shared<Outgoing>();
  out->page = std::move(built);
  outgoing_.push_back(out);
  const PageHeader& page = out->page.header;
  if (page.rows == 0) {  // no data crosses, so no leaf
    out->done = true;
    Flush();
    return;
  }
  Submit(
      [page, untold = out->page.untold, dialect = dialect_,
       basis = std::move(out->page.basis), clock = context_.parts.clock,
       gap = gap_](storage::Transaction& transaction) -> absl::Status {
        if (*gap) return absl::AbortedError("the page before is not sent");
        const absl::Time now = clock->Now();
        const absl::Status look = LastLook(transaction, page, basis, now);
        *gap = !look.ok();
        MINGA_RETURN_IF_ERROR(look);
        return LogPageSent(transaction, page, untold, dialect, now);
      },
      [this, out](const absl::Status& status) {
        out->done = true;
        out->status = status;
        Flush();
      });
}

void Publisher::Flush() {
  while (!finished() && !outgoing_.empty() && outgoing_.front()->done) {
    const std::shared_ptr<Outgoing> out = std::move(outgoing_.front());
    outgoing_.pop_front();
    if (absl::IsAborted(out->status)) {
      TakeBack(out->page.header.after);
      return;
    }
    if (!out->status.ok()) {
      Finish(At("page could not be logged", out->status));
      return;
    }
    sent_at_ = context_.Now();
    sent_.push_back({out->page.header, sent_at_});
    link_->Send(std::move(out->page.message));
  }
}

void Publisher::TakeBack(SeqNo after) {
  // With it those built behind it, which would leave a gap.
  credits_ += 1 + static_cast<std::uint32_t>(outgoing_.size());
  outgoing_.clear();
  gap_ = std::make_shared<bool>(false);
  built_ = after;
  moved_ = true;
  told_ = false;
}

void Publisher::SendKeepalive(absl::Time now) {
  BuiltPage built;
  built.message = std::make_unique<v1::FollowResponse>();
  built.header = {
      context_.parts.own, peer_.country, epoch_, built_, built_, 0, {}};
  built.caught_up = !moved_;
  v1::Page& page = *built.message->mutable_page();
  page.set_caught_up(built.caught_up);
  SealPage(built.header, context_.signer, page);
  Queue(std::move(built));
  sent_at_ = now;
}

void Publisher::OnTime(absl::Time now) {
  if (finished()) return;
  if (!greeted_ && now >= accepted_at_ + kGreetingMax) {
    Finish(absl::DeadlineExceededError("no greeting has come"));
  } else if (now >= accepted_at_ + kStreamLifeMax) {
    Finish(absl::UnavailableError("the stream has lived its time"));
  } else if (!sent_.empty() && now >= sent_.front().at + kReceiptMax) {
    Finish(absl::DeadlineExceededError(
        absl::StrCat("no receipt for page ", sent_.front().header.Range())));
  } else if (greeted_ && credits_ > 0 && outgoing_.empty() &&
             now >= sent_at_ + kKeepaliveEvery) {
    SendKeepalive(now);
  }
}

absl::Time Publisher::Due() const {
  if (!greeted_) return accepted_at_ + kGreetingMax;
  absl::Time due = accepted_at_ + kStreamLifeMax;
  if (!sent_.empty()) due = std::min(due, sent_.front().at + kReceiptMax);
  if (credits_ > 0 && outgoing_.empty()) {
    due = std::min(due, sent_at_ + kKeepaliveEvery);
    if (moved_) due = std::min(due, std::max(retry_at_, allowance_.Ready()));
  }
  return due;
}

void Publisher::Finish(const absl::Status& why) {
  if (finished()) return;
  why_ = why;
  link_->Finish(ForPeer(why));
  link_ = nullptr;
}

void Publisher::Submit(storage::Database::Job job,
                       std::function<void(const absl::Status&)> then) {
  context_.desk->Submit(std::move(job),
                        [weak = weak_from_this(),
                         then = std::move(then)](const absl::Status& status) {
                          const std::shared_ptr<Publisher> self = weak.lock();
                          if (self != nullptr && !self->finished()) {
                            then(status);
                          }
                        });
}

}  // namespace minga::federation
