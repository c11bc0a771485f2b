// CallGate bounds the calls that a server answers at once: gRPC's own thread
// limit misbehaves near its bound, and each waiting call holds its request.
#ifndef MINGA_NODE_RPC_CALL_GATE_H_
#define MINGA_NODE_RPC_CALL_GATE_H_

#include <grpcpp/support/status.h>

#include <atomic>

#include "absl/status/status.h"
#include "node/rpc/status.h"

namespace minga::rpc {

// Enough for every operator of a country at once; each call is one thread.
inline constexpr int kAdminCallsMax = 32;

// Threads: any thread may call any method.
class CallGate {
 public:
  // Runs `answer`, which returns absl::Status, unless too many are running.
  template <typename Answer>
  grpc::Status Run(const Answer& answer) {
    const Ticket ticket(running_);
    if (ticket.number > kAdminCallsMax) {
      return ToGrpc(absl::ResourceExhaustedError(
          "too many calls at once; wait for the others to end"));
    }
    return ToGrpc(answer());
  }

 private:
  struct Ticket {
    explicit Ticket(std::atomic<int>& counter)
        : running(counter), number(++counter) {}
    ~Ticket() { --running; }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    std::atomic<int>& running;
    const int number;
  };

  std::atomic<int> running_ = 0;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_CALL_GATE_H_
