#include "federation/standing.h"

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

// + country: by whom its row was changed.
constexpr absl::string_view kDocPeerChanged = "peer-changed/";

absl::StatusOr<storage::PeerRow> RowOf(storage::Transaction& transaction,
                                       const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                         transaction.peers().Get(peer));
  if (row.has_value()) return *std::move(row);
  return absl::NotFoundError(absl::StrCat("no peer `", peer.ToString(), "`"));
}

}  // namespace

absl::Status NotePeerChanged(storage::Transaction& transaction,
                             const PeerId& peer, absl::string_view actor,
                             absl::Time now) {
  // An older copy of the database would bring the former standing back.
  MINGA_RETURN_IF_ERROR(
      transaction.journal().Note(storage::Withdrawal::kLaw, {}, now));
  return transaction.documents().Put(
      absl::StrCat(kDocPeerChanged, peer.ToString()), actor);
}

absl::Status ForgetPeerChanged(storage::DocumentStore& documents,
                               const PeerId& peer) {
  return documents.Remove(absl::StrCat(kDocPeerChanged, peer.ToString()))
      .status();
}

absl::StatusOr<std::vector<ChangedPeer>> ChangedPeers(
    const storage::DocumentReader& documents) {
  MINGA_ASSIGN_OR_RETURN(const auto marks, documents.List(kDocPeerChanged));
  std::vector<ChangedPeer> changed;
  for (const auto& [name, actor] : marks) {
    MINGA_ASSIGN_OR_RETURN(const PeerId peer,
                           Country::Parse(name.substr(kDocPeerChanged.size())));
    changed.push_back({peer, actor});
  }
  return changed;
}

absl::Status Suspend(storage::Transaction& transaction, const PeerId& peer,
                     absl::string_view actor, absl::string_view reason,
                     absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(storage::PeerRow row, RowOf(transaction, peer));
  if (row.state != storage::PeerState::kActive) {
    return absl::FailedPreconditionError(absl::StrCat(
        peer.ToString(), " is ",
        row.state == storage::PeerState::kLeaving ? "leaving"
                                                  : "suspended already",
        ": ", row.suspended_why));
  }
  row.suspended_why =
      Printable(absl::StripAsciiWhitespace(reason), kShortTextBytesMax);
  if (row.suspended_why.empty()) {
    return absl::InvalidArgumentError(
        "reason: say why, for whoever has to decide on resuming");
  }
  row.state = storage::PeerState::kSuspended;
  MINGA_RETURN_IF_ERROR(transaction.peers().Put(row));
  MINGA_RETURN_IF_ERROR(NotePeerChanged(transaction, peer, actor, now));
  return transaction.audit()
      .Append(PeerEntry(v1::AUDIT_EVENT_PEER_SUSPENDED, now, actor, peer,
                        row.suspended_why))
      .status();
}

absl::Status Resume(storage::Transaction& transaction, const PeerId& peer,
                    absl::string_view actor, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(storage::PeerRow row, RowOf(transaction, peer));
  if (row.state != storage::PeerState::kSuspended) {
    return absl::FailedPreconditionError(absl::StrCat(
        peer.ToString(), " is not suspended, it is ",
        row.state == storage::PeerState::kLeaving ? "leaving" : "active"));
  }
  const std::string why = row.suspended_why;
  row.state = storage::PeerState::kActive;
  row.suspended_why.clear();
  MINGA_RETURN_IF_ERROR(transaction.peers().Put(row));
  MINGA_RETURN_IF_ERROR(NotePeerChanged(transaction, peer, actor, now));
  return transaction.audit()
      .Append(PeerEntry(v1::AUDIT_EVENT_PEER_RESUMED, now, actor, peer,
                        absl::StrCat("was suspended: ", why)))
      .status();
}

}  // namespace minga::federation
