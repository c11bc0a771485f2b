// KeyService of minga/v1/keys.proto: the keys of this node, for its operators.
#ifndef MINGA_NODE_RPC_KEY_SERVICE_H_
#define MINGA_NODE_RPC_KEY_SERVICE_H_

#include "minga/v1/keys.grpc.pb.h"
#include "node/rpc/operator_service.h"

namespace minga::rpc {

class KeyService final : public OperatorService<v1::KeyService::Service> {
 public:
  using OperatorService::OperatorService;

  grpc::Status ListKeys(grpc::ServerContext* context,
                        const v1::ListKeysRequest* request,
                        v1::ListKeysResponse* response) override;
  grpc::Status RotateKeys(grpc::ServerContext* context,
                          const v1::RotateKeysRequest* request,
                          v1::RotateKeysResponse* response) override;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_KEY_SERVICE_H_
