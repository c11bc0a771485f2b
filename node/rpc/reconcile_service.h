// minga.v1.ReconcileService on the admin socket: comparing views with peers,
// and what is left of a restore.
#ifndef MINGA_NODE_RPC_RECONCILE_SERVICE_H_
#define MINGA_NODE_RPC_RECONCILE_SERVICE_H_

#include "minga/v1/reconcile.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

// Threads: gRPC's.
class ReconcileService final
    : public OperatorService<v1::ReconcileService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status StartComparison(grpc::ServerContext* context,
                               const v1::StartComparisonRequest* request,
                               v1::StartComparisonResponse* response) override;
  grpc::Status GetComparison(grpc::ServerContext* context,
                             const v1::GetComparisonRequest* request,
                             v1::GetComparisonResponse* response) override;
  grpc::Status GetRecovery(grpc::ServerContext* context,
                           const v1::GetRecoveryRequest* request,
                           v1::GetRecoveryResponse* response) override;
  grpc::Status ConfirmRestore(grpc::ServerContext* context,
                              const v1::ConfirmRestoreRequest* request,
                              v1::ConfirmRestoreResponse* response) override;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_RECONCILE_SERVICE_H_
