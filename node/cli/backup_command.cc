// backup.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "minga/v1/admin.grpc.pb.h"
#include "node/base/status.h"
#include "node/cli/commands.h"
#include "node/cli/context.h"
#include "node/cli/output.h"
#include "node/rpc/admin_client.h"

namespace minga::cli {
namespace {

absl::Status BackUp(Context& context, const std::string& file) {
  std::error_code failed;
  const std::string path = std::filesystem::absolute(file, failed).string();
  if (failed) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", file, "`: ", failed.message()));
  }
  MINGA_ASSIGN_OR_RETURN(rpc::AdminClient * node, context.Node());
  v1::BackUpRequest request;
  request.set_path(path);
  MINGA_ASSIGN_OR_RETURN(
      const v1::BackUpResponse response,
      rpc::Call(node->admin(), &v1::AdminService::StubInterface::BackUp,
                request, kSweepDeadline));
  context.Print(
      absl::StrCat(
          path, ": ", Grouped(response.bytes()), " bytes, log of ",
          Grouped(static_cast<std::int64_t>(response.log_size())),
          " entries, checked\n"
          "It has no persons' keys: it opens beside the keys.db of this node "
          "only, and whoever is erased from now on is erased from it too.\n"),
      response);
  return absl::OkStatus();
}

}  // namespace

void AddBackupCommand(CLI::App& app, Context& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* backup = app.add_subcommand(
      "backup",
      "Copy the database of the running node, without the persons' keys");
  backup->add_option("file", *file, "A file that is not there yet")->required();
  backup->callback([file, &context] {
    context.run = [file, &context] { return BackUp(context, *file); };
  });
}

}  // namespace minga::cli
