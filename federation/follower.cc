#include "federation/follower.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/job_desk.h"
#include "federation/page_apply.h"
#include "federation/unknown_fields.h"
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

absl::Duration Below(Random& random, absl::Duration most) {
  return absl::Milliseconds(static_cast<std::int64_t>(random.Below(
      static_cast<std::uint64_t>(absl::ToInt64Milliseconds(most)))));
}

// The peer is to blame, not the network or this node.
bool IsOffence(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status);
}

absl::Status CheckReply(const v1::HelloReply& reply, Epoch epoch,
                        SeqNo cursor) {
  if (HasUnknownFields(reply)) {
    return absl::InvalidArgumentError("greeting has an unknown field");
  }
  if (reply.protocol() < kProtocolMin || reply.protocol() > kProtocolMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("greeting chooses protocol ", reply.protocol(),
                     ", offered were ", kProtocolMin, "-", kProtocolMax));
  }
  if (reply.features_size() > kFeaturesMax ||
      reply.policy_hash().size() > kPolicyHashBytesMax ||
      reply.checkpoint().size() > kCheckpointBytesMax) {
    return absl::InvalidArgumentError("greeting is over its bounds");
  }
  if (reply.epoch() == 0) {
    return absl::InvalidArgumentError("greeting has no epoch");
  }
  if (reply.start() != 0 &&
      (reply.epoch() != epoch || reply.start() != cursor)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "greeting starts at ", reply.start(), " of epoch ", reply.epoch(),
        ", the cursor is at ", cursor, " of epoch ", epoch));
  }
  return absl::OkStatus();
}

bool BySeq(const InboundRejection& a, const InboundRejection& b) {
  return a.seq < b.seq;
}

}  // namespace

Follower::Follower(const StreamContext& context, const Descriptor& peer)
    : context_(context),
      peer_(peer),
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
        dial_at_ = now + Below(*context_.parts.random, kRedialSpread);
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
  return flights_.empty() ? std::min(silent, renew_at_) : silent;
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
          hello.set_checkpoint(OwnCheckpoint(snapshot.audit()));
          return absl::OkStatus();
        });
  }
  if (!ready.ok()) {
    Fail(ready, false);
    return;
  }
  hello.set_protocol_min(kProtocolMin);
  hello.set_protocol_max(kProtocolMax);
  hello.set_epoch(epoch_);
  hello.set_cursor(cursor_);
  hello.set_policy_hash(context_.PolicyHash());
  hello.set_credits(static_cast<std::uint32_t>(kFeedCreditsMax));
  granted_ = kFeedCreditsMax;
  state_ = State::kGreeting;
  opened_at_ = now;
  heard_at_ = now;
  renew_at_ = now + kStreamLife - kRenewSpread +
              Below(*context_.parts.random, 2 * kRenewSpread);
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
  MINGA_RETURN_IF_ERROR(CheckReply(reply, epoch_, cursor_));
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
  absl::StatusOr<OpenedPage> opened = OpenPage(
      page,
      {peer_.country, context_.parts.own, peer_.node_key, epoch_, cursor_});
  if (!opened.ok()) {
    PageHeader place{
        peer_.country, context_.parts.own, epoch_, cursor_, cursor_, 0, {}};
    Refuse(place, opened.status());
    return opened.status();
  }
  const auto flight = std::make_shared<PageInFlight>();
  flight->page = *std::move(opened);
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
      const bool offence = IsOffence(flight->status);
      if (offence) Refuse(flight->page.header, flight->status);
      Fail(flight->status, offence);
      return;
    }
    const absl::Time now = context_.Now();
    if (now < renew_at_) {  // an old stream runs dry
      flight->receipt->mutable_receipt()->set_credits(1);
      ++granted_;
    }
    link_->Send(*flight->receipt);
    heard_at_ = now;
    backoff_.Reset();
    last_error_.clear();
    if (!flight->page.rows.empty()) ++pages_received_;
    records_rejected_ += flight->result.rejected.size();
    caught_up_ = flight->page.caught_up;
    if (caught_up_ && settling_ && !settle_running_) Settle();
  }
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
  Hangup();
  const absl::Time now = context_.Now();
  dial_at_ =
      now + (offence ? backoff_.AfterOffence(now) : backoff_.AfterFailure());
}

void Follower::Hangup() {
  state_ = State::kIdle;
  link_ = nullptr;
  link_id_ = 0;
  flights_.clear();
  granted_ = 0;
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
}

}  // namespace minga::federation
