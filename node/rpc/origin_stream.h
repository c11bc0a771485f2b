// The server's end of one Follow stream, and the set of all of them.
#ifndef MINGA_NODE_RPC_ORIGIN_STREAM_H_
#define MINGA_NODE_RPC_ORIGIN_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "federation/transport.h"
#include "minga/v1/federation.grpc.pb.h"
#include "node/base/ids.h"
#include "node/rpc/tls.h"

namespace minga::rpc {

class OriginStream;

// Threads: any thread may call any method.
class OriginStreams {
 public:
  void Add(const std::shared_ptr<OriginStream>& stream);
  void Remove(const std::shared_ptr<OriginStream>& stream);
  // Cancels the streams of callers that would no longer be let in.
  void CancelUnpinned(const TlsParts& tls);
  // Blocks until no stream is left.
  void AwaitNone();

 private:
  absl::Mutex mutex_;
  std::set<std::shared_ptr<OriginStream>> live_ ABSL_GUARDED_BY(mutex_);
};

// Lifetime: holds itself until OnDone, its link as long as federation does.
// `context` is gRPC's and ends with OnDone.
class OriginStream final
    : public grpc::ServerBidiReactor<v1::FollowRequest, v1::FollowResponse> {
 public:
  // Tells `events` of the stream of `peer` and starts to read it.
  static OriginStream* Accept(grpc::CallbackServerContext* context,
                              const PeerId& peer,
                              federation::LinkEvents* events,
                              std::shared_ptr<OriginStreams> streams);

  void Send(std::unique_ptr<v1::FollowResponse> message);
  // Ends the stream after the message in flight; what is queued is dropped.
  void End(const absl::Status& why);
  // The link is gone: tells nothing more, and cancels unless End was called.
  void Abandon();
  // Ends it at once, whatever is in flight.
  void Cancel(const absl::Status& why);
  // Whether the caller would still be let in.
  absl::Status CheckCaller(const TlsParts& tls) const;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  OriginStream(grpc::CallbackServerContext* context,
               federation::LinkEvents* events,
               std::shared_ptr<OriginStreams> streams)
      : streams_(std::move(streams)), context_(context), events_(events) {}

  federation::LinkEvents* events() const;
  void StartNextWrite() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishOnce(const absl::Status& why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<OriginStreams> streams_;
  // Set before the first read is started, constant from then on.
  federation::LinkId id_ = 0;
  // Touched by read callbacks only, of which one runs at a time.
  std::unique_ptr<v1::FollowRequest> incoming_;

  mutable absl::Mutex mutex_;
  // nullptr after OnDone.
  grpc::CallbackServerContext* context_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<OriginStream> self_ ABSL_GUARDED_BY(mutex_);
  federation::LinkEvents* events_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<v1::FollowResponse>> queue_
      ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<v1::FollowResponse> in_flight_ ABSL_GUARDED_BY(mutex_);
  // Wanted by End, done when nothing is in flight.
  std::optional<absl::Status> ending_ ABSL_GUARDED_BY(mutex_);
  // Finish was called: nothing may be started any more.
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status why_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_ORIGIN_STREAM_H_
