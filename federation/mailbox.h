// Where other threads leave what the federation thread has to do.
#ifndef MINGA_FEDERATION_MAILBOX_H_
#define MINGA_FEDERATION_MAILBOX_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "federation/transport.h"
#include "node/base/ids.h"

namespace minga::federation {

struct Event {
  enum class Kind {
    kResponse,  // of a stream of ours
    kRequest,   // of a stream of a peer
    kClosed,
    kAccepted,
    kAsked,
    kAnswered,
    kFlooded,  // more was sent than the protocol allows; the rest was dropped
    kWritten,  // the writer has done or refused a job
  };

  Event();
  ~Event();
  Event(Event&&) noexcept;
  Event& operator=(Event&&) noexcept;

  Kind kind = Kind::kClosed;
  LinkId link = 0;
  PeerId peer;  // kAccepted, kAsked
  absl::Status status;
  std::unique_ptr<v1::FollowResponse> response;
  std::unique_ptr<v1::FollowRequest> request;
  std::unique_ptr<OriginLink> accepted;
  std::unique_ptr<v1::AskRequest> question;
  std::unique_ptr<AnswerLink> answer_to;
  std::unique_ptr<v1::AskResponse> answer;        // kAnswered, if status is OK
  std::function<void(const absl::Status&)> then;  // kWritten
};

// Everything that was left since the last time.
struct Mail {
  std::vector<Event> events;  // in the order they came
  bool peers_changed = false;
  absl::flat_hash_set<PeerId> moved;  // feeds with new rows
  absl::flat_hash_set<PeerId> nudged;
};

// Threads: any thread may call any method. Bounded: a link may have only so
// many messages waiting as an honest peer can have on the way.
class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void PostResponse(LinkId link, std::unique_ptr<v1::FollowResponse> message);
  void PostRequest(LinkId link, std::unique_ptr<v1::FollowRequest> message);
  void PostClosed(LinkId link, const absl::Status& why);
  // After Close, or when too many of this peer's wait, the link is finished at
  // once.
  void PostAccepted(LinkId link, const PeerId& peer,
                    std::unique_ptr<OriginLink> accepted);
  // After Close, or when too many of this peer's wait, it is refused at once.
  void PostAsked(const PeerId& peer, std::unique_ptr<v1::AskRequest> question,
                 std::unique_ptr<AnswerLink> answer_to);
  void PostAnswered(LinkId link,
                    absl::StatusOr<std::unique_ptr<v1::AskResponse>> answer);
  void PostWritten(std::function<void(const absl::Status&)> then,
                   const absl::Status& status);
  void PostPeersChanged();
  void PostMoved(const std::vector<PeerId>& peers);
  void PostNudge(const PeerId& peer);

  Mail Take();
  // Nothing more of this link is wanted.
  void Forget(LinkId link);

  // Whether something waits.
  bool HasMail();

  // Returns when something waits or at `until`; false after Close.
  bool WaitUntil(absl::Time until);
  void Close();

 private:
  bool Ready() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PostMessage(Event event, int most);

  absl::Mutex mutex_;
  Mail mail_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<LinkId, int> waiting_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<LinkId> flooded_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<PeerId, int> accepted_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<PeerId, int> asked_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_MAILBOX_H_
