// federation::Transport over gRPC: dials peers.
#ifndef MINGA_NODE_RPC_GRPC_TRANSPORT_H_
#define MINGA_NODE_RPC_GRPC_TRANSPORT_H_

#include <memory>

#include "federation/transport.h"
#include "node/rpc/tls.h"

namespace minga::rpc {

class FollowerStreams;

// Threads: any thread may call any method.
class GrpcTransport final : public federation::Transport {
 public:
  explicit GrpcTransport(TlsParts tls);
  // REQUIRES: Shutdown was called if Follow ever was.
  ~GrpcTransport() override;

  // Each call opens a connection of its own: federation has its own back-off,
  // and a connection that ends with its stream never carries an old pin. Of
  // several endpoints, successive links take turns.
  std::unique_ptr<federation::FollowerLink> Follow(
      const federation::Descriptor& peer, federation::LinkId link,
      federation::LinkEvents& events) override;

  // The pins have changed: cancels the streams that would no longer be opened.
  void PinsChanged();
  // Frees what ended streams still hold; call it now and then.
  void Reap();
  // Cancels all streams and returns when the last event has been told; Follow
  // only answers OnClosed from now on.
  void Shutdown();

 private:
  const TlsParts tls_;
  const std::shared_ptr<FollowerStreams> streams_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_GRPC_TRANSPORT_H_
