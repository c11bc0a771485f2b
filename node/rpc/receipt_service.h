// ReceiptService of minga/v1/receipts.proto: what was said about pages and
// records, for the node's own operators.
#ifndef MINGA_NODE_RPC_RECEIPT_SERVICE_H_
#define MINGA_NODE_RPC_RECEIPT_SERVICE_H_

#include "minga/v1/receipts.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class ReceiptService final
    : public OperatorService<v1::ReceiptService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status ListReceipts(grpc::ServerContext* context,
                            const v1::ListReceiptsRequest* request,
                            v1::ListReceiptsResponse* response) override;
  grpc::Status ListRejections(grpc::ServerContext* context,
                              const v1::ListRejectionsRequest* request,
                              v1::ListRejectionsResponse* response) override;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_RECEIPT_SERVICE_H_
