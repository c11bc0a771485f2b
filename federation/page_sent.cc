#include "federation/page_sent.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/page_builder.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

std::string UntoldName(const PeerId& peer) {
  return absl::StrCat("federation/untold/", peer.ToString());
}

PageFacts FactsOf(const PageHeader& page) {
  return {page.follower, page.epoch, page.after,
          page.upto,     page.rows,  page.root};
}

// "applied 5, withdrawn 1, rejected 2". The reasons are the peer's words: the
// receipt store keeps them, the log, which nothing can be erased from, does
// not.
std::string DetailOf(const OpenedReceipt& receipt) {
  return absl::StrCat("applied ", receipt.header.applied, ", withdrawn ",
                      receipt.header.withdrawn, ", rejected ",
                      receipt.header.rejected);
}

// Keeps how many records a follower says that it has erased because their
// retention ended; how many more that are than before.
absl::StatusOr<std::uint64_t> KeepRetentionEnded(
    storage::DocumentStore& documents, const PeerId& follower,
    std::uint64_t ended) {
  if (ended == 0) return 0;
  const std::string name =
      absl::StrCat("federation/retention-ended/", follower.ToString());
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(name));
  std::uint64_t before = 0;
  if (text.has_value() && !absl::SimpleAtoi(*text, &before)) {
    return absl::DataLossError(absl::StrCat(name, " is not a number"));
  }
  if (ended <= before) return 0;
  MINGA_RETURN_IF_ERROR(documents.Put(name, absl::StrCat(ended)));
  return ended - before;
}

// The refused records by name, where the feed still has them at that place.
absl::StatusOr<std::vector<storage::RejectionRow>> NameRejections(
    const storage::FeedReader& feeds, const OpenedReceipt& receipt,
    bool same_epoch) {
  std::vector<storage::RejectionRow> rows;
  for (const InboundRejection& rejection : receipt.rejections) {
    storage::RejectionRow row;
    row.seq = rejection.seq;
    row.reason = rejection.reason;
    if (same_epoch) {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::FeedRow> found,
          feeds.Read(receipt.header.follower, rejection.seq - 1, 1));
      if (!found.empty() && found.front().seq == rejection.seq) {
        row.kind = found.front().key.kind;
        if (IsAboutNobody(row.kind)) row.id = found.front().key.id;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

absl::Status LogPageSent(storage::Transaction& transaction,
                         const PageHeader& page, int untold,
                         const Dialect& dialect, absl::Time now) {
  std::string detail;
  if (untold > 0) {
    detail = absl::StrCat("withheld ", untold, ": protocol ", dialect.protocol,
                          " cannot tell what they oblige to");
    MINGA_RETURN_IF_ERROR(transaction.documents().Put(
        UntoldName(page.follower), absl::StrCat(dialect.protocol)));
  }
  return transaction.audit()
      .Append(PageEntry(v1::AUDIT_EVENT_PAGE_SENT, now, FactsOf(page), detail))
      .status();
}

absl::StatusOr<bool> IsUntold(const storage::DocumentReader& documents,
                              const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> untold,
                         documents.Get(UntoldName(peer)));
  return untold.has_value();
}

absl::Status KeepReceipt(storage::Transaction& transaction,
                         const TakenReceipt& taken, absl::Time now) {
  const PageHeader& page = taken.page;
  MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                         transaction.feeds().Head(page.follower));
  const bool same_epoch = head.epoch == page.epoch;
  // Before the acknowledgement, which lets tombstones lose their place.
  MINGA_ASSIGN_OR_RETURN(
      std::vector<storage::RejectionRow> rejected,
      NameRejections(transaction.feeds(), taken.receipt, same_epoch));
  // The receipt stands even if its epoch has ended meanwhile.
  if (taken.advances && same_epoch) {
    MINGA_RETURN_IF_ERROR(
        transaction.feeds().Acknowledge(page.follower, page.upto));
  }
  if (taken.tells) {
    MINGA_RETURN_IF_ERROR(
        transaction.documents().Remove(UntoldName(page.follower)).status());
  }
  const ReceiptHeader& said = taken.receipt.header;
  MINGA_ASSIGN_OR_RETURN(
      const std::uint64_t ended,
      KeepRetentionEnded(transaction.documents(), page.follower,
                         said.retention_ended));
  // A sign of life that says nothing new is not kept.
  if (page.rows == 0 && !taken.advances && ended == 0) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(transaction.peers().receipts().Add(
      page.follower,
      {storage::ReceiptSide::kTaken, page.epoch, page.after, page.upto, now,
       taken.note, said.applied, said.withdrawn, std::move(rejected)}));
  std::string detail = DetailOf(taken.receipt);
  if (ended > 0) absl::StrAppend(&detail, ", retention ended ", ended);
  return transaction.audit()
      .Append(
          PageEntry(v1::AUDIT_EVENT_RECEIPT_TAKEN, now, FactsOf(page), detail))
      .status();
}

}  // namespace minga::federation
