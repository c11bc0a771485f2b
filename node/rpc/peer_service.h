// PeerService of minga/v1/peers.proto: new keys of peers, suspending, resuming
// and leaving, for the node's own operators.
#ifndef MINGA_NODE_RPC_PEER_SERVICE_H_
#define MINGA_NODE_RPC_PEER_SERVICE_H_

#include "minga/v1/peers.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class PeerService final : public OperatorService<v1::PeerService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status UpdatePeer(grpc::ServerContext* context,
                          const v1::UpdatePeerRequest* request,
                          v1::UpdatePeerResponse* response) override;
  grpc::Status SuspendPeer(grpc::ServerContext* context,
                           const v1::SuspendPeerRequest* request,
                           v1::SuspendPeerResponse* response) override;
  grpc::Status ResumePeer(grpc::ServerContext* context,
                          const v1::ResumePeerRequest* request,
                          v1::ResumePeerResponse* response) override;
  grpc::Status RemovePeer(grpc::ServerContext* context,
                          const v1::RemovePeerRequest* request,
                          v1::RemovePeerResponse* response) override;
  grpc::Status ListFarewells(grpc::ServerContext* context,
                             const v1::ListFarewellsRequest* request,
                             v1::ListFarewellsResponse* response) override;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_SERVICE_H_
