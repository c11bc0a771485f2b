#include "node/rpc/grpc_transport.h"

#include <string>
#include <utility>

#include "federation/descriptor.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "node/rpc/follower_stream.h"
#include "node/rpc/peer_channel.h"

namespace minga::rpc {
namespace {

class StreamLink final : public federation::FollowerLink {
 public:
  explicit StreamLink(std::shared_ptr<FollowerStream> stream)
      : stream_(std::move(stream)) {}
  ~StreamLink() override { stream_->Abandon(); }
  StreamLink(const StreamLink&) = delete;
  StreamLink& operator=(const StreamLink&) = delete;
  void Send(const v1::FollowRequest& message) override {
    stream_->Send(message);
  }

 private:
  const std::shared_ptr<FollowerStream> stream_;
};

// Of a stream that could not even be tried.
class DeadLink final : public federation::FollowerLink {
 public:
  void Send(const v1::FollowRequest& /*message*/) override {}
};

}  // namespace

GrpcTransport::GrpcTransport(TlsParts tls)
    : tls_(std::move(tls)), streams_(std::make_shared<FollowerStreams>()) {}

GrpcTransport::~GrpcTransport() = default;

std::unique_ptr<federation::FollowerLink> GrpcTransport::Follow(
    const federation::Descriptor& peer, federation::LinkId link,
    federation::LinkEvents& events) {
  Reap();
  const absl::StatusOr<CertificateFacts> facts =
      ReadCertificate(peer.certificate_pem);
  if (!facts.ok() || peer.endpoints.empty()) {
    events.OnClosed(link, facts.ok() ? absl::FailedPreconditionError(
                                           "the descriptor has no endpoint")
                                     : facts.status());
    return std::make_unique<DeadLink>();
  }
  const std::string& endpoint = peer.endpoints[link % peer.endpoints.size()];
  auto stream = std::make_shared<FollowerStream>(
      OpenPeerChannel(tls_, peer.country, facts->fingerprint, endpoint),
      facts->fingerprint, link, &events, streams_);
  if (!streams_->Add(stream)) {
    events.OnClosed(link, absl::UnavailableError("this node is stopping"));
    return std::make_unique<DeadLink>();
  }
  stream->Start();
  return std::make_unique<StreamLink>(std::move(stream));
}

void GrpcTransport::PinsChanged() { streams_->CancelUnpinned(*tls_.pins); }

void GrpcTransport::Reap() { streams_->Reap(); }

void GrpcTransport::Shutdown() { streams_->Shutdown(); }

}  // namespace minga::rpc
