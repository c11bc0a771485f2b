// How long the records of peers stay here.
//
// A stay begins on the day on which a record first comes and ends when its
// origin withdraws it, or no longer brings it in a new epoch: newer revisions,
// and the same one brought again, go on with it. So retention_days count from
// the first day, whichever law asks for them and since when. What was erased
// here while its origin shows it still - its retention ended, our law refused
// it - goes on with the old stay if it is brought again: its first day is
// remembered under a hash of its key, for kStaysMax records of each peer; of
// more, the oldest are forgotten and would begin anew.
//
// Also counts what was erased because its retention ended, so that our receipts
// report it to the origin. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_RETENTION_H_
#define MINGA_NODE_EXCHANGE_RETENTION_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "storage/document_store.h"

namespace minga::exchange {

// So far; 0 if none. DATA_LOSS if what is stored is no number.
absl::StatusOr<std::uint64_t> RetentionEndedOf(
    const storage::DocumentReader& documents, const PeerId& from);

// `records` more, in the transaction that erases them.
absl::Status NoteRetentionEnded(storage::DocumentStore& documents,
                                const PeerId& from, std::uint64_t records);

// About 100 bytes each: 10 MB for a peer.
inline constexpr int kStaysMax = 100'000;

// The first day of the stay of a record that was erased; nullopt if none is
// remembered. DATA_LOSS if what is stored is no day.
absl::StatusOr<std::optional<absl::CivilDay>> StayOf(
    const storage::DocumentReader& documents, const RecordKey& key);

// In the transaction that erases the record of a peer that began to stay on
// `since`. At `most` of one peer, a tenth of them is forgotten first.
absl::Status RememberStay(storage::DocumentStore& documents,
                          const RecordKey& key, absl::CivilDay since,
                          int most = kStaysMax);

// The stay has ended, or goes on.
absl::Status ForgetStay(storage::DocumentStore& documents,
                        const RecordKey& key);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RETENTION_H_
