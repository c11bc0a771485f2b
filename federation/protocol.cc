#include "federation/protocol.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace minga::federation {

std::vector<std::string> Dialect::Features() const {
  std::vector<std::string> features;
  if (row_obligations) features.emplace_back(kFeatureRowObligations);
  if (retention_report) features.emplace_back(kFeatureRetentionReport);
  return features;
}

Dialect FullDialect(std::uint32_t protocol) {
  const bool by_name = protocol >= 2;
  return {protocol, by_name, by_name};
}

absl::StatusOr<std::uint32_t> Negotiate(const ProtocolRange& own,
                                        std::uint32_t peer_min,
                                        std::uint32_t peer_max) {
  if (peer_min == 0 || peer_min > peer_max) {
    return absl::InvalidArgumentError(
        absl::StrCat("protocol ", peer_min, "-", peer_max, " is not a range"));
  }
  const std::uint32_t version = std::min(own.max, peer_max);
  if (version >= own.min && version >= peer_min) return version;
  return absl::FailedPreconditionError(
      absl::StrCat("no common protocol: this node speaks ", own.min, "-",
                   own.max, ", the other ", peer_min, "-", peer_max));
}

}  // namespace minga::federation
