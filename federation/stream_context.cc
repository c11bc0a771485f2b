#include "federation/stream_context.h"

#include <atomic>

namespace minga::federation {

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
