#include "federation/suspension.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"

namespace minga::federation {

absl::Status SuspendPeer(storage::Transaction& transaction, const PeerId& peer,
                         absl::string_view actor, absl::string_view why,
                         absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                         transaction.peers().Get(peer));
  if (!row.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("`", peer.ToString(), "` is not a peer"));
  }
  if (row->state != storage::PeerState::kActive) return absl::OkStatus();
  row->state = storage::PeerState::kSuspended;
  row->suspended_why = std::string(why);
  MINGA_RETURN_IF_ERROR(transaction.peers().Put(*row));
  return transaction.audit()
      .Append(PeerEntry(v1::AUDIT_EVENT_PEER_SUSPENDED, now, actor, peer, why))
      .status();
}

}  // namespace minga::federation
