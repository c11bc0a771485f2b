// What the services on the admin socket have in common.
#ifndef MINGA_NODE_RPC_OPERATOR_SERVICE_H_
#define MINGA_NODE_RPC_OPERATOR_SERVICE_H_

#include "node/rpc/call_gate.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

// A generated `Service` that answers from the node's parts, each call inside
// the gate: `return gate_.Run([&]() -> absl::Status { ... });`.
template <typename Service>
class OperatorService : public Service {
 public:
  // Both outlive it.
  OperatorService(const NodeParts* node, CallGate* gate)
      : node_(*node), gate_(*gate) {}

 protected:
  const NodeParts& node_;
  CallGate& gate_;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_OPERATOR_SERVICE_H_
