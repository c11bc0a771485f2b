// The engine: one thread, all peers.
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "federation/account.h"
#include "federation/federation.h"
#include "federation/job_desk.h"
#include "federation/keyring.h"
#include "federation/mailbox.h"
#include "federation/peer_link.h"
#include "federation/side_desk.h"
#include "federation/standing.h"
#include "federation/stream_context.h"
#include "minga/v1/federation.pb.h"

namespace minga::federation {
namespace {

constexpr absl::Duration kReloadAfter = absl::Seconds(5);
// A clock that goes back by more was set right by somebody: what was to happen
// at times of the old one could be hours away. Less only makes waits longer.
constexpr absl::Duration kSetBack = absl::Minutes(1);

Signer SignerOf(const Parts& parts) {
  if (parts.keyring == nullptr) {
    return Signer(parts.node_key, parts.node_key_name);
  }
  return Signer([ring = parts.keyring](absl::string_view text) {
    return ring->Sign(KeyUse::kNode, text);
  });
}

class Engine final : public Federation {
 public:
  explicit Engine(const Parts& parts)
      : mailbox_(std::make_shared<Mailbox>()),
        context_{parts, SignerOf(parts), nullptr, this},
        desk_(*parts.database, mailbox_),
        side_(parts.aside, mailbox_) {
    context_.desk = &desk_;
    context_.side = &side_;
    context_.nudge = [this](const PeerId& peer) { Nudge(peer); };
    context_.reload = [this] { PeersChanged(); };
  }
  ~Engine() override { mailbox_->Close(); }

  absl::Time Tick() override;
  bool WaitUntil(absl::Time until) override {
    return mailbox_->WaitUntil(until);
  }
  void PeersChanged() override { mailbox_->PostPeersChanged(); }
  void FeedsMoved(const std::vector<PeerId>& peers) override {
    mailbox_->PostMoved(peers);
  }
  // Whoever waits for it looks at the own log at every Tick.
  void LogSigned() override {
    mailbox_->PostWritten([](const absl::Status&) {}, absl::OkStatus());
  }
  void Nudge(const PeerId& peer) override { mailbox_->PostNudge(peer); }
  std::vector<PeerProgress> Progress() const override {
    absl::MutexLock lock(&mutex_);
    return progress_;
  }
  void Close() override;

  void OnResponse(LinkId link,
                  std::unique_ptr<v1::FollowResponse> message) override {
    mailbox_->PostResponse(link, std::move(message));
  }
  void OnRequest(LinkId link,
                 std::unique_ptr<v1::FollowRequest> message) override {
    mailbox_->PostRequest(link, std::move(message));
  }
  void OnClosed(LinkId link, const absl::Status& why) override {
    mailbox_->PostClosed(link, why);
  }
  LinkId OnAccepted(const PeerId& peer,
                    std::unique_ptr<OriginLink> link) override {
    const LinkId id = NewLinkId();
    mailbox_->PostAccepted(id, peer, std::move(link));
    return id;
  }

  void OnAsked(const PeerId& peer, std::unique_ptr<v1::AskRequest> question,
               std::unique_ptr<AnswerLink> link) override {
    mailbox_->PostAsked(peer, std::move(question), std::move(link));
  }
  void OnAnswered(
      LinkId link,
      absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer) override {
    mailbox_->PostAnswered(link, std::move(answer));
  }

 private:
  void Load(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  // Ends all streams and forgets all times; the peers are loaded again.
  void BeginAnew() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  // A peer that is stored but not exchanged with, and why.
  void Exclude(const PeerId& peer, const absl::Status& why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  void Admit(const storage::PeerRow& row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  // Why it is not exchanged with. REQUIRES: it is not.
  absl::Status WhyNot(const PeerId& peer) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  void Suspend(const PeerId& peer, const std::string& why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  void Handle(Event& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_);

  const std::shared_ptr<Mailbox> mailbox_;
  StreamContext context_;
  // After context_, which its jobs use; before peers_, which use it.
  JobDesk desk_;
  SideDesk side_;

  // Held for a whole Tick, so that Close may come from another thread.
  absl::Mutex turn_;
  bool closed_ ABSL_GUARDED_BY(turn_) = false;
  absl::Time last_tick_ ABSL_GUARDED_BY(turn_) = absl::InfinitePast();
  bool reload_ ABSL_GUARDED_BY(turn_) = true;
  absl::Time reload_at_ ABSL_GUARDED_BY(turn_) = absl::InfinitePast();
  // Of each peer that is exchanged with, whatever descriptor it has.
  std::map<PeerId, std::shared_ptr<Account>> accounts_ ABSL_GUARDED_BY(turn_);
  std::map<PeerId, std::unique_ptr<PeerLink>> peers_ ABSL_GUARDED_BY(turn_);
  std::map<PeerId, absl::Status> excluded_ ABSL_GUARDED_BY(turn_);

  mutable absl::Mutex mutex_;
  std::vector<PeerProgress> progress_ ABSL_GUARDED_BY(mutex_);
};

absl::Time Engine::Tick() {
  absl::MutexLock turn(&turn_);
  if (closed_) return absl::InfiniteFuture();
  Mail mail = mailbox_->Take();
  reload_ = reload_ || mail.peers_changed;
  const absl::Time now = context_.Now();
  if (now < last_tick_ - kSetBack) BeginAnew();
  last_tick_ = now;
  // Before the events: a stream of a peer suspended just now is not accepted.
  if (reload_ && (mail.peers_changed || now >= reload_at_)) Load(now);
  for (Event& event : mail.events) Handle(event);
  for (const PeerId& peer : mail.moved) {
    const auto found = peers_.find(peer);
    if (found != peers_.end()) found->second->OnFeedMoved();
  }
  for (const PeerId& peer : mail.nudged) {
    const auto found = peers_.find(peer);
    if (found != peers_.end()) found->second->OnNudge(now);
  }
  bool more = false;
  absl::Time due = reload_ ? reload_at_ : absl::InfiniteFuture();
  for (const auto& [id, peer] : peers_) {
    peer->OnTime(now);
    more |= peer->Pump(now);
    due = std::min(due, peer->Due());
    const std::string verdict = peer->TakeVerdict();
    if (!verdict.empty()) Suspend(id, verdict);
  }
  Publish();
  // Work that was done at once has left its outcome there.
  return more || mailbox_->HasMail() ? now : due;
}

void Engine::Load(absl::Time now) {
  std::vector<storage::PeerRow> rows;
  const absl::Status read = context_.parts.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        auto list = snapshot.peers().List();
        if (list.ok()) rows = *std::move(list);
        return list.status();
      });
  reload_ = !read.ok();
  reload_at_ = now + kReloadAfter;
  if (!read.ok()) return;
  excluded_.clear();
  std::map<PeerId, std::unique_ptr<PeerLink>> old = std::move(peers_);
  peers_.clear();
  for (const storage::PeerRow& row : rows) {
    const auto known = old.find(row.id);
    if (known != old.end() && known->second->state() == row.state &&
        known->second->note() == row.descriptor) {
      known->second->OnChanged(now);
      peers_.insert(old.extract(known));
    } else {
      Admit(row);
    }
  }
  // Whom an operator resumes begins anew.
  for (auto it = accounts_.begin(); it != accounts_.end();) {
    it = peers_.contains(it->first) ? std::next(it) : accounts_.erase(it);
  }
  for (const auto& [id, peer] : old) {
    const auto why = excluded_.find(id);
    peer->Finish(why != excluded_.end() ? why->second
                 : peers_.contains(id)
                     ? absl::AbortedError("the peer's standing has changed")
                     : absl::PermissionDeniedError("no longer a peer"));
  }
}

void Engine::BeginAnew() {
  for (const auto& [id, peer] : peers_) {
    peer->Finish(absl::UnavailableError("the clock of this node was set back"));
  }
  peers_.clear();
  reload_ = true;
  reload_at_ = absl::InfinitePast();
}

void Engine::Admit(const storage::PeerRow& row) {
  if (row.state == storage::PeerState::kSuspended) {
    Exclude(row.id, absl::PermissionDeniedError("the peer is suspended"));
    return;
  }
  const absl::StatusOr<Descriptor> descriptor = ReadDescriptor(row.descriptor);
  if (!descriptor.ok()) {
    Exclude(row.id, absl::FailedPreconditionError(absl::StrCat(
                        "stored ", descriptor.status().message())));
    return;
  }
  if (descriptor->country != row.id || row.id == context_.parts.own) {
    Exclude(row.id,
            absl::FailedPreconditionError(absl::StrCat(
                "stored descriptor is of ", descriptor->country.ToString())));
    return;
  }
  std::shared_ptr<Account>& account = accounts_[row.id];
  if (account == nullptr) {
    account = std::make_shared<Account>(*context_.parts.random,
                                        context_.parts.allowances);
  }
  peers_[row.id] =
      std::make_unique<PeerLink>(context_, *descriptor, row, account);
}

void Engine::Exclude(const PeerId& peer, const absl::Status& why) {
  excluded_.emplace(peer, why);
}

absl::Status Engine::WhyNot(const PeerId& peer) const {
  const auto excluded = excluded_.find(peer);
  return excluded != excluded_.end()
             ? excluded->second
             : absl::PermissionDeniedError("not a peer");
}

void Engine::Suspend(const PeerId& peer, const std::string& why) {
  desk_.Submit(
      [peer, why,
       clock = context_.parts.clock](storage::Transaction& transaction) {
        const absl::Status status =
            federation::Suspend(transaction, peer, "system", why, clock->Now());
        // It is suspended already, or leaves.
        return absl::IsFailedPrecondition(status) ? absl::OkStatus() : status;
      },
      [mailbox = mailbox_,
       changed = context_.parts.peers_changed](const absl::Status& status) {
        // If it failed, the next offence tries again.
        if (!status.ok()) return;
        mailbox->PostPeersChanged();
        if (changed) changed();
      });
}

void Engine::Handle(Event& event) {
  if (event.kind == Event::Kind::kWritten) {
    event.then(event.status);
    return;
  }
  if (event.kind == Event::Kind::kAccepted) {
    const auto found = peers_.find(event.peer);
    if (found != peers_.end()) {
      found->second->Accept(event.link, std::move(event.accepted));
      return;
    }
    event.accepted->Finish(WhyNot(event.peer));
    return;
  }
  if (event.kind == Event::Kind::kAsked) {
    const auto found = peers_.find(event.peer);
    if (found != peers_.end()) {
      found->second->Answer(*event.question, std::move(event.answer_to));
      return;
    }
    event.answer_to->Answer(WhyNot(event.peer));
    return;
  }
  for (const auto& [id, peer] : peers_) {
    if (peer->Handle(event)) return;
  }
  // Of a stream that has ended.
  mailbox_->Forget(event.link);
}

void Engine::Publish() {
  std::vector<PeerProgress> progress;
  for (const auto& [id, peer] : peers_) progress.push_back(peer->Progress());
  for (const auto& [id, why] : excluded_) {
    progress.emplace_back().peer = id;
    progress.back().last_error = why.ToString();
  }
  absl::MutexLock lock(&mutex_);
  progress_ = std::move(progress);
}

void Engine::Close() {
  mailbox_->Close();
  absl::MutexLock turn(&turn_);
  closed_ = true;
  for (const auto& [id, peer] : peers_) {
    peer->Finish(absl::UnavailableError("this node is stopping"));
  }
  peers_.clear();
  Publish();
}

}  // namespace

std::unique_ptr<Federation> Federation::Create(const Parts& parts) {
  return std::make_unique<Engine>(parts);
}

}  // namespace minga::federation
