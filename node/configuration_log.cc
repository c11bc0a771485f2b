#include "node/configuration_log.h"

#include <optional>
#include <string>

#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "storage/database.h"

namespace minga {
namespace {

constexpr absl::string_view kDocConfiguration = "configuration";

}  // namespace

absl::Status LogConfiguration(storage::Database& database, const Config& config,
                              absl::Time now) {
  const std::string digest = ToBytes(Sha256(RenderConfig(config)));
  return database.Write([&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> before,
                           transaction.documents().Get(kDocConfiguration));
    if (before == digest) return absl::OkStatus();
    MINGA_RETURN_IF_ERROR(
        transaction.documents().Put(kDocConfiguration, digest));
    if (!before.has_value()) return absl::OkStatus();
    return transaction.audit()
        .Append(federation::NodeEntry(v1::AUDIT_EVENT_CONFIGURATION_CHANGED,
                                      now, "operator", "minga.toml", digest))
        .status();
  });
}

}  // namespace minga
