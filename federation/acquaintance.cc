#include "federation/acquaintance.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "federation/audit_entry.h"
#include "federation/distinct.h"
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/crypto/hash.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

std::string HistoryOf(const PeerId& peer) {
  return absl::StrCat("descriptor/", peer.ToString(), "/");
}

// A re-joined peer may have had the same sequence before: the digest tells them
// apart.
std::string HistoryName(const Descriptor& descriptor, absl::string_view note) {
  return absl::StrCat(HistoryOf(descriptor.country),
                      absl::StrFormat("%010d-", descriptor.sequence),
                      Hex(AsView(Sha256(note)).substr(0, 4)));
}

struct Kept {
  Descriptor descriptor;
  std::string note;
};

absl::StatusOr<std::vector<Kept>> ReadFormer(
    const storage::DocumentReader& documents, const storage::PeerRow& row) {
  MINGA_ASSIGN_OR_RETURN(auto stored, documents.List(HistoryOf(row.id)));
  std::vector<Kept> former;
  for (auto& [name, note] : stored) {
    // A peer that left and came back with the one it had.
    if (note == row.descriptor) continue;
    absl::StatusOr<Descriptor> descriptor = ReadDescriptor(note);
    if (!descriptor.ok()) {
      return absl::DataLossError(
          absl::StrCat(name, ": ", descriptor.status().message()));
    }
    former.push_back({*std::move(descriptor), std::move(note)});
  }
  std::reverse(former.begin(), former.end());  // by name: ascending
  return former;
}

// The last day on which the keys of `former` count, which `next` replaces and
// whose own keys count until `next_until`.
absl::CivilDay FormerUntil(const Descriptor& former, const Kept& next,
                           absl::CivilDay next_until) {
  return std::min({former.valid_until, next_until,
                   next.descriptor.former_until.value_or(next_until)});
}

std::vector<NoteVerifier> KeysOf(const std::vector<Descriptor>& descriptors,
                                 NoteVerifier Descriptor::*use) {
  std::vector<NoteVerifier> keys;
  for (const Descriptor& descriptor : descriptors) {
    const std::string vkey = (descriptor.*use).ToVkey();
    const bool known = std::any_of(
        keys.begin(), keys.end(),
        [&](const NoteVerifier& key) { return key.ToVkey() == vkey; });
    if (!known) keys.push_back(descriptor.*use);
  }
  return keys;
}

std::string DetailOf(const Succession& step) {
  std::string detail = absl::StrCat(
      "descriptor ", step.newest.sequence, " after ", step.before,
      step.changed.empty()
          ? ", same keys"
          : absl::StrCat(", new: ", absl::StrJoin(step.changed, " ")));
  if (step.newest.former_until.has_value()) {
    absl::StrAppend(&detail, ", former until ",
                    FormatDay(*step.newest.former_until));
  }
  return detail;
}

}  // namespace

std::vector<Descriptor> Acquaintance::InForce(absl::CivilDay day) const {
  std::vector<Descriptor> in_force = {newest()};
  for (std::size_t i = 1; i < descriptors.size(); ++i) {
    if (day <= until[i]) in_force.push_back(descriptors[i]);
  }
  return in_force;
}

std::vector<NoteVerifier> Acquaintance::NodeKeys() const {
  return KeysOf(descriptors, &Descriptor::node_key);
}
std::vector<NoteVerifier> Acquaintance::LogKeys() const {
  return KeysOf(descriptors, &Descriptor::log_key);
}
std::vector<NoteVerifier> Acquaintance::CosignKeys() const {
  return KeysOf(descriptors, &Descriptor::cosign_key);
}

absl::StatusOr<Acquaintance> ReadAcquaintance(
    const storage::DocumentReader& documents, const storage::PeerRow& row) {
  absl::StatusOr<Descriptor> newest = ReadDescriptor(row.descriptor);
  if (!newest.ok()) {
    return absl::DataLossError(absl::StrCat("stored descriptor of ",
                                            row.id.ToString(), ": ",
                                            newest.status().message()));
  }
  MINGA_ASSIGN_OR_RETURN(std::vector<Kept> former, ReadFormer(documents, row));
  Acquaintance known;
  Kept next{*std::move(newest), row.descriptor};
  known.until.push_back(next.descriptor.valid_until);
  known.descriptors.push_back(next.descriptor);
  // Its own line first. Another, of a key that was lost or from before it left,
  // has sequences of its own, which may lie between.
  while (true) {
    const auto before =
        std::find_if(former.begin(), former.end(), [&](const Kept& kept) {
          return CheckSuccessor(kept.descriptor, next.descriptor, next.note)
              .ok();
        });
    if (before == former.end()) break;
    known.until.push_back(
        FormerUntil(before->descriptor, next, known.until.back()));
    known.descriptors.push_back(before->descriptor);
    next = std::move(*before);
    former.erase(before);
  }
  for (const Kept& kept : former) {
    known.until.push_back(absl::CivilDay::min());
    known.descriptors.push_back(kept.descriptor);
  }
  return known;
}

absl::Status CheckRoom(const storage::DocumentReader& documents,
                       const PeerId& peer, std::size_t more) {
  MINGA_ASSIGN_OR_RETURN(const auto former, documents.List(HistoryOf(peer)));
  const std::size_t known = former.size() + 1;
  if (known + more <= kDescriptorsMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      known, " descriptors of ", peer.ToString(), " are kept, and ", more,
      " more would be too many: ask why its keys change so often, then take "
      "them in with `minga peer update`"));
}

absl::Status KeepFormer(storage::DocumentStore& documents,
                        const storage::PeerRow& row) {
  MINGA_ASSIGN_OR_RETURN(const Descriptor former,
                         ReadDescriptor(row.descriptor));
  return documents.Put(HistoryName(former, row.descriptor), row.descriptor);
}

absl::StatusOr<Succession> Succeed(storage::Transaction& transaction,
                                   const Keyring& own, const PeerId& peer,
                                   const std::vector<std::string>& notes,
                                   absl::string_view actor, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(std::optional<storage::PeerRow> row,
                         transaction.peers().Get(peer));
  if (!row.has_value()) {
    return absl::NotFoundError(absl::StrCat("no peer `", peer.ToString(), "`"));
  }
  Succession whole;
  MINGA_ASSIGN_OR_RETURN(const Descriptor first,
                         ReadDescriptor(row->descriptor));
  whole.before = first.sequence;
  whole.newest = first;
  for (const std::string& note : notes) {
    MINGA_ASSIGN_OR_RETURN(Descriptor next, ReadDescriptor(note));
    if (next.country == peer && next.sequence <= whole.newest.sequence) {
      continue;
    }
    MINGA_RETURN_IF_ERROR(CheckSuccessor(whole.newest, next, note));
    MINGA_RETURN_IF_ERROR(CheckNotOurs(next, own));
    MINGA_RETURN_IF_ERROR(
        CheckNotOfPeers(next, transaction.peers(), transaction.documents()));
    MINGA_RETURN_IF_ERROR(KeepFormer(transaction.documents(), *row));
    const Succession step{whole.newest.sequence, next,
                          ChangedKeys(whole.newest, next)};
    row->descriptor = note;
    MINGA_RETURN_IF_ERROR(
        transaction.audit()
            .Append(PeerEntry(v1::AUDIT_EVENT_PEER_UPDATED, now, actor, peer,
                              DetailOf(step), AsView(Sha256(note))))
            .status());
    whole.newest = std::move(next);
  }
  MINGA_RETURN_IF_ERROR(CheckValidity(whole.newest, DayOf(now)));
  whole.changed = ChangedKeys(first, whole.newest);
  MINGA_RETURN_IF_ERROR(transaction.peers().Put(*row));
  return whole;
}

}  // namespace minga::federation
