// PeerLink is the exchange with one active peer: our stream to it, its stream
// to us, the errands beside them, and whether it has behaved.
#ifndef MINGA_FEDERATION_PEER_LINK_H_
#define MINGA_FEDERATION_PEER_LINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/account.h"
#include "federation/descriptor.h"
#include "federation/mailbox.h"
#include "federation/stream_context.h"
#include "federation/transport.h"
#include "storage/peer_store.h"

namespace minga::federation {

class Asker;
class Errand;
class Follower;
class Publisher;

// Threads: the federation thread only.
class PeerLink {
 public:
  // `context` outlives it; `row` is what is stored, `peer` its descriptor.
  PeerLink(const StreamContext& context, const Descriptor& peer,
           const storage::PeerRow& row, std::shared_ptr<Account> account);
  // Ends both streams.
  ~PeerLink();

  const std::string& note() const { return note_; }
  storage::PeerState state() const { return state_; }

  // True if the event was about a stream of this peer.
  bool Handle(Event& event);
  void Accept(LinkId id, std::unique_ptr<OriginLink> link);
  void Answer(const v1::AskRequest& question, std::unique_ptr<AnswerLink> link);
  void OnFeedMoved();
  void OnNudge(absl::Time now);
  // Something stored about the peer has changed.
  void OnChanged(absl::Time now);
  void OnTime(absl::Time now);
  // Sends pages for its turn; true if there may be more at once. Turns are by
  // bytes (deficit round robin), so that a peer of large pages gets no more
  // than one of small ones.
  bool Pump(absl::Time now);
  absl::Time Due() const;

  // The stream was closed because the peer is no longer active.
  void Finish(const absl::Status& why);

  // Why the peer has to be suspended, once; empty if it has not.
  std::string TakeVerdict() { return account_->conduct.TakeVerdict(); }

  PeerProgress Progress() const;

 private:
  bool HandleOfPublisher(Event& event);
  // Whether it may open a stream or ask now.
  absl::Status Admit(absl::Time now);
  void DropFinished();

  const StreamContext& context_;
  const Descriptor peer_;
  const std::string note_;
  const storage::PeerState state_;
  // Before the streams, which spend it. Shared with the replies under way.
  const std::shared_ptr<Account> account_;
  const std::shared_ptr<Follower> follower_;
  std::shared_ptr<Publisher> publisher_;  // null: no stream
  // Before errands_, which use it.
  const std::unique_ptr<Asker> asker_;
  std::vector<std::shared_ptr<Errand>> errands_;
  // A question was malformed. Shared with the replies under way.
  const std::shared_ptr<bool> malformed_ = std::make_shared<bool>(false);
  std::int64_t balance_ = 0;  // bytes that it may still send in its turn
  absl::Time last_contact_ = absl::InfinitePast();
  std::string last_error_;  // of its stream to us
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PEER_LINK_H_
