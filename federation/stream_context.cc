#include "federation/stream_context.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"

namespace minga::federation {

absl::StatusOr<std::uint32_t> Negotiate(std::uint32_t own_min,
                                        std::uint32_t own_max,
                                        std::uint32_t peer_min,
                                        std::uint32_t peer_max) {
  if (peer_min == 0 || peer_min > peer_max) {
    return absl::InvalidArgumentError(
        absl::StrCat("protocol ", peer_min, "-", peer_max, " is not a range"));
  }
  const std::uint32_t version = std::min(own_max, peer_max);
  if (version >= own_min && version >= peer_min) return version;
  return absl::FailedPreconditionError(
      absl::StrCat("no common protocol: this node speaks ", own_min, "-",
                   own_max, ", the other ", peer_min, "-", peer_max));
}

LinkId NewLinkId() {
  static std::atomic<LinkId> last{0};
  return ++last;
}

std::string OwnCheckpoint(const storage::AuditReader& audit) {
  absl::StatusOr<std::string> checkpoint = audit.Checkpoint();
  if (!checkpoint.ok() || checkpoint->size() > kCheckpointBytesMax) return "";
  return *std::move(checkpoint);
}

}  // namespace minga::federation
