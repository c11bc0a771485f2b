#include "federation/follower.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/greeting.h"
#include "federation/job_desk.h"
#include "federation/page_apply.h"
#include "minga/v1/federation.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr std::size_t kErrorBytesMax = 500;
constexpr absl::Duration kRedialSpread = absl::Seconds(2);
// Streams that began together do not end together.
constexpr absl::Duration kRenewSpread = absl::Minutes(7);

// The peer is to blame, not the network or this node.
bool IsOffence(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status);
}

bool BySeq(const InboundRejection& a, const InboundRejection& b) {
  return a.seq < b.seq;
}

}  // namespace

Follower::Follower(const StreamContext& context, const Descriptor& peer,
                   Allowance& allowance)
    : context_(context),
      peer_(peer),
      allowance_(allowance),
      backoff_(*context.parts.random),
      dial_at_(context.Now()) {}

Follower::~Follower() = default;

void Follower::OnTime(absl::Time now) {
  if (now < Due()) return;
  switch (state_) {
    case State::kIdle:
      Dial(now);
      return;
    case State::kGreeting:
      Fail(absl::DeadlineExceededError("the peer does not greet"), false);
      return;
    case State::kFollowing:
      if (now >= renew_at_ && flights_.empty()) {
        Hangup();
        dial_at_ = now + Spread(*context_.parts.random, kRedialSpread);
        return;
      }
      if (withheld_ > 0 && now >= allowance_.Ready()) {
        Credit(now);
        return;
      }
      Fail(absl::DeadlineExceededError("the peer has gone silent"), false);
      return;
  }
}

void Follower::Renew(absl::Time now) {
  if (state_ == State::kFollowing) renew_at_ = std::min(renew_at_, now);
}

absl::Time Follower::Due() const {
  switch (state_) {
    case State::kIdle:
      // A cursor read before all jobs are through would be an old one.
      return writes_ > 0 ? absl::InfiniteFuture() : dial_at_;
    case State::kGreeting:
      return opened_at_ + kGreetingMax;
    case State::kFollowing:
      break;
  }
  const absl::Time silent =
      granted_ > 0 ? heard_at_ + kSilenceMax : absl::InfiniteFuture();
  absl::Time due = flights_.empty() ? std::min(silent, renew_at_) : silent;
  if (withheld_ > 0) due = std::min(due, allowance_.Ready());
  return due;
}

void Follower::Dial(absl::Time now) {
  v1::FollowRequest request;
  v1::Hello& hello = *request.mutable_hello();
  absl::Status ready = CheckValidity(peer_, DayOf(now));
  if (ready.ok()) {
    ready = context_.parts.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                                 snapshot.peers().CursorOf(peer_.country));
          MINGA_ASSIGN_OR_RETURN(
              settling_, IsSettling(snapshot.documents(), peer_.country));
          epoch_ = cursor.epoch;
          cursor_ = cursor.seq;
          if (cursor_ >= lost_upto_) lost_ = {};  // they were applied after all
          hello.set_checkpoint(OwnCheckpoint(snapshot.audit()));
          return absl::OkStatus();
        });
  }
  if (!ready.ok()) {
    Fail(ready, false);
    return;
  }
  const ProtocolRange& protocols = context_.parts.protocols;
  hello.set_protocol_min(protocols.min);
  hello.set_protocol_max(protocols.max);
  for (std::string& feature : FullDialect(protocols.max).Features()) {
    hello.add_features(std::move(feature));
  }
  hello.set_epoch(epoch_);
  hello.set_cursor(cursor_);
  hello.set_policy_hash(context_.PolicyHash());
  hello.set_credits(static_cast<std::uint32_t>(kFeedCreditsMax));
  granted_ = kFeedCreditsMax;
  withheld_ = 0;
  state_ = State::kGreeting;
  opened_at_ = now;
  heard_at_ = now;
  renew_at_ = now + kStreamLife - kRenewSpread +
              Spread(*context_.parts.random, 2 * kRenewSpread);
  link_id_ = NewLinkId();
  link_ = context_.parts.transport->Follow(peer_, link_id_, *context_.events);
  link_->Send(request);
}

void Follower::OnResponse(std::unique_ptr<v1::FollowResponse> message) {
  heard_at_ = context_.Now();
  last_contact_ = heard_at_;
  absl::Status status;
  switch (message->message_case()) {
    case v1::FollowResponse::kHello:
      status = HandleGreeting(message->hello());
      break;
    case v1::FollowResponse::kPage:
      status = HandlePage(message->page());
      break;
    default:
      status = absl::InvalidArgumentError("message of an unknown kind");
  }
  if (!status.ok()) Fail(status, true);
}

absl::Status Follower::HandleGreeting(const v1::HelloReply& reply) {
  if (state_ != State::kGreeting) {
    return absl::InvalidArgumentError("second greeting on one stream");
  }
  MINGA_RETURN_IF_ERROR(
      CheckHelloReply(reply, context_.parts.protocols, epoch_, cursor_));
  dialect_ = Agree(reply.protocol(), reply.features());
  state_ = State::kFollowing;
  if (reply.epoch() != epoch_ || reply.start() != cursor_) {
    BeginEpoch(reply.epoch());
  }
  return absl::OkStatus();
}

void Follower::BeginEpoch(Epoch epoch) {
  epoch_ = epoch;
  cursor_ = 0;
  settling_ = true;
  lost_ = {};  // what is not brought again is erased by settling
  Submit(
      [inbox = context_.parts.inbox, from = peer_.country, epoch,
       clock = context_.parts.clock](storage::Transaction& transaction) {
        return federation::BeginEpoch(transaction, *inbox, from, epoch,
                                      clock->Now());
      },
      [this](const absl::Status& status) {
        if (!status.ok()) Fail(status, false);
      });
}

absl::Status Follower::HandlePage(const v1::Page& page) {
  if (state_ != State::kFollowing) {
    return absl::InvalidArgumentError("page before the greeting");
  }
  if (granted_ == 0) {
    return absl::InvalidArgumentError("page beyond the credits");
  }
  --granted_;
  allowance_.Spend(context_.Now(), page.rows_size(), page.ByteSizeLong());
  absl::StatusOr<OpenedPage> opened =
      OpenPage(page, {peer_.country, context_.parts.own, peer_.node_key, epoch_,
                      cursor_, dialect_});
  if (!opened.ok()) {
    PageHeader place{
        peer_.country, context_.parts.own, epoch_, cursor_, cursor_, 0, {}};
    Refuse(place, opened.status());
    return opened.status();
  }
  const auto flight = std::make_shared<PageInFlight>();
  flight->page = *std::move(opened);
  flight->dialect = dialect_;
  const PageHeader& header = flight->page.header;
  if (flight->page.replay || header.upto == header.after) {
    MINGA_ASSIGN_OR_RETURN(const std::uint64_t ended, RetentionEnded());
    ReceiptWithoutApplying(context_.signer, ended, *flight);
    flights_.push_back(flight);
    Advance();
    return absl::OkStatus();
  }
  cursor_ = header.upto;
  if (!flight->page.rows.empty()) {
    flight->rejected =
        context_.parts.inbox->Validate(peer_.country, flight->page.rows);
    std::sort(flight->rejected.begin(), flight->rejected.end(), BySeq);
  }
  flight->erasures = ErasuresIn(flight->page.rows);
  flights_.push_back(flight);
  Apply(flight);
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> Follower::RetentionEnded() const {
  std::uint64_t ended = 0;
  const absl::Status read = context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(ended, context_.parts.inbox->RetentionEnded(
                                          snapshot.documents(), peer_.country));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  return ended;
}

void Follower::Apply(const std::shared_ptr<PageInFlight>& flight) {
  Submit(
      [inbox = context_.parts.inbox, &signer = context_.signer, flight,
       clock = context_.parts.clock](storage::Transaction& transaction) {
        return ApplyPage(transaction, *inbox, signer, clock->Now(), *flight);
      },
      [this, flight](const absl::Status& status) {
        flight->done = true;
        flight->status = status;
        Advance();
      });
}

void Follower::Advance() {
  while (!flights_.empty() && flights_.front()->done) {
    const std::shared_ptr<PageInFlight> flight = std::move(flights_.front());
    flights_.pop_front();
    if (!flight->status.ok()) {
      Lose(*flight);
      const bool offence = IsOffence(flight->status);
      if (offence) Refuse(flight->page.header, flight->status);
      Fail(flight->status, offence);
      return;
    }
    const absl::Time now = context_.Now();
    if (now >= renew_at_) {
      // An old stream runs dry.
    } else if (allowance_.Empty(now)) {
      ++withheld_;
    } else {
      flight->receipt->mutable_receipt()->set_credits(1);
      ++granted_;
    }
    link_->Send(*flight->receipt);
    heard_at_ = now;
    if (flight->page.header.upto >= lost_upto_) lost_ = {};
    backoff_.Reset();
    last_error_.clear();
    if (!flight->page.rows.empty()) ++pages_received_;
    records_rejected_ += flight->result.rejected.size();
    caught_up_ = flight->page.caught_up;
    if (caught_up_ && settling_ && !settle_running_) Settle();
  }
}

void Follower::Credit(absl::Time now) {
  v1::FollowRequest request;
  request.mutable_credit()->set_pages(static_cast<std::uint32_t>(withheld_));
  granted_ += std::exchange(withheld_, 0);
  heard_at_ = now;  // from now on it is expected to say something
  link_->Send(request);
}

void Follower::Lose(const PageInFlight& flight) {
  lost_.Add(flight.erasures);
  lost_upto_ = std::max(lost_upto_, flight.page.header.upto);
}

void Follower::Settle() {
  settle_running_ = true;
  const auto finished = std::make_shared<bool>(false);
  Submit(
      [inbox = context_.parts.inbox, from = peer_.country,
       finished](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(*finished,
                               SettleSome(transaction, *inbox, from));
        return absl::OkStatus();
      },
      [this, finished](const absl::Status& status) {
        settle_running_ = false;
        if (!status.ok()) {
          Fail(status, false);
        } else if (*finished) {
          settling_ = false;
          context_.nudge(peer_.country);
        } else {
          Settle();
        }
      });
}

void Follower::Refuse(const PageHeader& page, const absl::Status& why) {
  Submit(
      [page, why,
       clock = context_.parts.clock](storage::Transaction& transaction) {
        return RecordRefusal(transaction, page, why, clock->Now());
      },
      [](const absl::Status&) {});
}

void Follower::OnClosed(const absl::Status& why) {
  Fail(why.ok() ? absl::UnavailableError("the peer has ended the stream") : why,
       false);
}

void Follower::OnFlooded() {
  Fail(absl::InvalidArgumentError("more messages than the credits allow"),
       true);
}

void Follower::Fail(const absl::Status& why, bool offence) {
  last_error_ = Printable(why.ToString(), kErrorBytesMax);
  if (offence) offence_ = std::string(why.message());
  Hangup();
  const absl::Time now = context_.Now();
  dial_at_ =
      now + (offence ? backoff_.AfterOffence(now) : backoff_.AfterFailure());
}

void Follower::Hangup() {
  state_ = State::kIdle;
  link_ = nullptr;
  link_id_ = 0;
  for (const auto& flight : flights_) Lose(*flight);
  flights_.clear();
  granted_ = 0;
  withheld_ = 0;
  settle_running_ = false;
  caught_up_ = false;
}

void Follower::Submit(storage::Database::Job job,
                      std::function<void(const absl::Status&)> then) {
  ++writes_;
  context_.desk->Submit(std::move(job),
                        [weak = weak_from_this(), link = link_id_,
                         then = std::move(then)](const absl::Status& status) {
                          const std::shared_ptr<Follower> self = weak.lock();
                          if (self == nullptr) return;
                          --self->writes_;
                          if (link != 0 && self->link_id_ == link) then(status);
                        });
}

void Follower::Report(PeerProgress& progress) const {
  progress.following = state_ == State::kFollowing;
  progress.caught_up = caught_up_;
  progress.last_contact = std::max(progress.last_contact, last_contact_);
  if (!last_error_.empty()) {
    absl::StrAppend(&progress.last_error,
                    progress.last_error.empty() ? "" : "; ", last_error_);
  }
  progress.pages_received = pages_received_;
  progress.records_rejected = records_rejected_;
  if (state_ == State::kFollowing) progress.protocol = dialect_.protocol;
  progress.settling = settling_;
  progress.erasures_here = lost_;
  for (const auto& flight : flights_) {
    progress.erasures_here.Add(flight->erasures);
  }
  if (withheld_ > 0) {
    progress.budget_until = std::max(progress.budget_until, allowance_.Ready());
  }
}

}  // namespace minga::federation
