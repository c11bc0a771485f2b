#include "node/exchange/audit_entries.h"

#include <algorithm>

#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"

namespace minga::exchange {
namespace {

// Enough to recognise a policy of the log among those ever activated.
constexpr std::size_t kPolicyHashBytes = 8;

void SetSubject(const RecordEvent& what, v1::AuditEntry& entry) {
  if (what.key.kind != RecordKind::kProfile) {
    entry.set_record_id(what.key.id);
  } else if (what.commitment != nullptr) {
    entry.set_subject(ToBytes(*what.commitment));
  } else if (!what.person_key.empty()) {
    entry.set_subject(ToBytes(SubjectOf(what.person_key, what.key.id)));
  } else if (what.key.country == what.peer) {
    // A peer's profile: its pseudonym is a key that only holders of the record
    // have, and the origin erases it with the person.
    constexpr absl::string_view kReceived = "minga/audit/received/v1";
    entry.set_subject(ToBytes(HmacSha256(what.key.id, kReceived)));
  }
  // Else an own person whose key is gone: nothing may lead there any more.
}

}  // namespace

Digest SubjectOf(absl::string_view person_key, absl::string_view person) {
  constexpr absl::string_view kSalt = "minga/audit/salt/v1";
  const Digest salt = HmacSha256(person_key, kSalt);
  return HmacSha256(AsView(salt), person);
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
  entry.set_purpose(static_cast<v1::Purpose>(what.purpose));
  entry.set_policy_hash(
      std::string(what.policy_hash.substr(0, kPolicyHashBytes)));
  entry.set_rules(std::string(what.rules));
  entry.set_levels_after(std::string(what.levels));
  entry.set_k_observed(static_cast<std::uint32_t>(what.class_size));
  if (what.digest != Digest{}) entry.set_digest(ToBytes(what.digest));
  return log.Append(federation::EntryBytes(entry)).status();
}

}  // namespace minga::exchange
