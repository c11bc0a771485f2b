// The client's end of one Follow stream, and the set of all of them.
#ifndef MINGA_NODE_RPC_FOLLOWER_STREAM_H_
#define MINGA_NODE_RPC_FOLLOWER_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "federation/transport.h"
#include "minga/v1/federation.grpc.pb.h"
#include "node/base/crypto/hash.h"
#include "node/rpc/pins.h"

namespace minga::rpc {

class FollowerStream;

// Keeps streams alive until gRPC has let go of them, and destroys them on the
// caller's thread: the last channel to go joins gRPC's callback threads, so it
// must not go on one of them.
//
// Threads: any thread may call any method; Reap and Shutdown not from gRPC's
// callbacks.
class FollowerStreams {
 public:
  // False after Shutdown: the stream must not be started.
  bool Add(const std::shared_ptr<FollowerStream>& stream);
  // The stream is done (called by itself, in its last callback).
  void Retire(FollowerStream* stream);
  // Destroys what is done.
  void Reap();
  // Cancels streams to certificates that are no longer pinned.
  void CancelUnpinned(const PinBook& pins);
  // Cancels all and waits until all are done.
  void Shutdown();

 private:
  absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<std::shared_ptr<FollowerStream>> live_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<FollowerStream>> done_ ABSL_GUARDED_BY(mutex_);
};

// Told once, with gRPC's name of the address, when the peer has answered.
using Reached = std::function<void(const std::string& address)>;

// Lifetime: FollowerStreams holds it from Open to OnDone, its link as long as
// federation does. Either may end first.
class FollowerStream final
    : public grpc::ClientBidiReactor<v1::FollowRequest, v1::FollowResponse> {
 public:
  FollowerStream(std::shared_ptr<grpc::Channel> channel,
                 const Digest& certificate, federation::LinkId id,
                 federation::LinkEvents* events,
                 std::shared_ptr<FollowerStreams> streams, Reached reached);

  void Start();
  void Send(const v1::FollowRequest& message);
  // The link is gone: cancels, and tells nothing more.
  void Abandon();
  // Cancels; the end is told as any other.
  void Cancel() { context_.TryCancel(); }
  const Digest& certificate() const { return certificate_; }

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  // The receiver of events; nullptr once abandoned.
  federation::LinkEvents* events() const;

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::FederationService::Stub> stub_;
  const Digest certificate_;
  const federation::LinkId id_;
  const std::shared_ptr<FollowerStreams> streams_;
  grpc::ClientContext context_;
  // Touched by read callbacks only, of which one runs at a time.
  std::unique_ptr<v1::FollowResponse> incoming_;
  Reached reached_;  // null once told

  mutable absl::Mutex mutex_;
  federation::LinkEvents* events_ ABSL_GUARDED_BY(mutex_);
  // The front is in flight while `writing_`.
  std::deque<v1::FollowRequest> queue_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // No write may be started: our hold on the call is or will be given up.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_FOLLOWER_STREAM_H_
