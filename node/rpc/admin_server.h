// The admin socket: AdminService, PesService, AuditService, AnonymityService
// and EvidenceService for processes of the node's own user. Its protection is
// the file system's: mode 0600 in a folder of mode 0700.
#ifndef MINGA_NODE_RPC_ADMIN_SERVER_H_
#define MINGA_NODE_RPC_ADMIN_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

class AdminServer {
 public:
  // Serves on `AdminSocketPath(data_dir)`; a socket that a dead daemon left is
  // removed. `node` outlives the server. The caller holds the folder's lock.
  //   FAILED_PRECONDITION  somebody answers there, or it is not a socket.
  //   INVALID_ARGUMENT     the path is too long for a socket.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const NodeParts* node, absl::string_view data_dir);
  virtual ~AdminServer() = default;

  // Lets calls end within `grace`, then cancels them, and removes the socket.
  virtual void Shutdown(absl::Duration grace) = 0;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_ADMIN_SERVER_H_
