// EvidenceService of minga/v1/evidence.proto: the log for auditors to take
// away, and what was found against the logs of peers.
#ifndef MINGA_NODE_RPC_EVIDENCE_SERVICE_H_
#define MINGA_NODE_RPC_EVIDENCE_SERVICE_H_

#include "absl/status/status.h"
#include "minga/v1/evidence.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class EvidenceService final
    : public OperatorService<v1::EvidenceService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status ExportLog(
      grpc::ServerContext* context, const v1::ExportLogRequest* request,
      grpc::ServerWriter<v1::ExportLogResponse>* writer) override;
  grpc::Status ListWitnessed(grpc::ServerContext* context,
                             const v1::ListWitnessedRequest* request,
                             v1::ListWitnessedResponse* response) override;

 private:
  absl::Status DoExportLog(
      const v1::ExportLogRequest& request,
      grpc::ServerWriter<v1::ExportLogResponse>& writer) const;
  absl::Status DoListWitnessed(v1::ListWitnessedResponse& response) const;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_EVIDENCE_SERVICE_H_
