// LogServer serves the log over HTTP/1.1 to auditors: GET and HEAD of what
// log_pages.h gives, nothing else. Put a reverse proxy with TLS before it to
// serve others than this machine.
#ifndef MINGA_NODE_HTTP_LOG_SERVER_H_
#define MINGA_NODE_HTTP_LOG_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/http/log_pages.h"

namespace minga::http {

// Auditors are few; the bound keeps a flood from taking the node's memory.
inline constexpr int kConnectionsMax = 32;
// A request line and some headers.
inline constexpr std::uint32_t kHeaderBytesMax = 8 * 1024;
// For the next request to come, or an answer to be taken.
inline constexpr absl::Duration kPatience = absl::Seconds(15);
// Then the connection ends, so that none is held for ever.
inline constexpr int kRequestsPerConnection = 1000;

struct LogServerOptions {
  std::string listen;  // IP address:port; port 0 = any free one
  // All outlive the server.
  const federation::PublishedLog* log = nullptr;
  storage::Database* database = nullptr;
  const Clock* clock = nullptr;
};

// Threads: one of its own; Shutdown from the one that started it.
class LogServer {
 public:
  // INVALID_ARGUMENT     `listen` is no IP address with a port.
  // FAILED_PRECONDITION  the address is taken or not of this machine.
  static absl::StatusOr<std::unique_ptr<LogServer>> Start(
      const LogServerOptions& options);
  virtual ~LogServer() = default;
  // "127.0.0.1:7480", with the port that was taken.
  virtual std::string listening() const = 0;
  // Ends all connections.
  virtual void Shutdown() = 0;
};

}  // namespace minga::http

#endif  // MINGA_NODE_HTTP_LOG_SERVER_H_
