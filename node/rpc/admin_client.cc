#include "node/rpc/admin_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/rpc/unix_socket.h"

namespace minga::rpc {
namespace {

absl::Status CheckFolder(const std::string& data_dir) {
  struct stat facts {};
  if (::stat(data_dir.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
    return absl::OkStatus();
  }
  return absl::NotFoundError(
      absl::StrCat("no data folder `", data_dir, "`; `minga init` makes one"));
}

}  // namespace

AdminClient::AdminClient(const std::shared_ptr<grpc::Channel>& channel)
    : admin_(v1::AdminService::NewStub(channel)),
      pes_(v1::PesService::NewStub(channel)),
      audit_(v1::AuditService::NewStub(channel)),
      anonymity_(v1::AnonymityService::NewStub(channel)),
      evidence_(v1::EvidenceService::NewStub(channel)),
      receipts_(v1::ReceiptService::NewStub(channel)),
      reconcile_(v1::ReconcileService::NewStub(channel)),
      peers_(v1::PeerService::NewStub(channel)),
      keys_(v1::KeyService::NewStub(channel)) {}

absl::StatusOr<std::unique_ptr<AdminClient>> AdminClient::Connect(
    absl::string_view data_dir) {
  const std::string folder(data_dir);
  MINGA_RETURN_IF_ERROR(CheckFolder(folder));
  const std::string path = AdminSocketPath(data_dir);
  MINGA_ASSIGN_OR_RETURN(const SocketState state, ProbeUnixSocket(path));
  if (state != SocketState::kAnswers) {
    return absl::UnavailableError(
        absl::StrCat("no daemon runs on `", folder,
                     "`; start one with `minga serve --data ", folder, "`"));
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAdminMessageBytesMax);
  arguments.SetMaxSendMessageSize(kAdminMessageBytesMax);
  // A name for the :authority header, which must not hold the path's bytes.
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(absl::StrCat("unix:", path),
                                grpc::InsecureChannelCredentials(), arguments);
  return std::unique_ptr<AdminClient>(new AdminClient(channel));
}

}  // namespace minga::rpc
