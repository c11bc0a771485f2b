// TLS 1.3 with pinned, self-signed certificates in both directions (gRPC's
// pitfalls 1 and 2 of its packaged version): OpenSSL verifies nothing but the
// possession of the key; our own verifier compares the certificate with the
// pins and checks its dates. That TLS 1.2 is refused is set for the whole
// process, by RequireTls13ForProcess.
#ifndef MINGA_NODE_RPC_TLS_H_
#define MINGA_NODE_RPC_TLS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/crypto/certificate.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/rpc/pins.h"
#include "node/rpc/refusals.h"

namespace grpc {
class ChannelCredentials;
class ServerContextBase;
class ServerCredentials;
}  // namespace grpc

namespace minga::rpc {

// What both ends need. gRPC keeps copies for as long as it has connections.
struct TlsParts {
  CertificateAndKey own;
  std::shared_ptr<const PinBook> pins;
  std::shared_ptr<RefusalLog> refusals;
  const Clock* clock = nullptr;  // outlives all connections
  // While certificates change: what to show when dialling a peer, and the
  // folder (cert.pem, key.pem) whose present content the server shows, looked
  // at every second. Null and empty: `own`.
  std::function<CertificateAndKey(const PeerId&)> towards = nullptr;
  std::string serving = {};

  CertificateAndKey Towards(const PeerId& peer) const {
    return towards ? towards(peer) : own;
  }
};

// A client certificate is required, and only a pinned one gets in.
std::shared_ptr<grpc::ServerCredentials> PeerServerCredentials(
    const TlsParts& parts);

// For one peer: the server must present a certificate that is pinned to it.
std::shared_ptr<grpc::ChannelCredentials> PeerChannelCredentials(
    const TlsParts& parts, const PeerId& peer);

// Who is calling: checked again at every call, because a connection outlives
// the removal of a pin and the end of a certificate.
//   UNAUTHENTICATED, PERMISSION_DENIED.
absl::StatusOr<PeerId> IdentifyCaller(const grpc::ServerContextBase& context,
                                      const TlsParts& parts);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_TLS_H_
