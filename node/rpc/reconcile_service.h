// minga.v1.ReconcileService on the admin socket: comparing views with peers,
// and what is left of a restore.
#ifndef MINGA_NODE_RPC_RECONCILE_SERVICE_H_
#define MINGA_NODE_RPC_RECONCILE_SERVICE_H_

#include "absl/status/status.h"
#include "minga/v1/reconcile.grpc.pb.h"
#include "node/rpc/call_gate.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

// Threads: gRPC's.
class ReconcileService final : public v1::ReconcileService::Service {
 public:
  // Both outlive it.
  ReconcileService(const NodeParts* node, CallGate* gate)
      : node_(*node), gate_(*gate) {}

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

 private:
  absl::Status DoStart(const v1::StartComparisonRequest& request,
                       v1::StartComparisonResponse& response) const;
  absl::Status DoGet(const v1::GetComparisonRequest& request,
                     v1::GetComparisonResponse& response) const;
  absl::Status DoGetRecovery(v1::GetRecoveryResponse& response) const;

  const NodeParts& node_;
  CallGate& gate_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_RECONCILE_SERVICE_H_
