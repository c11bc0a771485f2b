#include "federation/peer_link.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "federation/asker.h"
#include "federation/errand.h"
#include "federation/follower.h"
#include "federation/publisher.h"
#include "minga/v1/federation.pb.h"
#include "node/base/clock.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

constexpr std::size_t kErrorBytesMax = 500;
// What a peer may send before the next has its turn: a tenth of the largest
// page, which takes a millisecond to build.
constexpr std::int64_t kTurnBytes = 200 * 1024;

}  // namespace

PeerLink::PeerLink(const StreamContext& context, const Descriptor& peer,
                   const storage::PeerRow& row,
                   std::shared_ptr<Account> account)
    : context_(context),
      peer_(peer),
      note_(row.descriptor),
      state_(row.state),
      account_(std::move(account)),
      follower_(std::make_shared<Follower>(context, peer, account_->received)),
      asker_(std::make_unique<Asker>(context, peer)),
      errands_(MakeErrands(context, peer, *account_, *asker_)) {}

PeerLink::~PeerLink() = default;

bool PeerLink::Handle(Event& event) {
  if (event.kind == Event::Kind::kAnswered) {
    return asker_->OnAnswered(event.link, event.status, event.answer.get());
  }
  if (event.link == follower_->link()) {
    switch (event.kind) {
      case Event::Kind::kResponse:
        follower_->OnResponse(std::move(event.response));
        return true;
      case Event::Kind::kClosed:
        follower_->OnClosed(event.status);
        return true;
      case Event::Kind::kFlooded:
        follower_->OnFlooded();
        return true;
      default:
        return false;
    }
  }
  return HandleOfPublisher(event);
}

bool PeerLink::HandleOfPublisher(Event& event) {
  if (publisher_ == nullptr || event.link != publisher_->link()) return false;
  switch (event.kind) {
    case Event::Kind::kRequest:
      publisher_->OnRequest(std::move(event.request));
      break;
    case Event::Kind::kClosed:
      last_contact_ = std::max(last_contact_, publisher_->last_contact());
      publisher_ = nullptr;
      break;
    case Event::Kind::kFlooded:
      publisher_->Finish(absl::InvalidArgumentError(
          "more messages than pages under way allow"));
      break;
    default:
      return false;
  }
  DropFinished();
  return true;
}

void PeerLink::DropFinished() {
  if (publisher_ == nullptr || !publisher_->finished()) return;
  const absl::Status& why = publisher_->why();
  if (absl::IsInvalidArgument(why)) {
    account_->conduct.OnOffence(context_.Now(), why.message());
  }
  last_error_ = Printable(why.ToString(), kErrorBytesMax);
  last_contact_ = std::max(last_contact_, publisher_->last_contact());
  publisher_ = nullptr;
}

absl::Status PeerLink::Admit(absl::Time now) {
  const absl::Status valid = CheckValidity(peer_, DayOf(now));
  return valid.ok() ? account_->conduct.Admit(now) : valid;
}

void PeerLink::Answer(const v1::AskRequest& question,
                      std::unique_ptr<AnswerLink> link) {
  const absl::Status admitted = Admit(context_.Now());
  if (!admitted.ok()) {
    link->Answer(admitted);
    return;
  }
  for (const std::shared_ptr<Errand>& errand : errands_) {
    if (!errand->Takes(question)) continue;
    errand->Answer(
        question, [link = std::shared_ptr<AnswerLink>(std::move(link)),
                   malformed = malformed_, account = account_,
                   clock = context_.parts.clock](
                      const absl::StatusOr<v1::AskResponse>& answer) {
          if (absl::IsInvalidArgument(answer.status())) {
            *malformed = true;
          }
          // Answers cost what pages cost.
          if (answer.ok()) {
            account->sent.Spend(clock->Now(), 0, answer->ByteSizeLong());
          }
          link->Answer(answer);
        });
    return;
  }
  link->Answer(
      absl::UnimplementedError("this node does not know the question"));
}

void PeerLink::Accept(LinkId id, std::unique_ptr<OriginLink> link) {
  const absl::Status admitted = Admit(context_.Now());
  if (!admitted.ok()) {
    link->Finish(admitted);
    return;
  }
  if (publisher_ != nullptr) {
    // The pinned peer says itself that its older stream is no more.
    publisher_->Finish(absl::AbortedError("replaced by a newer stream"));
    DropFinished();
  }
  publisher_ = std::make_shared<Publisher>(context_, peer_, account_->sent, id,
                                           std::move(link));
  last_error_.clear();
}

void PeerLink::OnChanged(absl::Time now) { follower_->Renew(now); }

void PeerLink::OnFeedMoved() {
  if (publisher_ != nullptr) publisher_->OnFeedMoved();
}

void PeerLink::OnNudge(absl::Time now) {
  for (const std::shared_ptr<Errand>& errand : errands_) errand->OnNudge(now);
}

void PeerLink::OnTime(absl::Time now) {
  follower_->OnTime(now);
  if (publisher_ != nullptr) publisher_->OnTime(now);
  DropFinished();
  if (std::exchange(*malformed_, false)) {
    account_->conduct.OnOffence(now, "malformed question");
  }
  const std::string offence = follower_->TakeOffence();
  if (!offence.empty()) account_->conduct.OnOffence(now, offence);
  asker_->OnTime(now);
  for (const std::shared_ptr<Errand>& errand : errands_) errand->OnTime(now);
}

bool PeerLink::Pump(absl::Time now) {
  const auto wants = [&] {
    return publisher_ != nullptr && publisher_->Wants(now);
  };
  if (!wants()) {
    balance_ = 0;
    return false;
  }
  balance_ += kTurnBytes;
  while (balance_ > 0 && wants()) {
    balance_ -= static_cast<std::int64_t>(publisher_->Pump(now));
    DropFinished();
  }
  return wants();
}

absl::Time PeerLink::Due() const {
  absl::Time due = std::min(follower_->Due(), asker_->Due());
  if (publisher_ != nullptr) due = std::min(due, publisher_->Due());
  for (const std::shared_ptr<Errand>& errand : errands_) {
    due = std::min(due, errand->Due());
  }
  return due;
}

void PeerLink::Finish(const absl::Status& why) {
  if (publisher_ != nullptr) publisher_->Finish(why);
  DropFinished();
}

PeerProgress PeerLink::Progress() const {
  PeerProgress progress;
  progress.peer = peer_.country;
  progress.last_contact = last_contact_;
  progress.last_error = last_error_;
  if (publisher_ != nullptr) {
    progress.followed = publisher_->greeted();
    if (publisher_->greeted()) {
      progress.last_contact =
          std::max(last_contact_, publisher_->last_contact());
    }
  }
  progress.slowed_until = account_->conduct.slowed_until();
  progress.descriptor_refused = account_->descriptor_refused;
  if (account_->sent.Ready() != absl::InfinitePast()) {
    progress.budget_until = account_->sent.Ready();
  }
  follower_->Report(progress);
  return progress;
}

}  // namespace minga::federation
