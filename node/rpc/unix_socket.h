// The admin socket's path and who is behind it.
#ifndef MINGA_NODE_RPC_UNIX_SOCKET_H_
#define MINGA_NODE_RPC_UNIX_SOCKET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::rpc {

// A put of kPutBatchRecordsMax records at a few KiB each fits; only the
// operator's own processes reach the socket.
inline constexpr int kAdminMessageBytesMax = 64 * 1024 * 1024;

// `<data>/admin.sock`.
std::string AdminSocketPath(absl::string_view data_dir);

enum class SocketState {
  kMissing,  // nothing there
  kStale,    // left behind by a daemon that ended without removing it
  kAnswers,  // somebody listens
};

//   PERMISSION_DENIED    it belongs to another user.
//   FAILED_PRECONDITION  something else than a socket is there.
//   INVALID_ARGUMENT     longer than a Unix socket's path can be (107 bytes).
absl::StatusOr<SocketState> ProbeUnixSocket(const std::string& path);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_UNIX_SOCKET_H_
