#ifndef MINGA_NODE_RPC_RECEIPT_SERVICE_H_
#define MINGA_NODE_RPC_RECEIPT_SERVICE_H_

#include "minga/v1/receipts.grpc.pb.h"
#include "node/rpc/call_gate.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

class ReceiptService final : public v1::ReceiptService::Service {
 public:
  // `node` and `gate` outlive it.
  ReceiptService(const NodeParts* node, CallGate* gate)
      : node_(*node), gate_(*gate) {}

  grpc::Status ListReceipts(grpc::ServerContext* context,
                            const v1::ListReceiptsRequest* request,
                            v1::ListReceiptsResponse* response) override;
  grpc::Status ListRejections(grpc::ServerContext* context,
                              const v1::ListRejectionsRequest* request,
                              v1::ListRejectionsResponse* response) override;

 private:
  const NodeParts& node_;
  CallGate& gate_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_RECEIPT_SERVICE_H_
