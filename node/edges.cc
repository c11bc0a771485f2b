#include "node/edges.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "federation/federation.h"
#include "minga/v1/federation.pb.h"
#include "node/base/status.h"
#include "node/notices.h"
#include "node/rpc/peer_check.h"
#include "storage/database.h"

namespace minga {
namespace {

constexpr absl::Duration kAdminGrace = absl::Seconds(5);

}  // namespace

absl::Status Edges::Open(const Config& config, const std::string& folder,
                         const rpc::NodeParts* node) {
  rpc::PeerServerOptions peers;
  peers.listen = config.listen;
  peers.tls = node->tls;
  peers.events = node->federation;
  peers.prober = [node](const PeerId& peer, const v1::ProbeRequest& request) {
    return rpc::AnswerProbe(*node, peer, request);
  };
  peers.memory_mb = config.memory_mb;
  peers.handshakes_per_minute = config.handshakes_per_minute;
  peers.connection_life = config.connection_life;
  MINGA_ASSIGN_OR_RETURN(peer_server_, rpc::PeerServer::Start(peers));
  peer_edge_ = peer_server_.get();
  if (!config.audit_http.empty()) {
    published_.emplace(node->database, node->own_log);
    MINGA_ASSIGN_OR_RETURN(
        log_server_, http::LogServer::Start({config.audit_http, &*published_,
                                             node->database, node->clock}));
    Notice(absl::StrCat("auditors read the log on http://",
                        log_server_->listening(), "/log/"));
  }
  MINGA_ASSIGN_OR_RETURN(admin_server_, rpc::AdminServer::Start(node, folder));
  return absl::OkStatus();
}

std::string Edges::listening() const {
  const rpc::PeerServer* const edge = peer_edge_;
  return edge == nullptr ? std::string() : edge->listening();
}

void Edges::Reached(const PeerId& peer, const std::string& address) {
  if (rpc::PeerServer* const edge = peer_edge_) edge->Reached(peer, address);
}

void Edges::PinsChanged() {
  if (rpc::PeerServer* const edge = peer_edge_) edge->PinsChanged();
}

void Edges::Shutdown() {
  if (admin_server_ != nullptr) admin_server_->Shutdown(kAdminGrace);
  if (log_server_ != nullptr) log_server_->Shutdown();
  if (peer_server_ != nullptr) peer_server_->Shutdown(absl::ZeroDuration());
}

}  // namespace minga
