// Builds the audit entries about records and persons. A person appears only as
// a commitment under a salt that is derived from the person's key: once the key
// is destroyed, nothing leads from an entry to the person.
#ifndef MINGA_NODE_EXCHANGE_AUDIT_ENTRIES_H_
#define MINGA_NODE_EXCHANGE_AUDIT_ENTRIES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "storage/audit_store.h"

namespace minga::v1 {
enum AuditEvent : int;
}  // namespace minga::v1

namespace minga::exchange {

// Who did something, and when.
struct Deed {
  std::string actor;
  absl::Time at;
};

// What an entry may tell of a record; what is empty is left out.
struct RecordEvent {
  RecordKey key;
  // Key of the person that an own profile is about.
  absl::string_view person_key;
  // SubjectOf the person, if the caller has it at hand.
  const Digest* commitment = nullptr;
  PeerId peer;
  // Entries that say why, and why it was otherwise before (audit_basis.h).
  storage::LeafIndex basis = 0;
  storage::LeafIndex basis_before = 0;
  // Of the row that tells the peer, and the epoch of its feed.
  SeqNo seq = 0;
  Epoch epoch = 0;
  std::int64_t class_size = 0;
  Digest digest{};
  absl::string_view detail;  // reason code
};

// Appends the entry of `event`. INVALID_ARGUMENT and storage errors as
// AuditStore::Append.
absl::Status AppendRecordEvent(v1::AuditEvent event, const Deed& deed,
                               const RecordEvent& what,
                               storage::AuditStore& log);

// HMAC-SHA-256 of `person` under the person's salt.
Digest SubjectOf(absl::string_view person_key, absl::string_view person);

// The same for a peer's person, of whom there is only a pseudonym: a key that
// only holders of the record have, and the origin erases it with the person.
Digest SubjectOfReceived(absl::string_view pseudonym);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_AUDIT_ENTRIES_H_
