#include "node/rpc/admin_server.h"

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/rpc/admin_service.h"
#include "node/rpc/anonymity_service.h"
#include "node/rpc/audit_service.h"
#include "node/rpc/call_gate.h"
#include "node/rpc/evidence_service.h"
#include "node/rpc/key_service.h"
#include "node/rpc/peer_service.h"
#include "node/rpc/pes_service.h"
#include "node/rpc/receipt_service.h"
#include "node/rpc/reconcile_service.h"
#include "node/rpc/unix_socket.h"

namespace minga::rpc {
namespace {

absl::Status MakeWay(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const SocketState state, ProbeUnixSocket(path));
  if (state == SocketState::kAnswers) {
    return absl::FailedPreconditionError(
        absl::StrCat("another daemon answers on `", path, "`"));
  }
  if (state == SocketState::kStale && ::unlink(path.c_str()) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot remove the stale `", path, "`: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

class SocketServer final : public AdminServer {
 public:
  SocketServer(const NodeParts* node, std::string path)
      : path_(std::move(path)),
        has_anonymity_(node->anonymity != nullptr),
        has_evidence_(node->own_log != nullptr),
        has_recovery_(node->recovery != nullptr),
        admin_(node, &gate_),
        pes_(node, &gate_),
        audit_(node, &gate_),
        receipts_(node, &gate_),
        anonymity_(node, &gate_),
        evidence_(node, &gate_),
        reconcile_(node, &gate_),
        peers_(node, &gate_),
        keys_(node, &gate_) {}
  ~SocketServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("unix:", path_),
                             grpc::InsecureServerCredentials());
    builder.SetMaxReceiveMessageSize(kAdminMessageBytesMax);
    builder.SetMaxSendMessageSize(kAdminMessageBytesMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kAdminCallsMax);
    builder.RegisterService(&admin_);
    builder.RegisterService(&pes_);
    builder.RegisterService(&audit_);
    builder.RegisterService(&receipts_);
    builder.RegisterService(&peers_);
    builder.RegisterService(&keys_);
    if (has_anonymity_) builder.RegisterService(&anonymity_);
    if (has_evidence_) builder.RegisterService(&evidence_);
    if (has_recovery_) builder.RegisterService(&reconcile_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot serve on `", path_, "`"));
    }
    // Until here the folder's own mode protects it.
    if (::chmod(path_.c_str(), S_IRUSR | S_IWUSR) != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot protect `", path_, "`: ", std::strerror(errno)));
    }
    return absl::OkStatus();
  }

  void Shutdown(absl::Duration grace) override {
    if (server_ == nullptr) return;
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_->Wait();
    server_ = nullptr;
    ::unlink(path_.c_str());
  }

 private:
  const std::string path_;
  const bool has_anonymity_;
  const bool has_evidence_;
  const bool has_recovery_;
  CallGate gate_;
  AdminService admin_;
  PesService pes_;
  AuditService audit_;
  ReceiptService receipts_;
  AnonymityService anonymity_;
  EvidenceService evidence_;
  ReconcileService reconcile_;
  PeerService peers_;
  KeyService keys_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const NodeParts* node, absl::string_view data_dir) {
  std::string path = AdminSocketPath(data_dir);
  MINGA_RETURN_IF_ERROR(MakeWay(path));
  auto server = std::make_unique<SocketServer>(node, std::move(path));
  MINGA_RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace minga::rpc
