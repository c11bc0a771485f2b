// The port that peers reach: FederationService and nothing else, TLS 1.3 with
// pinned certificates, everything bounded (README.md).
#ifndef MINGA_NODE_RPC_PEER_SERVER_H_
#define MINGA_NODE_RPC_PEER_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/transport.h"
#include "node/base/ids.h"
#include "node/rpc/tls.h"

namespace minga::v1 {
class ProbeRequest;
class ProbeResponse;
}  // namespace minga::v1

namespace minga::rpc {

// One Follow, some questions and probes: a peer that opens more is broken or
// worse.
inline constexpr int kStreamsPerConnectionMax = 8;
// Without TLS by then, the connection is dropped.
inline constexpr absl::Duration kHandshakeTimeout = absl::Seconds(10);
// Longer than our own client keeps a connection on which it asks nothing
// (kQuestionChannelLife), so that no question meets a connection that ends.
inline constexpr absl::Duration kIdleConnectionLife = absl::Minutes(3);
// An operator asks once (`peer check`); each probe reads the database.
inline constexpr int kProbesPerMinute = 30;
// What streams get to end by themselves after the connection's life is over.
inline constexpr absl::Duration kConnectionGrace = absl::Seconds(30);
// Nobody has a reason to send us more than a few hundred bytes of headers.
inline constexpr int kMetadataBytesMax = 8 * 1024;

// Answers `peer check` of the other side; runs on gRPC's threads.
using Prober = std::function<absl::StatusOr<v1::ProbeResponse>(
    const PeerId&, const v1::ProbeRequest&)>;

struct PeerServerOptions {
  std::string listen;  // address:port; port 0 = any
  TlsParts tls;
  federation::LinkEvents* events = nullptr;  // outlives the server
  Prober prober;
  int memory_mb = 256;
  int handshakes_per_minute = 120;  // of one address (KnockBook)
  absl::Duration connection_life = absl::Hours(1);
};

class PeerServer {
 public:
  // FAILED_PRECONDITION  the address is taken, not of this machine, or not
  //                      permitted.
  static absl::StatusOr<std::unique_ptr<PeerServer>> Start(
      PeerServerOptions options);
  virtual ~PeerServer() = default;

  // What was asked for with the port in use.
  virtual const std::string& listening() const = 0;
  // This node has reached `peer` itself, at gRPC's name of an address: the door
  // knows it from now on, as if it had called.
  virtual void Reached(const PeerId& peer, const std::string& address) = 0;
  // The pins have changed: ends the streams of those that lost theirs.
  virtual void PinsChanged() = 0;
  // Ends all streams, after `grace` by force, and returns when the last event
  // has been told. Calls after the first do nothing.
  virtual void Shutdown(absl::Duration grace) = 0;
};

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_PEER_SERVER_H_
