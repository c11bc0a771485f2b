#include "node/rpc/peer_channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/limits.h"

namespace minga::rpc {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenPeerChannel(const TlsParts& tls,
                                               const PeerId& peer,
                                               absl::string_view endpoint) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kWireMessageBytesMax);
  arguments.SetMaxSendMessageSize(kWireMessageBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   Milliseconds(kKeepaliveInterval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                   Milliseconds(kKeepaliveTimeout));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                   Milliseconds(kConnectTimeout));
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A retry buffer would hold every message of a stream; federation resumes by
  // its cursor instead.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // What a DNS record or an environment variable says must not steer us.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // The scheme is written out, so that an endpoint cannot choose another one
  // ("unix:..."); brackets are not allowed in the path of a URI.
  const std::string target = absl::StrCat(
      "dns:///", absl::StrReplaceAll(endpoint, {{"[", "%5B"}, {"]", "%5D"}}));
  return grpc::CreateCustomChannel(target, PeerChannelCredentials(tls, peer),
                                   arguments);
}

}  // namespace minga::rpc
