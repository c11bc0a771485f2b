// What our own law says of the records of peers, when they come and later.
// Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_RECEIVED_H_
#define MINGA_NODE_EXCHANGE_RECEIVED_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/exchange/audit_entries.h"
#include "node/exchange/obligations.h"
#include "node/exchange/scene.h"
#include "node/exchange/subject.h"
#include "policy/decision.h"
#include "storage/database.h"

namespace minga::exchange {

// The question whose answer lets a record of `from` in.
policy::Question ReceiveQuestion(const Scene& scene, RecordKind kind,
                                 const PeerId& from);

// What of a peer's record `decision` lets in, with `id` as its id. As Project,
// which says explicitly what the PES of an own vacancy takes for granted
// (facts.h); but of a peer's vacancy nothing is said that its origin does not.
OwnedContent ProjectReceived(const Content& content,
                             const policy::Decision& decision,
                             absl::string_view id,
                             const Hierarchies& hierarchies);

// True if the law in force lets a record in as it came.
bool PassesAsItIs(const Verdict& verdict);

// The digest of a stored record, from that of what is kept of it and on which
// terms (DigestOfShown). The epoch takes part, so that a record brought
// again in a new one is marked with it; the day does not, so that bringing it
// again within one does not prolong its stay.
Digest DigestOfReceived(const Digest& shown, Epoch epoch);

// The day on which the stay of a received record began; `body` is its own.
absl::CivilDay StayBegan(const storage::StoredRecord& record,
                         const ReceivedBody& body);

// Notes that our law kept records of `from` out.
absl::Status NoteRefused(storage::Transaction& transaction, const PeerId& from);

// Moves the cursor of `peer`, if it is still one, to the beginning of its feed,
// so that it brings everything again at the next stream. A page under way is
// answered with ABORTED.
absl::Status BringAgain(storage::Transaction& transaction, const PeerId& peer);

// Another law may let in what was kept out: BringAgain for the peers concerned.
absl::Status AskAgain(storage::Transaction& transaction);

// True if ReevaluateReceived would do anything to `record`.
bool IsStaleReceived(const Scene& scene, const storage::StoredRecord& record);

// Erases the record if our law no longer lets it in, its last day has passed or
// it cannot be read; else takes out of it what our law no longer lets in, and
// makes it due on the day when that may change. A stricter retention of our law
// counts from the day on which the stay began (retention.h); a looser one
// prolongs nothing until the record is brought again.
absl::Status ReevaluateReceived(storage::Transaction& transaction,
                                const Scene& scene, const Deed& deed,
                                const RecordKey& key);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RECEIVED_H_
