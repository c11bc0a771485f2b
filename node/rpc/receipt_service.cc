#include "node/rpc/receipt_service.h"

#include "node/base/status.h"
#include "node/rpc/receipt_report.h"

namespace minga::rpc {

grpc::Status ReceiptService::ListReceipts(
    grpc::ServerContext* /*context*/, const v1::ListReceiptsRequest* request,
    v1::ListReceiptsResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response, rpc::ListReceipts(node_, *request));
    return absl::OkStatus();
  });
}

grpc::Status ReceiptService::ListRejections(
    grpc::ServerContext* /*context*/, const v1::ListRejectionsRequest* request,
    v1::ListRejectionsResponse* response) {
  return gate_.Run([&]() -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(*response, rpc::ListRejections(node_, *request));
    return absl::OkStatus();
  });
}

}  // namespace minga::rpc
