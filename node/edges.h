// Edges are where others reach the node: the peers' port, the auditors' port if
// there is one, and the admin socket.
#ifndef MINGA_NODE_EDGES_H_
#define MINGA_NODE_EDGES_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "federation/published_log.h"
#include "node/config.h"
#include "node/http/log_server.h"
#include "node/rpc/admin_server.h"
#include "node/rpc/node_parts.h"
#include "node/rpc/peer_server.h"

namespace minga {

// Threads: Open and Shutdown from one thread, the rest from any.
class Edges {
 public:
  Edges() = default;
  ~Edges() { Shutdown(); }
  Edges(const Edges&) = delete;
  Edges& operator=(const Edges&) = delete;

  // Opens the ports and, last, the socket in `folder`. `node` is filled and
  // outlives the edges.
  //   FAILED_PRECONDITION  an address is taken, not of this machine, or not
  //                        permitted.
  absl::Status Open(const Config& config, const std::string& folder,
                    const rpc::NodeParts* node);

  // Where peers are served; empty before Open.
  std::string listening() const;

  // This node has reached `peer` at gRPC's name of an address.
  void Reached(const PeerId& peer, const std::string& address);

  // Ends the streams of peers whose certificates count no longer.
  void PinsChanged();

  // Calls on the admin socket get some seconds to end; peers' streams none,
  // because what they had not acknowledged is sent again.
  void Shutdown();

 private:
  std::optional<federation::PublishedLog> published_;
  std::unique_ptr<http::LogServer> log_server_;
  std::unique_ptr<rpc::PeerServer> peer_server_;
  // The same, for threads that run before it does.
  std::atomic<rpc::PeerServer*> peer_edge_ = nullptr;
  std::unique_ptr<rpc::AdminServer> admin_server_;
};

}  // namespace minga

#endif  // MINGA_NODE_EDGES_H_
