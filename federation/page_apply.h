// The transactions of a follower: what a peer's page does to the database.
#ifndef MINGA_FEDERATION_PAGE_APPLY_H_
#define MINGA_FEDERATION_PAGE_APPLY_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/page.h"
#include "federation/ports.h"
#include "storage/database.h"

namespace minga::v1 {
class FollowRequest;
}  // namespace minga::v1

namespace minga::federation {

// A page between its arrival and its receipt. The federation thread fills it,
// hands it to the writer and takes it back when the job is done.
struct PageInFlight {
  PageInFlight();
  ~PageInFlight();

  OpenedPage page;
  Dialect dialect;                         // of the stream
  std::vector<InboundRejection> rejected;  // by Inbox::Validate; ascending
  PendingErasures erasures;                // that the page asks for
  ApplyResult result;
  std::unique_ptr<v1::FollowRequest> receipt;
  bool done = false;
  absl::Status status;
};

// The withdrawals among the rows.
PendingErasures ErasuresIn(absl::Span<const InboundRow> rows);

// Everything that a page changes, in one transaction: the rows, the cursor, our
// receipt and the audit leaf. Leaves the receipt to be sent in `flight`.
//   ABORTED  the cursor is not where the page begins.
//   and what Inbox::Apply returns.
absl::Status ApplyPage(storage::Transaction& transaction, Inbox& inbox,
                       const Signer& signer, absl::Time now,
                       PageInFlight& flight);

// Puts the receipt for a page that needs no transaction (a replay, a sign of
// life) into `flight`. `retention_ended` as Inbox::RetentionEnded said last.
void ReceiptWithoutApplying(const Signer& signer, std::uint64_t retention_ended,
                            PageInFlight& flight);

// Moves the cursor to the start of `epoch`; what is held of `from` and is not
// brought again will go.
absl::Status BeginEpoch(storage::Transaction& transaction, Inbox& inbox,
                        const PeerId& from, Epoch epoch, absl::Time now);

// Whether an epoch has begun whose leftovers have not all been erased.
absl::StatusOr<bool> IsSettling(const storage::DocumentReader& documents,
                                const PeerId& from);

// Erases some of the leftovers; true once there are none.
absl::StatusOr<bool> SettleSome(storage::Transaction& transaction, Inbox& inbox,
                                const PeerId& from);

// The audit leaf about a page that was not applied.
absl::Status RecordRefusal(storage::Transaction& transaction,
                           const PageHeader& page, const absl::Status& why,
                           absl::Time now);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PAGE_APPLY_H_
