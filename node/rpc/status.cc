#include "node/rpc/status.h"

#include <string>

#include "node/base/strings.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kMessageBytesMax = 2048;

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(
      static_cast<grpc::StatusCode>(static_cast<int>(status.code())),
      std::string(TruncateUtf8(status.message(), kMessageBytesMax)));
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(
      static_cast<absl::StatusCode>(static_cast<int>(status.error_code())),
      TruncateUtf8(status.error_message(), kMessageBytesMax));
}

}  // namespace minga::rpc
