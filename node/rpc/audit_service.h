// AuditService of minga/v1/audit.proto: reading the log is itself logged.
#ifndef MINGA_NODE_RPC_AUDIT_SERVICE_H_
#define MINGA_NODE_RPC_AUDIT_SERVICE_H_

#include <atomic>

#include "absl/status/status.h"
#include "minga/v1/audit.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

inline constexpr int kTailEntriesMax = 10000;
inline constexpr int kTailEntriesDefault = 20;
// Each follows on a thread of its own, out of kAdminCallsMax.
inline constexpr int kFollowersMax = 8;

class AuditService final : public OperatorService<v1::AuditService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status Tail(grpc::ServerContext* context,
                    const v1::TailRequest* request,
                    grpc::ServerWriter<v1::TailResponse>* writer) override;
  grpc::Status VerifyLog(grpc::ServerContext* context,
                         const v1::VerifyLogRequest* request,
                         v1::VerifyLogResponse* response) override;
  grpc::Status Find(grpc::ServerContext* context,
                    const v1::FindRequest* request,
                    grpc::ServerWriter<v1::FindResponse>* writer) override;
  grpc::Status Prove(grpc::ServerContext* context,
                     const v1::ProveRequest* request,
                     v1::ProveResponse* response) override;
  grpc::Status CountDecisions(grpc::ServerContext* context,
                              const v1::CountDecisionsRequest* request,
                              v1::CountDecisionsResponse* response) override;
  grpc::Status ReportPerson(grpc::ServerContext* context,
                            const v1::ReportPersonRequest* request,
                            v1::ReportPersonResponse* response) override;
  grpc::Status CloseLog(grpc::ServerContext* context,
                        const v1::CloseLogRequest* request,
                        v1::CloseLogResponse* response) override;

 private:
  absl::Status DoTail(const grpc::ServerContext& context,
                      const v1::TailRequest& request,
                      grpc::ServerWriter<v1::TailResponse>& writer);
  absl::Status DoVerifyLog(v1::VerifyLogResponse& response) const;
  absl::Status DoCloseLog(v1::CloseLogResponse& response) const;

  std::atomic<int> followers_ = 0;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_AUDIT_SERVICE_H_
