// The questions that this node puts to its peers (rpc Ask): the client's end.
#ifndef MINGA_NODE_RPC_QUESTION_CALLS_H_
#define MINGA_NODE_RPC_QUESTION_CALLS_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "federation/transport.h"
#include "node/base/crypto/hash.h"
#include "node/rpc/pins.h"
#include "node/rpc/tls.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace minga::rpc {

// The errands of a peer come seconds or a day apart; a connection that waits
// longer than this only holds memory at both ends.
inline constexpr absl::Duration kQuestionChannelLife = absl::Minutes(2);

// Keeps calls until gRPC has let go of them, and the connections that
// successive questions share. Both are destroyed on the caller's thread: the
// last channel to go joins gRPC's callback threads.
//
// Threads: any thread may call any method; Reap and Shutdown not from gRPC's
// callbacks.
class QuestionCalls {
 public:
  explicit QuestionCalls(TlsParts tls) : tls_(std::move(tls)) {}

  // federation::Transport::Ask, towards `endpoint` of the node that holds
  // `certificate`. `self` is this.
  static void Ask(const std::shared_ptr<QuestionCalls>& self,
                  const PeerId& peer, const Digest& certificate,
                  const std::string& endpoint, federation::LinkId link,
                  const v1::AskRequest& question, absl::Duration patience,
                  federation::LinkEvents& events);

  // Destroys calls that are done and connections that nobody needs.
  void Reap();
  // The pins or our own certificate have changed: ends what goes to
  // certificates that are no longer pinned, and begins new connections.
  void CancelUnpinned();
  // Cancels all and waits until all are done.
  void Shutdown();

 private:
  struct Call;
  struct Line {
    std::shared_ptr<grpc::Channel> channel;
    absl::Time used_at;
  };
  using LineKey = std::pair<Digest, std::string>;

  std::shared_ptr<grpc::Channel> ChannelTo(const PeerId& peer,
                                           const Digest& certificate,
                                           const std::string& endpoint)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Retire(const Call* call);

  const TlsParts tls_;
  absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<LineKey, Line> lines_ ABSL_GUARDED_BY(mutex_);
  std::set<std::shared_ptr<Call>> live_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Call>> done_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_QUESTION_CALLS_H_
