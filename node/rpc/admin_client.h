// The command line's way to the daemon: one channel over the admin socket.
#ifndef MINGA_NODE_RPC_ADMIN_CLIENT_H_
#define MINGA_NODE_RPC_ADMIN_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "minga/v1/admin.grpc.pb.h"
#include "minga/v1/anonymity.grpc.pb.h"
#include "minga/v1/audit.grpc.pb.h"
#include "minga/v1/evidence.grpc.pb.h"
#include "minga/v1/keys.grpc.pb.h"
#include "minga/v1/peers.grpc.pb.h"
#include "minga/v1/pes.grpc.pb.h"
#include "minga/v1/receipts.grpc.pb.h"
#include "minga/v1/reconcile.grpc.pb.h"
#include "node/rpc/status.h"

namespace minga::rpc {

// Threads: any thread may use the stubs.
class AdminClient {
 public:
  // Connects and makes sure that a daemon answers.
  //   UNAVAILABLE          no daemon runs on this data folder; the message says
  //                        how to start one.
  //   NOT_FOUND            no such data folder.
  //   PERMISSION_DENIED    the socket belongs to another user.
  //   INVALID_ARGUMENT     the path is too long for a Unix socket.
  static absl::StatusOr<std::unique_ptr<AdminClient>> Connect(
      absl::string_view data_dir);

  v1::AdminService::StubInterface& admin() { return *admin_; }
  v1::PesService::StubInterface& pes() { return *pes_; }
  v1::AuditService::StubInterface& audit() { return *audit_; }
  v1::AnonymityService::StubInterface& anonymity() { return *anonymity_; }
  v1::EvidenceService::StubInterface& evidence() { return *evidence_; }
  v1::ReceiptService::StubInterface& receipts() { return *receipts_; }
  v1::ReconcileService::StubInterface& reconcile() { return *reconcile_; }
  v1::PeerService::StubInterface& peers() { return *peers_; }
  v1::KeyService::StubInterface& keys() { return *keys_; }

 private:
  explicit AdminClient(const std::shared_ptr<grpc::Channel>& channel);
  std::unique_ptr<v1::AdminService::StubInterface> admin_;
  std::unique_ptr<v1::PesService::StubInterface> pes_;
  std::unique_ptr<v1::AuditService::StubInterface> audit_;
  std::unique_ptr<v1::AnonymityService::StubInterface> anonymity_;
  std::unique_ptr<v1::EvidenceService::StubInterface> evidence_;
  std::unique_ptr<v1::ReceiptService::StubInterface> receipts_;
  std::unique_ptr<v1::ReconcileService::StubInterface> reconcile_;
  std::unique_ptr<v1::PeerService::StubInterface> peers_;
  std::unique_ptr<v1::KeyService::StubInterface> keys_;
};

// One unary call with a deadline, its answer or the error as absl::Status:
//   Call(client.admin(), &v1::AdminService::StubInterface::GetStatus, request)
inline constexpr absl::Duration kCallDeadline = absl::Minutes(10);

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                           const Request&,
                                                           Response*),
                              const Request& request,
                              absl::Duration deadline = kCallDeadline) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  return response;
}

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_ADMIN_CLIENT_H_
