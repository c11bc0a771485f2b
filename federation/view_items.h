// Views in the database as item sets, and what a comparison changes there.
#ifndef MINGA_FEDERATION_VIEW_ITEMS_H_
#define MINGA_FEDERATION_VIEW_ITEMS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "federation/item_set.h"
#include "federation/ports.h"
#include "federation/reconcile_wire.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::v1 {
class Comparison;
}  // namespace minga::v1

namespace minga::federation {

// --- Reading: seconds for a million records, so not on the federation thread.

// What we show `peer` by rows up to `upto`.
absl::StatusOr<ItemSet> ShownItems(const storage::Snapshot& snapshot,
                                   const PeerId& peer, SeqNo upto);
// What `from` has told.
absl::StatusOr<ItemSet> ToldItems(const storage::Snapshot& snapshot,
                                  const PeerId& from);
// The records of our feed for `peer` that stand after `after`.
// ABORTED if they are more than kMovedMax.
absl::StatusOr<std::vector<Tag>> MovedSince(const storage::Snapshot& snapshot,
                                            const PeerId& peer, SeqNo after);

// Where those of `items` stand that we still show `peer` so.
absl::StatusOr<std::vector<SeqNo>> PlacesOf(const storage::Snapshot& snapshot,
                                            const PeerId& peer,
                                            absl::Span<const Item> items);
// The records of `from` that are among `items`.
struct ToldRecord {
  RecordKey key;
  Digest digest{};
};
absl::StatusOr<std::vector<ToldRecord>> RecordsOf(
    const storage::Snapshot& snapshot, const PeerId& from,
    absl::Span<const Item> items);

// --- Writing.

// Moves the rows at `places` of the feed of `peer` to its end, so that they are
// sent again; returns how many were still there.
absl::StatusOr<int> SendAgain(storage::Transaction& transaction,
                              const PeerId& peer,
                              absl::Span<const SeqNo> places);
// Erases those that are still as they were found, as if `from` had withdrawn
// them; returns how many.
absl::StatusOr<int> EraseSurplus(storage::Transaction& transaction,
                                 Inbox& inbox, const PeerId& from,
                                 absl::Span<const ToldRecord> records);

// Keeps the outcome of our comparison with `from`, numbered, and its leaf in
// the log.
absl::Status KeepComparison(storage::Transaction& transaction,
                            const PeerId& from, v1::Comparison& comparison,
                            absl::Time now);
// Whether everything may be brought anew because of a comparison that failed at
// `now`: once a night, as what made it fail may be there again afterwards.
absl::StatusOr<bool> MayBringAnew(const storage::DocumentReader& documents,
                                  const PeerId& from, absl::Time now);
// The last one; its number is 0 if there is none.
absl::StatusOr<v1::Comparison> LastComparison(
    const storage::DocumentReader& documents, const PeerId& from);
// Keeps the word of `peer` on our feed, and its leaf.
absl::Status KeepStatement(storage::Transaction& transaction,
                           const PeerId& peer,
                           const ComparedStatement& statement,
                           const std::string& note, absl::Time now);
absl::StatusOr<std::string> LastStatement(
    const storage::DocumentReader& documents, const PeerId& peer);

// A comparison that is to be made as soon as possible: after an epoch has been
// taken, or because somebody asks for it.
absl::Status OrderComparison(storage::DocumentStore& documents,
                             const PeerId& from);
absl::StatusOr<bool> IsOrdered(const storage::DocumentReader& documents,
                               const PeerId& from);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_VIEW_ITEMS_H_
