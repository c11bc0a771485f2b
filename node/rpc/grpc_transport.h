// federation::Transport over gRPC: dials peers.
#ifndef MINGA_NODE_RPC_GRPC_TRANSPORT_H_
#define MINGA_NODE_RPC_GRPC_TRANSPORT_H_

#include <functional>
#include <memory>
#include <string>

#include "federation/transport.h"
#include "node/rpc/tls.h"

namespace minga::rpc {

class FollowerStreams;
class QuestionCalls;

// Threads: any thread may call any method.
class GrpcTransport final : public federation::Transport {
 public:
  // `reached` hears of each peer that has answered us, with gRPC's name of its
  // address; it runs on gRPC's threads until Shutdown.
  using PeerReached =
      std::function<void(const PeerId& peer, const std::string& address)>;
  explicit GrpcTransport(TlsParts tls, PeerReached reached = nullptr);
  // REQUIRES: Shutdown was called if Follow or Ask ever was.
  ~GrpcTransport() override;

  // Each call opens a connection of its own: federation has its own back-off,
  // and a connection that ends with its stream never carries an old pin.
  std::unique_ptr<federation::FollowerLink> Follow(
      const federation::Descriptor& peer, federation::LinkId link,
      federation::LinkEvents& events) override;

  // Successive questions to one endpoint share a connection.
  void Ask(const federation::Descriptor& peer, federation::LinkId link,
           const v1::AskRequest& question, absl::Duration patience,
           federation::LinkEvents& events) override;

  // The pins have changed: cancels what would no longer be opened.
  void PinsChanged();
  // Frees what ended streams and calls still hold; call it now and then.
  void Reap();
  // Cancels everything and returns when the last event has been told; Follow
  // and Ask only answer that from now on.
  void Shutdown();

 private:
  const TlsParts tls_;
  const PeerReached reached_;
  const std::shared_ptr<FollowerStreams> streams_;
  const std::shared_ptr<QuestionCalls> calls_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_GRPC_TRANSPORT_H_
