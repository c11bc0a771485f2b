// What gRPC does not tell of a connection that fails: how far it gets, step by
// step, over plain sockets and OpenSSL. Blocks; for `peer check` only.
#ifndef MINGA_NODE_RPC_TLS_PROBE_H_
#define MINGA_NODE_RPC_TLS_PROBE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/crypto/certificate.h"

namespace minga::rpc {

inline constexpr absl::Duration kProbeTimeout = absl::Seconds(5);

struct HostPort {
  std::string host;  // without brackets
  std::string port;
};
HostPort SplitEndpoint(absl::string_view endpoint);

// Addresses of the host as text, in the order the system would try them.
// NOT_FOUND with what the resolver said.
absl::StatusOr<std::vector<std::string>> ResolveHost(const HostPort& endpoint);

struct TlsFacts {
  std::string version;          // "TLSv1.3"
  std::string certificate_pem;  // as presented, not verified
};
// FAILED_PRECONDITION, saying what was spoken, unless it is TLS 1.3: nodes
// speak nothing older with each other.
absl::Status CheckSpoken(const TlsFacts& facts);

// A connected TCP socket; closes it.
class ProbeSocket {
 public:
  // UNAVAILABLE with the system's reason for the last address.
  static absl::StatusOr<ProbeSocket> Connect(const HostPort& endpoint);
  ~ProbeSocket();
  ProbeSocket(ProbeSocket&& other) noexcept;
  ProbeSocket& operator=(ProbeSocket&&) = delete;

  // Shakes hands, presenting `own`, also in older TLS: to say that it was
  // spoken. UNAVAILABLE with OpenSSL's reason.
  absl::StatusOr<TlsFacts> ShakeHands(const CertificateAndKey& own);

 private:
  explicit ProbeSocket(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_TLS_PROBE_H_
