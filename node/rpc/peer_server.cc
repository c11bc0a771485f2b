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
#include "node/base/status.h"
#include "node/rpc/call_budgets.h"
#include "node/rpc/door.h"
#include "node/rpc/origin_stream.h"
#include "node/rpc/peer_channel.h"
#include "node/rpc/question_call.h"
#include "node/rpc/refused_call.h"
#include "node/rpc/status.h"

namespace minga::rpc {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

class FederationServer final : public v1::FederationService::CallbackService {
 public:
  FederationServer(const PeerServerOptions& options, KnockBook* book)
      : tls_(options.tls),
        events_(options.events),
        prober_(options.prober),
        book_(book),
        streams_(std::make_shared<OriginStreams>()) {}

  using FollowReactor =
      grpc::ServerBidiReactor<v1::FollowRequest, v1::FollowResponse>;

  FollowReactor* Follow(grpc::CallbackServerContext* context) override {
    const absl::StatusOr<PeerId> peer = Identify(*context);
    if (!peer.ok()) return RefusedCall<FollowReactor>::Make(peer.status());
    return OriginStream::Accept(context, *peer, events_, streams_);
  }

  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context,
                                const v1::AskRequest* question,
                                v1::AskResponse* reply) override {
    const absl::StatusOr<PeerId> peer = Identify(*context);
    if (!peer.ok()) {
      return RefusedCall<grpc::ServerUnaryReactor>::Make(peer.status());
    }
    return QuestionCall::Accept(*peer, *question, reply, *events_);
  }

  grpc::ServerUnaryReactor* Probe(grpc::CallbackServerContext* context,
                                  const v1::ProbeRequest* request,
                                  v1::ProbeResponse* response) override {
    const absl::StatusOr<PeerId> peer = Identify(*context);
    if (!peer.ok()) {
      return RefusedCall<grpc::ServerUnaryReactor>::Make(peer.status());
    }
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(ToGrpc(DoProbe(*peer, *request, *response)));
    return reactor;
  }

  OriginStreams& streams() { return *streams_; }
  const TlsParts& tls() const { return tls_; }

 private:
  // Who calls; the door knows its address from now on.
  absl::StatusOr<PeerId> Identify(const grpc::CallbackServerContext& context) {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, IdentifyCaller(context, tls_));
    book_->Know(peer, AddressKeyOfUri(context.peer()), tls_.clock->Now());
    return peer;
  }

  absl::Status DoProbe(const PeerId& peer, const v1::ProbeRequest& request,
                       v1::ProbeResponse& response) {
    MINGA_RETURN_IF_ERROR(probes_.Spend(peer, tls_.clock->Now()));
    MINGA_ASSIGN_OR_RETURN(response, prober_(peer, request));
    return absl::OkStatus();
  }

  const TlsParts tls_;
  federation::LinkEvents* const events_;
  const Prober prober_;
  KnockBook* const book_;
  CallBudgets probes_{kProbesPerMinute};
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
}

class GrpcPeerServer final : public PeerServer {
 public:
  explicit GrpcPeerServer(const PeerServerOptions& options)
      : clock_(options.tls.clock),
        book_(options.handshakes_per_minute),
        service_(options, &book_) {}
  ~GrpcPeerServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(const PeerServerOptions& options) {
    MINGA_ASSIGN_OR_RETURN(door_, Door::Open({.listen = options.listen,
                                              .book = &book_,
                                              .refusals = options.tls.refusals,
                                              .clock = options.tls.clock}));
    grpc::ServerBuilder builder;
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        PeerServerCredentials(options.tls));
    SetLimits(options, builder);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::InternalError("cannot start serving the peers' port");
    }
    door_->Start([this](int listener, int fd) {
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters
          connection;
      connection.listener_fd = listener;
      connection.fd = fd;
      acceptor_->HandleNewConnection(&connection);
    });
    listening_ =
        absl::StrCat(options.listen.substr(0, options.listen.rfind(':')), ":",
                     door_->port());
    return absl::OkStatus();
  }

  const std::string& listening() const override { return listening_; }
  void Reached(const PeerId& peer, const std::string& address) override {
    book_.Know(peer, AddressKeyOfUri(address), clock_->Now());
  }
  void PinsChanged() override {
    service_.streams().CancelUnpinned(service_.tls());
  }

  void Shutdown(absl::Duration grace) override {
    if (server_ == nullptr) return;
    // First: gRPC would neither serve nor close what came after.
    door_->Stop();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    service_.streams().AwaitNone();
    server_ = nullptr;
  }

 private:
  const Clock* const clock_;
  KnockBook book_;
  FederationServer service_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Door> door_;
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
