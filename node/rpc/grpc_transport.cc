#include "node/rpc/grpc_transport.h"

#include <string>
#include <utility>

#include "federation/descriptor.h"
#include "node/base/crypto/certificate.h"
#include "node/base/status.h"
#include "node/rpc/follower_stream.h"
#include "node/rpc/peer_channel.h"
#include "node/rpc/question_calls.h"

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

struct Way {
  Digest certificate{};
  std::string endpoint;
};

// Of several endpoints, successive links take turns.
absl::StatusOr<Way> WayTo(const federation::Descriptor& peer,
                          federation::LinkId link) {
  MINGA_ASSIGN_OR_RETURN(const CertificateFacts facts,
                         ReadCertificate(peer.certificate_pem));
  if (peer.endpoints.empty()) {
    return absl::FailedPreconditionError("the descriptor has no endpoint");
  }
  return Way{facts.fingerprint, peer.endpoints[link % peer.endpoints.size()]};
}

// Of a stream that could not even be tried.
class DeadLink final : public federation::FollowerLink {
 public:
  void Send(const v1::FollowRequest& /*message*/) override {}
};

}  // namespace

GrpcTransport::GrpcTransport(TlsParts tls, PeerReached reached)
    : tls_(std::move(tls)),
      reached_(std::move(reached)),
      streams_(std::make_shared<FollowerStreams>()),
      calls_(std::make_shared<QuestionCalls>(tls_)) {}

GrpcTransport::~GrpcTransport() = default;

std::unique_ptr<federation::FollowerLink> GrpcTransport::Follow(
    const federation::Descriptor& peer, federation::LinkId link,
    federation::LinkEvents& events) {
  Reap();
  const absl::StatusOr<Way> way = WayTo(peer, link);
  if (!way.ok()) {
    events.OnClosed(link, way.status());
    return std::make_unique<DeadLink>();
  }
  auto stream = std::make_shared<FollowerStream>(
      OpenPeerChannel(tls_, peer.country, way->endpoint), way->certificate,
      link, &events, streams_,
      [reached = reached_, id = peer.country](const std::string& address) {
        if (reached) reached(id, address);
      });
  if (!streams_->Add(stream)) {
    events.OnClosed(link, absl::UnavailableError("this node is stopping"));
    return std::make_unique<DeadLink>();
  }
  stream->Start();
  return std::make_unique<StreamLink>(std::move(stream));
}

void GrpcTransport::Ask(const federation::Descriptor& peer,
                        federation::LinkId link, const v1::AskRequest& question,
                        absl::Duration patience,
                        federation::LinkEvents& events) {
  Reap();
  const absl::StatusOr<Way> way = WayTo(peer, link);
  if (!way.ok()) {
    events.OnAnswered(link, way.status());
    return;
  }
  QuestionCalls::Ask(calls_, peer.country, way->certificate, way->endpoint,
                     link, question, patience, events);
}

void GrpcTransport::PinsChanged() {
  streams_->CancelUnpinned(*tls_.pins);
  calls_->CancelUnpinned();
}

void GrpcTransport::Reap() {
  streams_->Reap();
  calls_->Reap();
}

void GrpcTransport::Shutdown() {
  streams_->Shutdown();
  calls_->Shutdown();
}

}  // namespace minga::rpc
