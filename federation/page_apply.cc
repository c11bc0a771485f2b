#include "federation/page_apply.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/page_builder.h"
#include "federation/receipt.h"
#include "federation/restored.h"
#include "federation/stream_context.h"
#include "federation/view_items.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/federation.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::federation {
namespace {

// One erasure transaction: short enough for others to get the writer between.
constexpr int kSettleRecordsMax = 500;

std::string SettlingName(const PeerId& from) {
  return absl::StrCat("federation/settling/", from.ToString());
}

// Counts the beginnings with `from`. The wire's epoch would not do as the mark
// of what was brought since: one epoch may have to begin twice.
absl::StatusOr<Epoch> NextGeneration(storage::DocumentStore& documents,
                                     const PeerId& from) {
  const std::string name =
      absl::StrCat("federation/generation/", from.ToString());
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> last,
                         documents.Get(name));
  Epoch generation = 0;
  if (last.has_value() && !absl::SimpleAtoi(*last, &generation)) {
    return absl::DataLossError(absl::StrCat(name, " is not a number"));
  }
  ++generation;
  MINGA_RETURN_IF_ERROR(documents.Put(name, absl::StrCat(generation)));
  return generation;
}

PageFacts FactsOf(const PageHeader& page) {
  return {page.origin, page.epoch, page.after, page.upto, page.rows, page.root};
}

std::int64_t LateErasures(const PageInFlight& flight, absl::Time now) {
  return std::count_if(flight.page.rows.begin(), flight.page.rows.end(),
                       [now](const InboundRow& row) {
                         return !row.upsert && row.erase_by < now;
                       });
}

// The refused rows of the page by name; both lists ascend.
std::vector<storage::RejectionRow> NameRejections(const PageInFlight& flight) {
  std::vector<storage::RejectionRow> rows;
  auto at = flight.page.rows.begin();
  for (const InboundRejection& rejection : flight.result.rejected) {
    storage::RejectionRow row;
    row.seq = rejection.seq;
    row.reason = Printable(rejection.reason, kShortTextBytesMax);
    while (at != flight.page.rows.end() && at->seq < rejection.seq) ++at;
    if (at != flight.page.rows.end() && at->seq == rejection.seq) {
      row.kind = at->key.kind;
      if (IsAboutNobody(row.kind)) row.id = at->key.id;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void SealInto(const Signer& signer, PageInFlight& flight) {
  flight.receipt = std::make_unique<v1::FollowRequest>();
  v1::Receipt& receipt = *flight.receipt->mutable_receipt();
  SealReceipt(flight.page.header, flight.result, signer, flight.dialect,
              receipt);
}

}  // namespace

PageInFlight::PageInFlight() = default;
PageInFlight::~PageInFlight() = default;

PendingErasures ErasuresIn(absl::Span<const InboundRow> rows) {
  PendingErasures erasures;
  for (const InboundRow& row : rows) {
    if (!row.upsert) erasures.Add({1, row.erase_by});
  }
  return erasures;
}

absl::Status ApplyPage(storage::Transaction& transaction, Inbox& inbox,
                       const Signer& signer, absl::Time now,
                       PageInFlight& flight) {
  const PageHeader& page = flight.page.header;
  const storage::Cursor begin{page.epoch, page.after};
  MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                         transaction.peers().CursorOf(page.origin));
  if (cursor != begin) {
    return absl::AbortedError(
        absl::StrCat("page ", page.Range(), " of epoch ", page.epoch,
                     " comes when the cursor is at ", cursor.seq, " of epoch ",
                     cursor.epoch));
  }
  flight.result = {0, 0, flight.rejected, 0};
  if (!flight.page.rows.empty()) {
    MINGA_ASSIGN_OR_RETURN(
        flight.result, inbox.Apply(transaction, page.origin, flight.page.rows,
                                   flight.rejected));
    MINGA_RETURN_IF_ERROR(
        RememberErasures(transaction.documents(), page, flight.page.erasures));
  }
  MINGA_ASSIGN_OR_RETURN(
      flight.result.retention_ended,
      inbox.RetentionEnded(transaction.documents(), page.origin));
  MINGA_RETURN_IF_ERROR(transaction.peers().SetCursor(
      page.origin, storage::Cursor{page.epoch, page.upto}));
  SealInto(signer, flight);
  MINGA_RETURN_IF_ERROR(transaction.peers().receipts().Add(
      page.origin, {storage::ReceiptSide::kGiven, page.epoch, page.after,
                    page.upto, now, flight.receipt->receipt().note(),
                    static_cast<std::uint32_t>(flight.result.applied),
                    static_cast<std::uint32_t>(flight.result.withdrawn),
                    NameRejections(flight)}));
  std::string detail = absl::StrCat(
      "applied ", flight.result.applied, ", withdrawn ",
      flight.result.withdrawn, ", rejected ", flight.result.rejected.size());
  const std::int64_t late = LateErasures(flight, now);
  if (late > 0) absl::StrAppend(&detail, ", withdrawn too late ", late);
  MINGA_RETURN_IF_ERROR(transaction.audit()
                            .Append(PageEntry(v1::AUDIT_EVENT_PAGE_APPLIED, now,
                                              FactsOf(page), detail))
                            .status());
  flight.receipt->mutable_receipt()->set_checkpoint(
      OwnCheckpoint(transaction.audit()));
  return absl::OkStatus();
}

void ReceiptWithoutApplying(const Signer& signer, std::uint64_t retention_ended,
                            PageInFlight& flight) {
  flight.result = {};
  flight.result.retention_ended = retention_ended;
  SealInto(signer, flight);
  flight.done = true;
}

absl::Status BeginEpoch(storage::Transaction& transaction, Inbox& inbox,
                        const PeerId& from, Epoch epoch, absl::Time now) {
  MINGA_ASSIGN_OR_RETURN(const Epoch generation,
                         NextGeneration(transaction.documents(), from));
  MINGA_RETURN_IF_ERROR(inbox.BeginEpoch(transaction, from, generation));
  MINGA_RETURN_IF_ERROR(
      transaction.peers().SetCursor(from, storage::Cursor{epoch, 0}));
  MINGA_RETURN_IF_ERROR(
      transaction.documents().Put(SettlingName(from), absl::StrCat(epoch)));
  return transaction.audit()
      .Append(PageEntry(v1::AUDIT_EVENT_EPOCH_STARTED, now,
                        {from, epoch, 0, 0, 0, {}}))
      .status();
}

absl::StatusOr<bool> IsSettling(const storage::DocumentReader& documents,
                                const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> document,
                         documents.Get(SettlingName(from)));
  return document.has_value();
}

absl::StatusOr<bool> SettleSome(storage::Transaction& transaction, Inbox& inbox,
                                const PeerId& from) {
  MINGA_ASSIGN_OR_RETURN(const int erased,
                         inbox.Settle(transaction, from, kSettleRecordsMax));
  if (erased >= kSettleRecordsMax) return false;
  MINGA_RETURN_IF_ERROR(
      transaction.documents().Remove(SettlingName(from)).status());
  // That everything came is believed once both sides have compared it.
  MINGA_RETURN_IF_ERROR(OrderComparison(transaction.documents(), from));
  return true;
}

absl::Status RecordRefusal(storage::Transaction& transaction,
                           const PageHeader& page, const absl::Status& why,
                           absl::Time now) {
  return transaction.audit()
      .Append(PageEntry(v1::AUDIT_EVENT_PAGE_REFUSED, now, FactsOf(page),
                        why.message()))
      .status();
}

}  // namespace minga::federation
