#include "node/init.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/config.h"
#include "node/files.h"
#include "node/keys.h"

namespace minga {
namespace {

// This machine's name with the port that is listened on.
std::string DefaultEndpoint(absl::string_view listen) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') {
    return absl::StrCat("localhost", listen.substr(listen.rfind(':')));
  }
  return absl::StrCat(host.data(), listen.substr(listen.rfind(':')));
}

absl::StatusOr<Config> ConfigOf(const InitOptions& options) {
  Config config;
  if (options.country.empty()) {
    return absl::InvalidArgumentError("country: is missing");
  }
  config.country = options.country;
  MINGA_RETURN_IF_ERROR(At("name", ValidateNodeName(options.name)));
  config.name = options.name;
  if (!options.listen.empty()) config.listen = options.listen;
  MINGA_RETURN_IF_ERROR(At("listen", ValidateAddress(config.listen, true)));
  const std::string endpoint = options.endpoint.empty()
                                   ? DefaultEndpoint(config.listen)
                                   : options.endpoint;
  MINGA_RETURN_IF_ERROR(At("endpoint", ValidateAddress(endpoint, false)));
  config.endpoints = {endpoint};
  return config;
}

absl::Status MakeDataFolder(const std::string& path) {
  const absl::Status made = MakeFolder(path, kSecretFolderMode);
  if (!absl::IsAlreadyExists(made)) return made;
  MINGA_ASSIGN_OR_RETURN(const bool empty, FolderIsEmpty(path));
  if (!empty) {
    return absl::AlreadyExistsError(absl::StrCat(
        "`", path, "` is not empty; a node needs a folder of its own"));
  }
  const absl::Status closed = CheckPrivateFolder(path);
  if (closed.ok() || ::chmod(path.c_str(), kSecretFolderMode) == 0) {
    return absl::OkStatus();
  }
  return closed;
}

}  // namespace

absl::Status InitNode(const InitOptions& options, Random& random) {
  MINGA_ASSIGN_OR_RETURN(const Config config, ConfigOf(options));
  if (options.data_dir.empty()) {
    return absl::InvalidArgumentError("data folder: is missing");
  }
  MINGA_RETURN_IF_ERROR(MakeDataFolder(options.data_dir));
  const DataFolder folder{options.data_dir};
  MINGA_RETURN_IF_ERROR(MakeKeys(folder.keys(), config.country, config.name,
                                 options.now, random));
  // Last: a folder with a configuration is a complete one.
  return WriteFileAtomically(folder.config(), RenderConfig(config),
                             kPublicFileMode);
}

}  // namespace minga
