#include "node/exchange/audit_entries.h"

#include <algorithm>

#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"

namespace minga::exchange {
namespace {

void SetSubject(const RecordEvent& what, v1::AuditEntry& entry) {
  if (what.key.kind != RecordKind::kProfile) {
    entry.set_record_id(what.key.id);
  } else if (what.commitment != nullptr) {
    entry.set_subject(ToBytes(*what.commitment));
  } else if (!what.person_key.empty()) {
    entry.set_subject(ToBytes(SubjectOf(what.person_key, what.key.id)));
  } else if (what.key.country == what.peer) {
    entry.set_subject(ToBytes(SubjectOfReceived(what.key.id)));
  }
  // Else an own person whose key is gone: nothing may lead there any more.
}

}  // namespace

Digest SubjectOf(absl::string_view person_key, absl::string_view person) {
  constexpr absl::string_view kSalt = "minga/audit/salt/v1";
  const Digest salt = HmacSha256(person_key, kSalt);
  return HmacSha256(AsView(salt), person);
}

Digest SubjectOfReceived(absl::string_view pseudonym) {
  constexpr absl::string_view kReceived = "minga/audit/received/v1";
  return HmacSha256(pseudonym, kReceived);
}

absl::Status AppendRecordEvent(v1::AuditEvent event, const Deed& deed,
                               const RecordEvent& what,
                               storage::AuditStore& log) {
  // Of the thread, because what its strings take is asked for once that way.
  thread_local v1::AuditEntry entry;
  entry.Clear();
  federation::FillEntry(entry, event, deed.at, deed.actor, what.detail);
  if (!what.peer.empty()) entry.set_peer(what.peer.ToString());
  entry.set_kind(static_cast<v1::RecordKind>(what.key.kind));
  SetSubject(what, entry);
  entry.set_basis_entry(what.basis);
  entry.set_basis_before(what.basis_before);
  entry.set_seq(what.seq);
  entry.set_epoch(what.epoch);
  entry.set_k_observed(static_cast<std::uint32_t>(what.class_size));
  if (what.digest != Digest{}) entry.set_digest(ToBytes(what.digest));
  return log.Append(federation::EntryBytes(entry)).status();
}

}  // namespace minga::exchange
