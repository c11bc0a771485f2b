// A call of somebody who may not call.
#ifndef MINGA_NODE_RPC_REFUSED_CALL_H_
#define MINGA_NODE_RPC_REFUSED_CALL_H_

#include <grpcpp/alarm.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "node/rpc/status.h"

namespace minga::rpc {

// gRPC cannot be told to close the connection of a peer that was suspended. But
// a connection has only so many calls at once, so who has to wait for the
// answer cannot keep this node busy with refusing.
inline constexpr absl::Duration kRefusalDelay = absl::Seconds(1);

// `Reactor` is a grpc::Server...Reactor. Lifetime: its own, until OnDone.
template <typename Reactor>
class RefusedCall final : public Reactor {
 public:
  // Ends with `why` after kRefusalDelay, or when the caller gives up.
  static Reactor* Make(const absl::Status& why) {
    return std::make_unique<RefusedCall>(why).release();
  }
  explicit RefusedCall(const absl::Status& why) {
    alarm_.Set(absl::ToChronoTime(absl::Now() + kRefusalDelay),
               [this, why](bool) { this->Finish(ToGrpc(why)); });
  }
  void OnCancel() override { alarm_.Cancel(); }
  void OnDone() override { const std::unique_ptr<RefusedCall> self(this); }

 private:
  grpc::Alarm alarm_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_REFUSED_CALL_H_
