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

}  // namespace

PeerLink::PeerLink(const StreamContext& context, const Descriptor& peer,
                   std::string note)
    : context_(context),
      peer_(peer),
      note_(std::move(note)),
      follower_(std::make_shared<Follower>(context, peer)),
      asker_(std::make_unique<Asker>(context, peer)),
      errands_(MakeErrands(context, peer, *asker_)),
      patience_(*context.parts.random) {}

PeerLink::~PeerLink() = default;

bool PeerLink::Handle(Event& event) {
  if (event.kind == Event::Kind::kAnswered) {
    return asker_->OnAnswered(event.link, event.status,
                              event.answer.get());
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
  if (absl::IsInvalidArgument(why)) OnOffence();
  last_error_ = Printable(why.ToString(), kErrorBytesMax);
  last_contact_ = std::max(last_contact_, publisher_->last_contact());
  publisher_ = nullptr;
}

void PeerLink::OnOffence() {
  const absl::Time now = context_.Now();
  accept_after_ = now + patience_.AfterOffence(now);
}

absl::Status PeerLink::CheckAdmission(absl::Time now) const {
  const absl::Status valid = CheckValidity(peer_, DayOf(now));
  if (!valid.ok()) return valid;
  if (now < accept_after_) {
    return absl::ResourceExhaustedError(
        "malformed messages came before; try again in some minutes");
  }
  return absl::OkStatus();
}

void PeerLink::Answer(const v1::AskRequest& question,
                      std::unique_ptr<AnswerLink> link) {
  const absl::Status admitted = CheckAdmission(context_.Now());
  if (!admitted.ok()) {
    link->Answer(admitted);
    return;
  }
  for (const std::shared_ptr<Errand>& errand : errands_) {
    if (!errand->Takes(question)) continue;
    errand->Answer(question,
                   [link = std::shared_ptr<AnswerLink>(std::move(link)),
                    malformed = malformed_](
                       const absl::StatusOr<v1::AskResponse>& answer) {
                     if (absl::IsInvalidArgument(answer.status())) {
                       *malformed = true;
                     }
                     link->Answer(answer);
                   });
    return;
  }
  link->Answer(
      absl::UnimplementedError("this node does not know the question"));
}

void PeerLink::Accept(LinkId id, std::unique_ptr<OriginLink> link) {
  const absl::Status admitted = CheckAdmission(context_.Now());
  if (!admitted.ok()) {
    link->Finish(admitted);
    return;
  }
  if (publisher_ != nullptr) {
    // The pinned peer says itself that its older stream is no more.
    publisher_->Finish(absl::AbortedError("replaced by a newer stream"));
    DropFinished();
  }
  publisher_ =
      std::make_shared<Publisher>(context_, peer_, id, std::move(link));
  last_error_.clear();
}

void PeerLink::OnChanged(absl::Time now) { follower_->Renew(now); }

void PeerLink::OnFeedMoved() {
  if (publisher_ != nullptr) publisher_->OnFeedMoved();
}

void PeerLink::OnTime(absl::Time now) {
  follower_->OnTime(now);
  if (publisher_ != nullptr) publisher_->OnTime(now);
  DropFinished();
  if (std::exchange(*malformed_, false)) OnOffence();
  asker_->OnTime(now);
  for (const std::shared_ptr<Errand>& errand : errands_) errand->OnTime(now);
}

bool PeerLink::Pump(absl::Time now) {
  if (publisher_ == nullptr) return false;
  const bool more = publisher_->Pump(now);
  DropFinished();
  return more;
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
  follower_->Report(progress);
  return progress;
}

}  // namespace minga::federation
