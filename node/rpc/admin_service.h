// AdminService of minga/v1/admin.proto.
#ifndef MINGA_NODE_RPC_ADMIN_SERVICE_H_
#define MINGA_NODE_RPC_ADMIN_SERVICE_H_

#include "minga/v1/admin.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class AdminService final : public OperatorService<v1::AdminService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status GetStatus(grpc::ServerContext* context,
                         const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override;
  grpc::Status Invite(grpc::ServerContext* context,
                      const v1::InviteRequest* request,
                      v1::InviteResponse* response) override;
  grpc::Status AddPeer(grpc::ServerContext* context,
                       const v1::AddPeerRequest* request,
                       v1::AddPeerResponse* response) override;
  grpc::Status CheckPeer(grpc::ServerContext* context,
                         const v1::CheckPeerRequest* request,
                         v1::CheckPeerResponse* response) override;
  grpc::Status DraftMou(grpc::ServerContext* context,
                        const v1::DraftMouRequest* request,
                        v1::DraftMouResponse* response) override;
  grpc::Status SignMou(grpc::ServerContext* context,
                       const v1::SignMouRequest* request,
                       v1::SignMouResponse* response) override;
  grpc::Status CheckPolicy(grpc::ServerContext* context,
                           const v1::CheckPolicyRequest* request,
                           v1::CheckPolicyResponse* response) override;
  grpc::Status ActivatePolicy(grpc::ServerContext* context,
                              const v1::ActivatePolicyRequest* request,
                              v1::ActivatePolicyResponse* response) override;
  grpc::Status DiffPolicy(
      grpc::ServerContext* context, const v1::DiffPolicyRequest* request,
      grpc::ServerWriter<v1::DiffPolicyResponse>* writer) override;
  grpc::Status ListHeld(grpc::ServerContext* context,
                        const v1::ListHeldRequest* request,
                        v1::ListHeldResponse* response) override;
  grpc::Status ReleaseHeld(grpc::ServerContext* context,
                           const v1::ReleaseHeldRequest* request,
                           v1::ReleaseHeldResponse* response) override;
  grpc::Status ExplainDecision(grpc::ServerContext* context,
                               const v1::ExplainDecisionRequest* request,
                               v1::ExplainDecisionResponse* response) override;
  grpc::Status ListViews(grpc::ServerContext* context,
                         const v1::ListViewsRequest* request,
                         v1::ListViewsResponse* response) override;
  grpc::Status TraceRecord(grpc::ServerContext* context,
                           const v1::TraceRecordRequest* request,
                           v1::TraceRecordResponse* response) override;
  grpc::Status BackUp(grpc::ServerContext* context,
                      const v1::BackUpRequest* request,
                      v1::BackUpResponse* response) override;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_ADMIN_SERVICE_H_
