#include "node/rpc/peer_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "federation/audit_entry.h"
#include "federation/distinct.h"
#include "federation/farewell.h"
#include "federation/keyring.h"
#include "federation/standing.h"
#include "federation/witness.h"
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/policy_desk.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

constexpr std::size_t kPseudonymKeyBytes = 32;

// Letters and digits only, lower case: how it is written does not matter, what
// is said does.
std::string Spoken(absl::string_view fingerprint) {
  std::string spoken;
  for (const char c : fingerprint) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isspace(byte) || c == '-') continue;
    spoken.push_back(absl::ascii_tolower(byte));
  }
  return spoken;
}

absl::Status CheckForeign(const NodeParts& node,
                          const federation::Descriptor& descriptor) {
  if (descriptor.country == node.own) {
    return absl::FailedPreconditionError(
        absl::StrCat("this is a descriptor of our own country, ",
                     node.own.ToString(), "; a peer is another country's"));
  }
  MINGA_RETURN_IF_ERROR(federation::CheckNotOurs(descriptor, *node.keyring));
  return federation::CheckValidity(descriptor, DayOf(node.clock->Now()));
}

absl::Status CheckNotLeaving(const storage::DocumentReader& documents,
                             const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const auto leaving,
                         federation::ReadLeaving(documents, peer));
  if (!leaving.has_value()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      peer.ToString(), " is leaving: wait until it has left, `minga peer left ",
      peer.ToString(), "`, then add it"));
}

// The same key again: perhaps the same file, perhaps one made since.
absl::Status CheckNotOlder(const federation::Descriptor& descriptor,
                           const federation::Descriptor& present) {
  if (descriptor.sequence >= present.sequence) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "descriptor has sequence ", descriptor.sequence, "; we already have ",
      present.sequence, ": ask the peer for its newest"));
}

// What was shown to the peer is shown again from the beginning of a new epoch,
// under new pseudonyms; what it has shown is asked for again.
absl::Status BeginAnew(storage::Transaction& transaction,
                       const storage::PeerRow& row) {
  MINGA_RETURN_IF_ERROR(transaction.feeds().Drop(row.id));
  MINGA_RETURN_IF_ERROR(transaction.classes().Drop(row.id));
  return transaction.peers().SetCursor(row.id, storage::Cursor());
}

// What AddPeer does to a peer that is one already. True if it begins anew.
absl::StatusOr<bool> Replace(storage::Transaction& transaction,
                             const federation::Descriptor& descriptor,
                             absl::string_view note,
                             absl::string_view pseudonym_key,
                             storage::PeerRow row) {
  MINGA_ASSIGN_OR_RETURN(const federation::Descriptor present,
                         federation::ReadDescriptor(row.descriptor));
  const bool same_key =
      descriptor.node_key.ToVkey() == present.node_key.ToVkey();
  if (same_key) MINGA_RETURN_IF_ERROR(CheckNotOlder(descriptor, present));
  const bool anew =
      !same_key && !federation::CheckSuccessor(present, descriptor, note).ok();
  if (row.descriptor != note) {
    MINGA_RETURN_IF_ERROR(federation::KeepFormer(transaction.documents(), row));
  }
  row.descriptor = std::string(note);
  if (anew) row.pseudonym_key = std::string(pseudonym_key);
  MINGA_RETURN_IF_ERROR(transaction.peers().Put(row));
  if (anew) MINGA_RETURN_IF_ERROR(BeginAnew(transaction, row));
  return anew;
}

// One transaction: the row, its audit entry. True if a peer begins anew.
absl::StatusOr<bool> StorePeer(const NodeParts& node,
                               const federation::Descriptor& descriptor,
                               absl::string_view note) {
  const absl::Time now = node.clock->Now();
  const std::string key = node.random->Bytes(kPseudonymKeyBytes);
  bool anew = false;
  const auto store = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_RETURN_IF_ERROR(federation::CheckNotOfPeers(
        descriptor, transaction.peers(), transaction.documents()));
    MINGA_ASSIGN_OR_RETURN(const auto present,
                           transaction.peers().Get(descriptor.country));
    MINGA_RETURN_IF_ERROR(
        CheckNotLeaving(transaction.documents(), descriptor.country));
    if (present.has_value()) {
      MINGA_ASSIGN_OR_RETURN(
          anew, Replace(transaction, descriptor, note, key, *present));
    } else {
      storage::PeerRow row;
      row.id = descriptor.country;
      row.pseudonym_key = key;
      row.added_at = now;
      row.descriptor = std::string(note);
      MINGA_RETURN_IF_ERROR(transaction.peers().Put(row));
    }
    // It may have been a peer before, whose key was lost since.
    if (anew || !present.has_value()) {
      MINGA_RETURN_IF_ERROR(
          federation::SetFormerLogAside(transaction.documents(), descriptor));
    }
    MINGA_RETURN_IF_ERROR(federation::NotePeerChanged(
        transaction, descriptor.country, kOperator, now));
    return transaction.audit()
        .Append(federation::PeerEntry(
            v1::AUDIT_EVENT_PEER_ADDED, now, kOperator, descriptor.country,
            absl::StrCat(anew ? "anew with another key: " : "", "descriptor ",
                         descriptor.sequence, ", ",
                         federation::Fingerprint(descriptor)),
            AsView(Sha256(note))))
        .status();
  };
  MINGA_RETURN_IF_ERROR(node.database->Write(store));
  return anew;
}

}  // namespace

absl::StatusOr<AddedPeer> AddPeer(const NodeParts& node,
                                  absl::string_view descriptor_note,
                                  absl::string_view heard) {
  MINGA_ASSIGN_OR_RETURN(const federation::Descriptor descriptor,
                         federation::ReadDescriptor(descriptor_note));
  MINGA_RETURN_IF_ERROR(CheckForeign(node, descriptor));
  AddedPeer result{descriptor.country, federation::Fingerprint(descriptor)};
  const std::string spoken = Spoken(heard);
  if (spoken.empty()) return result;
  if (spoken != Spoken(result.fingerprint)) {
    return absl::PermissionDeniedError(absl::StrCat(
        "the fingerprint differs: the file has `", result.fingerprint,
        "`; either it was not heard right or the file is not theirs"));
  }
  MINGA_ASSIGN_OR_RETURN(result.rejoined,
                         StorePeer(node, descriptor, descriptor_note));
  MINGA_RETURN_IF_ERROR(
      node.desk->PeerChanged(kOperator, descriptor.country).status());
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  result.added = true;
  return result;
}

absl::StatusOr<v1::UpdatePeerResponse> UpdatePeer(
    const NodeParts& node, absl::string_view descriptor_notes) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                         federation::SplitDescriptors(descriptor_notes));
  MINGA_ASSIGN_OR_RETURN(const federation::Descriptor last,
                         federation::ReadDescriptor(notes.back()));
  MINGA_RETURN_IF_ERROR(FindPeer(node, last.country).status());
  federation::Succession succession;
  const auto take = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        succession,
        federation::Succeed(transaction, *node.keyring, last.country, notes,
                            kOperator, node.clock->Now()));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(node.database->Write(take));
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  v1::UpdatePeerResponse response;
  response.set_country(last.country.ToString());
  response.set_sequence_before(succession.before);
  response.set_sequence(succession.newest.sequence);
  for (const std::string& use : succession.changed) response.add_changed(use);
  if (!succession.changed.empty() &&
      succession.newest.former_until.has_value()) {
    response.set_former_until(FormatDay(*succession.newest.former_until));
  }
  return response;
}

absl::Status SuspendPeer(const NodeParts& node, const PeerId& peer,
                         absl::string_view reason) {
  MINGA_RETURN_IF_ERROR(FindPeer(node, peer).status());
  MINGA_RETURN_IF_ERROR(
      node.database->Write([&](storage::Transaction& transaction) {
        return federation::Suspend(transaction, peer, kOperator, reason,
                                   node.clock->Now());
      }));
  // First of all nothing is sent any more.
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  return node.desk->PeerChanged(kOperator, peer).status();
}

absl::StatusOr<int> ResumePeer(const NodeParts& node, const PeerId& peer) {
  MINGA_RETURN_IF_ERROR(FindPeer(node, peer).status());
  MINGA_RETURN_IF_ERROR(
      node.database->Write([&](storage::Transaction& transaction) {
        return federation::Resume(transaction, peer, kOperator,
                                  node.clock->Now());
      }));
  MINGA_ASSIGN_OR_RETURN(const int changed,
                         node.desk->PeerChanged(kOperator, peer));
  MINGA_RETURN_IF_ERROR(node.peers_changed());
  return changed;
}

absl::StatusOr<KnownPeer> FindPeer(const NodeParts& node, const PeerId& peer) {
  std::vector<std::string> names;
  std::optional<KnownPeer> found;
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                               snapshot.peers().List());
        for (const storage::PeerRow& row : rows) {
          names.push_back(row.id.ToString());
          if (row.id != peer) continue;
          MINGA_ASSIGN_OR_RETURN(
              federation::Acquaintance known,
              federation::ReadAcquaintance(snapshot.documents(), row));
          found = KnownPeer{row, known.newest(), known};
        }
        return absl::OkStatus();
      }));
  if (found.has_value()) return *std::move(found);
  return absl::NotFoundError(absl::StrCat(
      "no peer `", peer.ToString(), "`; ",
      names.empty() ? std::string("there is none yet")
                    : absl::StrCat("there are ", absl::StrJoin(names, ", "))));
}

absl::StatusOr<PeerId> DecodePeer(absl::string_view text) {
  const absl::StatusOr<Country> peer = Country::Parse(text);
  if (!peer.ok()) return At("peer", peer.status());
  return *peer;
}

}  // namespace minga::rpc
