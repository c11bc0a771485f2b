// federation::Transport in memory: messages wait until they are told to arrive,
// can be changed on the way, and streams can be cut at any place.
#ifndef MINGA_TESTS_SUPPORT_TRANSPORT_MEMORY_TRANSPORT_H_
#define MINGA_TESTS_SUPPORT_TRANSPORT_MEMORY_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "federation/transport.h"
#include "node/base/ids.h"

namespace minga::test {

// Threads: any thread may call any method; hooks run on the thread of Deliver.
class MemoryNetwork {
 public:
  using ResponseHook = std::function<void(PeerId from, v1::FollowResponse&)>;
  using RequestHook = std::function<void(PeerId from, v1::FollowRequest&)>;
  using QuestionHook = std::function<void(PeerId from, v1::AskRequest&)>;
  using AnswerHook = std::function<void(PeerId from, v1::AskResponse&)>;

  // A message at the moment of its arrival; one of both is not null.
  struct Travel {
    PeerId from;
    PeerId to;
    v1::FollowRequest* request = nullptr;
    v1::FollowResponse* response = nullptr;
  };
  enum class Fate { kArrives, kArrivesTwice, kConnectionLost };
  using TravelHook = std::function<Fate(const Travel&)>;
  using SentHook =
      std::function<void(PeerId from, PeerId to, const v1::FollowResponse&)>;

  MemoryNetwork();
  ~MemoryNetwork();
  MemoryNetwork(const MemoryNetwork&) = delete;
  MemoryNetwork& operator=(const MemoryNetwork&) = delete;

  // `node` can be reached from now on; `events` until Detach.
  void Attach(PeerId node, federation::LinkEvents* events);
  // `node` is gone without a word: its own streams end, and the other ends
  // learn that the connection is lost.
  void Detach(PeerId node);
  std::unique_ptr<federation::Transport> TransportOf(PeerId node);

  // What travels may be changed here before it arrives.
  void OnResponses(ResponseHook hook);
  void OnRequests(RequestHook hook);
  void OnQuestions(QuestionHook hook);
  void OnAnswers(AnswerHook hook);
  // Decides what becomes of each message, after the hooks above.
  void OnTravel(TravelHook hook);
  // Told of each message of an origin when it is sent, on its thread.
  void OnSent(SentHook hook);
  // Told after anything, the end of a stream too, has arrived at `to`.
  void OnArrival(std::function<void(PeerId to)> hook);

  // Streams and questions on which something waits to arrive.
  std::size_t Waiting() const;
  // Delivers what waits longest on the `nth` of those (modulo their number).
  // False if nothing waits.
  bool Deliver(std::uint64_t nth = 0);
  // Waits for something to arrive, for at most `patience`, and delivers it.
  bool WaitAndDeliver(absl::Duration patience);
  // Messages delivered so far.
  std::uint64_t delivered() const;

  // All connections are lost: what travels never arrives.
  void CutAll();
  // The same for those between these two.
  void CutBetween(PeerId a, PeerId b);
  // New streams to `node` fail at once, or not any more.
  void SetReachable(PeerId node, bool reachable);
  // The same for streams between these two; those there are, are lost.
  void SetParted(PeerId a, PeerId b, bool parted);

 private:
  struct Connection;
  struct Item;
  class Follower;
  class Origin;
  class Answerer;
  class NodeTransport;

  std::unique_ptr<federation::FollowerLink> Open(
      PeerId from, PeerId to, federation::LinkId link,
      federation::LinkEvents& events);
  void Ask(PeerId from, PeerId to, federation::LinkId link,
           const v1::AskRequest& question, federation::LinkEvents& events);
  bool AnyWaits() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Cut(Connection& connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DeliverItem(std::shared_ptr<Connection> connection, Item item);
  void DeliverTo(federation::LinkEvents& events, federation::LinkId link,
                 std::shared_ptr<Connection> connection, Item item);
  // False if the connection was lost instead.
  bool Arrive(const std::shared_ptr<Connection>& connection, Item& item,
              federation::LinkEvents& events, federation::LinkId link);

  mutable absl::Mutex mutex_;
  std::map<PeerId, federation::LinkEvents*> nodes_ ABSL_GUARDED_BY(mutex_);
  std::map<PeerId, bool> unreachable_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<PeerId, PeerId>> parted_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Connection>> connections_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t delivered_ ABSL_GUARDED_BY(mutex_) = 0;
  ResponseHook on_response_;
  RequestHook on_request_;
  QuestionHook on_question_;
  AnswerHook on_answer_;
  TravelHook on_travel_;
  SentHook on_sent_;
  std::function<void(PeerId)> on_arrival_;
};

}  // namespace minga::test

#endif  // MINGA_TESTS_SUPPORT_TRANSPORT_MEMORY_TRANSPORT_H_
