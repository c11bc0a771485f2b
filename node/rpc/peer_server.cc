#include "node/rpc/peer_server.h"

#include <grpc/grpc.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/federation.grpc.pb.h"
#include "node/base/limits.h"
#include "node/rpc/origin_stream.h"
#include "node/rpc/peer_channel.h"
#include "node/rpc/question_call.h"
#include "node/rpc/status.h"

namespace minga::rpc {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// Ends at once with `why`.
class RefusedStream final
    : public grpc::ServerBidiReactor<v1::FollowRequest, v1::FollowResponse> {
 public:
  explicit RefusedStream(const absl::Status& why) { Finish(ToGrpc(why)); }
  void OnDone() override { const std::unique_ptr<RefusedStream> self(this); }
};

class FederationServer final : public v1::FederationService::CallbackService {
 public:
  FederationServer(TlsParts tls, federation::LinkEvents* events, Prober prober)
      : tls_(std::move(tls)),
        events_(events),
        prober_(std::move(prober)),
        streams_(std::make_shared<OriginStreams>()) {}

  grpc::ServerBidiReactor<v1::FollowRequest, v1::FollowResponse>* Follow(
      grpc::CallbackServerContext* context) override {
    const absl::StatusOr<PeerId> peer = IdentifyCaller(*context, tls_);
    if (!peer.ok()) {
      return std::make_unique<RefusedStream>(peer.status()).release();
    }
    return OriginStream::Accept(context, *peer, events_, streams_);
  }

  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context,
                                const v1::AskRequest* question,
                                v1::AskResponse* reply) override {
    const absl::StatusOr<PeerId> peer = IdentifyCaller(*context, tls_);
    if (!peer.ok()) {
      grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
      reactor->Finish(ToGrpc(peer.status()));
      return reactor;
    }
    return QuestionCall::Accept(*peer, *question, reply, *events_);
  }

  grpc::ServerUnaryReactor* Probe(grpc::CallbackServerContext* context,
                                  const v1::ProbeRequest* request,
                                  v1::ProbeResponse* response) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(ToGrpc(DoProbe(*context, *request, *response)));
    return reactor;
  }

  OriginStreams& streams() { return *streams_; }
  const TlsParts& tls() const { return tls_; }

 private:
  absl::Status DoProbe(const grpc::CallbackServerContext& context,
                       const v1::ProbeRequest& request,
                       v1::ProbeResponse& response) const {
    const absl::StatusOr<PeerId> peer = IdentifyCaller(context, tls_);
    if (!peer.ok()) return peer.status();
    absl::StatusOr<v1::ProbeResponse> answer = prober_(*peer, request);
    if (!answer.ok()) return answer.status();
    response = *std::move(answer);
    return absl::OkStatus();
  }

  const TlsParts tls_;
  federation::LinkEvents* const events_;
  const Prober prober_;
  const std::shared_ptr<OriginStreams> streams_;
};

void SetLimits(const PeerServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kWireMessageBytesMax);
  builder.SetMaxSendMessageSize(kWireMessageBytesMax);
  builder.SetResourceQuota(grpc::ResourceQuota("peers").Resize(
      static_cast<std::size_t>(options.memory_mb) * 1024 * 1024));
  const auto set = [&builder](const char* name, int value) {
    builder.AddChannelArgument(name, value);
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
  set(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(kHandshakeTimeout));
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(kIdleConnectionLife));
  set(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options.connection_life));
  set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(kConnectionGrace));
  set(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      Milliseconds(kPingIntervalMin));
  // Two nodes on one port would each get half of the peers.
  set(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class GrpcPeerServer final : public PeerServer {
 public:
  explicit GrpcPeerServer(const PeerServerOptions& options)
      : service_(options.tls, options.events, options.prober) {}
  ~GrpcPeerServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(const PeerServerOptions& options) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(options.listen, PeerServerCredentials(options.tls),
                             &port);
    SetLimits(options, builder);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "cannot listen on `", options.listen,
          "`: taken by another process, or not an address of this machine"));
    }
    listening_ = absl::StrCat(
        options.listen.substr(0, options.listen.rfind(':')), ":", port);
    return absl::OkStatus();
  }

  const std::string& listening() const override { return listening_; }
  void PinsChanged() override {
    service_.streams().CancelUnpinned(service_.tls());
  }

  void Shutdown(absl::Duration grace) override {
    if (server_ == nullptr) return;
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    service_.streams().AwaitNone();
    server_ = nullptr;
  }

 private:
  FederationServer service_;
  std::unique_ptr<grpc::Server> server_;
  std::string listening_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PeerServer>> PeerServer::Start(
    PeerServerOptions options) {
  auto server = std::make_unique<GrpcPeerServer>(options);
  const absl::Status status = server->Listen(options);
  if (!status.ok()) return status;
  return server;
}

}  // namespace minga::rpc
