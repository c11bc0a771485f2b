// What federation needs from the labour exchange. node/exchange implements
// these; federation knows nothing of vacancies or profiles.
#ifndef MINGA_FEDERATION_PORTS_H_
#define MINGA_FEDERATION_PORTS_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::federation {

// The bytes of one shown row as its peer may see them.
struct Projection {
  std::string body;
  // Obligations of the receiver.
  int retention_days = 0;                                  // 0 = none
  absl::CivilDay retention_until = absl::CivilDay::max();  // max() = none
  bool no_onward_transfer = false;
};

class Projector {
 public:
  virtual ~Projector() = default;
  // REQUIRES: row.state is kShown.
  //   FAILED_PRECONDITION  the bytes no longer hash to row.digest: the view is
  //                        stale and must be evaluated again before anything
  //                        of it is sent.
  virtual absl::StatusOr<Projection> Project(const storage::Snapshot& snapshot,
                                             const PeerId& peer,
                                             const storage::FeedRow& row) = 0;
  // Evaluates the view of these records again: they were stale at sending. Only
  // queues; called on the federation thread.
  virtual void Reevaluate(const PeerId& peer, std::vector<RecordKey> keys) = 0;
  // The peer is told to erase these, as they could not be shown as decided for
  // long (stale_rows.h): the rows that still stand at these places become
  // withheld until they are decided anew. Only queues, as Reevaluate.
  virtual void Withhold(const PeerId& peer,
                        std::vector<std::pair<SeqNo, RecordKey>> rows) = 0;
  // Own records, about nobody, that `peer` says we had withdrawn from it after
  // the copy of the database that was put back. Erases those that are there as
  // the copy had them; returns how many. What was put since then stays.
  virtual absl::StatusOr<int> TakeBack(storage::Transaction& transaction,
                                       const PeerId& peer,
                                       absl::Span<const RecordKey> keys) = 0;
};

// One row as it arrived. Views into the page, which outlives the call.
struct InboundRow {
  SeqNo seq = 0;
  RecordKey key;  // key.country is the peer's: a peer speaks for itself only
  bool upsert = false;
  absl::string_view body;
  Revision revision = 0;
  absl::string_view reason;
  // As in Projection.
  int retention_days = 0;
  absl::CivilDay retention_until = absl::CivilDay::max();
  bool no_onward_transfer = false;
  // Of a withdrawal: erased by then.
  absl::Time erase_by = absl::InfiniteFuture();
};

// Withdrawals of a peer that have arrived and are not yet carried out here.
struct PendingErasures {
  std::int64_t records = 0;
  absl::Time first = absl::InfiniteFuture();  // of their deadlines

  void Add(const PendingErasures& more) {
    records += more.records;
    first = std::min(first, more.first);
  }
};

struct InboundRejection {
  SeqNo seq = 0;
  std::string reason;
};

struct ApplyResult {
  int applied = 0;    // stored, or already held in this form
  int withdrawn = 0;  // erased
  std::vector<InboundRejection> rejected;
  // Inbox::RetentionEnded; Apply leaves it 0.
  std::uint64_t retention_ended = 0;
};

class Inbox {
 public:
  virtual ~Inbox() = default;
  // Checks what needs no database: message form, unknown fields, codes, bounds.
  // Rows found bad are listed; called off the writer thread.
  virtual std::vector<InboundRejection> Validate(
      const PeerId& from, absl::Span<const InboundRow> rows) = 0;

  // Decides (direction RECEIVE), stores, erases and audits the rows, except
  // those whose seq is in `rejected` (ascending), which are audited as
  // rejected. A row already applied is applied again without harm. An error
  // means that the page as a whole could not be applied.
  virtual absl::StatusOr<ApplyResult> Apply(
      storage::Transaction& transaction, const PeerId& from,
      absl::Span<const InboundRow> rows,
      std::vector<InboundRejection> rejected) = 0;

  // How many records of `from` were erased here so far because their retention
  // ended: what receipts report. Never falls.
  virtual absl::StatusOr<std::uint64_t> RetentionEnded(
      const storage::DocumentReader& documents, const PeerId& from) = 0;

  // A new epoch of `from` begins: everything held of it that is not brought
  // again must go. Marks it; the rest is erased by Settle. `epoch` is a mark
  // of our own that grows with each beginning: the feed of one and the same
  // epoch of the peer may have to be brought from the start again.
  virtual absl::Status BeginEpoch(storage::Transaction& transaction,
                                  const PeerId& from, Epoch epoch) = 0;
  // The feed of the new epoch has been caught up with: erases what it did not
  // bring; at most `limit` records a call. Returns the number erased.
  virtual absl::StatusOr<int> Settle(storage::Transaction& transaction,
                                     const PeerId& from, int limit) = 0;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_PORTS_H_
