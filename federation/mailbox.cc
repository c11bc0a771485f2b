#include "federation/mailbox.h"

#include <utility>

#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"

namespace minga::federation {
namespace {

// A greeting and a page for each credit.
constexpr int kResponsesMax = kFeedCreditsMax + 2;
// A greeting, a receipt for each page, and a credit beside each.
constexpr int kRequestsMax = 2 * kFeedCreditsMax + 2;
// Of one peer: it opens one stream, and another when that one fails.
constexpr int kAcceptedMax = 4;
// Of one peer: it has an errand or two under way and waits for their answers.
constexpr int kQuestionsMax = 8;

}  // namespace

Event::Event() = default;
Event::~Event() = default;
Event::Event(Event&&) noexcept = default;
Event& Event::operator=(Event&&) noexcept = default;

void Mailbox::PostMessage(Event event, int most) {
  absl::MutexLock lock(&mutex_);
  if (closed_ || flooded_.contains(event.link)) return;
  if (++waiting_[event.link] > most) {
    flooded_.insert(event.link);
    event.kind = Event::Kind::kFlooded;
    event.response = nullptr;
    event.request = nullptr;
  }
  mail_.events.push_back(std::move(event));
}

void Mailbox::PostResponse(LinkId link,
                           std::unique_ptr<v1::FollowResponse> message) {
  Event event;
  event.kind = Event::Kind::kResponse;
  event.link = link;
  event.response = std::move(message);
  PostMessage(std::move(event), kResponsesMax);
}

void Mailbox::PostRequest(LinkId link,
                          std::unique_ptr<v1::FollowRequest> message) {
  Event event;
  event.kind = Event::Kind::kRequest;
  event.link = link;
  event.request = std::move(message);
  PostMessage(std::move(event), kRequestsMax);
}

void Mailbox::PostClosed(LinkId link, const absl::Status& why) {
  Event event;
  event.kind = Event::Kind::kClosed;
  event.link = link;
  event.status = why;
  absl::MutexLock lock(&mutex_);
  flooded_.erase(link);
  if (!closed_) mail_.events.push_back(std::move(event));
}

void Mailbox::PostAccepted(LinkId link, const PeerId& peer,
                           std::unique_ptr<OriginLink> accepted) {
  Event event;
  event.kind = Event::Kind::kAccepted;
  event.link = link;
  event.peer = peer;
  event.accepted = std::move(accepted);
  {
    absl::MutexLock lock(&mutex_);
    if (!closed_ && accepted_[peer] < kAcceptedMax) {
      ++accepted_[peer];
      mail_.events.push_back(std::move(event));
      return;
    }
  }
  event.accepted->Finish(
      absl::UnavailableError("this node cannot take a stream now"));
}

void Mailbox::PostAsked(const PeerId& peer,
                        std::unique_ptr<v1::AskRequest> question,
                        std::unique_ptr<AnswerLink> answer_to) {
  Event event;
  event.kind = Event::Kind::kAsked;
  event.peer = peer;
  event.question = std::move(question);
  event.answer_to = std::move(answer_to);
  {
    absl::MutexLock lock(&mutex_);
    if (!closed_ && asked_[peer] < kQuestionsMax) {
      ++asked_[peer];
      mail_.events.push_back(std::move(event));
      return;
    }
  }
  event.answer_to->Answer(
      absl::ResourceExhaustedError("too many questions at a time"));
}

void Mailbox::PostAnswered(
    LinkId link, absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer) {
  Event event;
  event.kind = Event::Kind::kAnswered;
  event.link = link;
  event.status = answer.status();
  if (answer.ok()) event.answer = *std::move(answer);
  absl::MutexLock lock(&mutex_);
  if (!closed_) mail_.events.push_back(std::move(event));
}

void Mailbox::PostWritten(std::function<void(const absl::Status&)> then,
                          const absl::Status& status) {
  Event event;
  event.kind = Event::Kind::kWritten;
  event.status = status;
  event.then = std::move(then);
  absl::MutexLock lock(&mutex_);
  if (!closed_) mail_.events.push_back(std::move(event));
}

void Mailbox::PostPeersChanged() {
  absl::MutexLock lock(&mutex_);
  mail_.peers_changed = true;
}

void Mailbox::PostMoved(const std::vector<PeerId>& peers) {
  absl::MutexLock lock(&mutex_);
  mail_.moved.insert(peers.begin(), peers.end());
}

void Mailbox::PostNudge(const PeerId& peer) {
  absl::MutexLock lock(&mutex_);
  if (!closed_) mail_.nudged.insert(peer);
}

Mail Mailbox::Take() {
  absl::MutexLock lock(&mutex_);
  waiting_.clear();
  accepted_.clear();
  asked_.clear();
  return std::exchange(mail_, Mail());
}

void Mailbox::Forget(LinkId link) {
  absl::MutexLock lock(&mutex_);
  flooded_.erase(link);
}

bool Mailbox::HasMail() {
  absl::MutexLock lock(&mutex_);
  return Ready();
}

bool Mailbox::Ready() const {
  return closed_ || !mail_.events.empty() || mail_.peers_changed ||
         !mail_.moved.empty() || !mail_.nudged.empty();
}

bool Mailbox::WaitUntil(absl::Time until) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithDeadline(
      absl::Condition(
          +[](Mailbox* self)
               ABSL_NO_THREAD_SAFETY_ANALYSIS { return self->Ready(); },
          this),
      until);
  return !closed_;
}

void Mailbox::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

}  // namespace minga::federation
