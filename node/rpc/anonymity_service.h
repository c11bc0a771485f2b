// AnonymityService of minga/v1/anonymity.proto: ladders, epochs and checks, for
// the node's own operators.
#ifndef MINGA_NODE_RPC_ANONYMITY_SERVICE_H_
#define MINGA_NODE_RPC_ANONYMITY_SERVICE_H_

#include "minga/v1/anonymity.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class AnonymityService final
    : public OperatorService<v1::AnonymityService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status ShowLadder(grpc::ServerContext* context,
                          const v1::ShowLadderRequest* request,
                          v1::ShowLadderResponse* response) override;
  grpc::Status PlanLadder(grpc::ServerContext* context,
                          const v1::PlanLadderRequest* request,
                          v1::PlanLadderResponse* response) override;
  grpc::Status ActivateLadder(grpc::ServerContext* context,
                              const v1::ActivateLadderRequest* request,
                              v1::ActivateLadderResponse* response) override;
  grpc::Status StartEpoch(grpc::ServerContext* context,
                          const v1::StartEpochRequest* request,
                          v1::StartEpochResponse* response) override;
  grpc::Status VerifyAnonymity(grpc::ServerContext* context,
                               const v1::VerifyAnonymityRequest* request,
                               v1::VerifyAnonymityResponse* response) override;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_ANONYMITY_SERVICE_H_
