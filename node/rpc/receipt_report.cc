#include "node/rpc/receipt_report.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/receipt.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/rpc/times.h"
#include "storage/database.h"

namespace minga::rpc {
namespace {

using storage::ReceiptSide;

constexpr int kListedByDefault = 20;

absl::StatusOr<int> Limit(std::uint32_t asked, int most) {
  if (asked == 0) return kListedByDefault;
  if (asked > static_cast<std::uint32_t>(most)) {
    return absl::InvalidArgumentError(
        absl::StrCat("limit: must be in 1..", most, ", is `", asked, "`"));
  }
  return static_cast<int>(asked);
}

absl::Status CheckPeer(const storage::PeerReader& peers, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> row,
                         peers.Get(peer));
  if (row.has_value()) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("`", peer.ToString(), "` is not a peer"));
}

void Encode(const storage::ReceiptTotals& totals, v1::ReceiptTotals& out) {
  out.set_pages(totals.pages);
  out.set_accepted(totals.applied);
  out.set_withdrawn(totals.withdrawn);
  out.set_rejected(totals.rejected);
}

// The numbers are those of the signed note.
absl::Status Encode(const storage::ReceiptRow& row, v1::ReceiptLine& out) {
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(row.note));
  MINGA_ASSIGN_OR_RETURN(const federation::ReceiptHeader header,
                         federation::ReceiptHeader::Parse(note.text));
  *out.mutable_at() = ToTimestamp(row.at);
  out.set_epoch(header.epoch);
  out.set_after(header.after);
  out.set_upto(header.upto);
  out.set_accepted(header.applied);
  out.set_withdrawn(header.withdrawn);
  out.set_rejected(header.rejected);
  out.set_retention_ended(header.retention_ended);
  out.set_note(row.note);
  return absl::OkStatus();
}

void Encode(const storage::RejectionRow& row, v1::RejectionLine& out) {
  *out.mutable_at() = ToTimestamp(row.at);
  out.set_epoch(row.epoch);
  out.set_seq(row.seq);
  out.set_kind(static_cast<v1::RecordKind>(row.kind));
  out.set_id(row.id);
  out.set_reason(row.reason);
}

template <typename Lines>
absl::Status EncodeNewest(const storage::ReceiptReader& receipts,
                          const PeerId& peer, ReceiptSide side, int limit,
                          v1::ReceiptTotals& totals, Lines& lines) {
  MINGA_ASSIGN_OR_RETURN(const storage::ReceiptTotals sum,
                         receipts.Totals(peer, side));
  Encode(sum, totals);
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::ReceiptRow> rows,
                         receipts.Newest(peer, side, limit));
  for (const storage::ReceiptRow& row : rows) {
    MINGA_RETURN_IF_ERROR(Encode(row, *lines.Add()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListReceiptsResponse> ListReceipts(
    const NodeParts& node, const v1::ListReceiptsRequest& request) {
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, Country::Parse(request.peer()));
  MINGA_ASSIGN_OR_RETURN(const int limit,
                         Limit(request.limit(), kReceiptsListedMax));
  v1::ListReceiptsResponse response;
  response.set_own(node.own.ToString());
  const absl::Status read = node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_RETURN_IF_ERROR(CheckPeer(snapshot.peers(), peer));
        const storage::ReceiptReader& receipts = snapshot.peers().receipts();
        MINGA_RETURN_IF_ERROR(EncodeNewest(
            receipts, peer, ReceiptSide::kTaken, limit,
            *response.mutable_taken_totals(), *response.mutable_taken()));
        return EncodeNewest(receipts, peer, ReceiptSide::kGiven, limit,
                            *response.mutable_given_totals(),
                            *response.mutable_given());
      });
  MINGA_RETURN_IF_ERROR(read);
  return response;
}

absl::StatusOr<v1::ListRejectionsResponse> ListRejections(
    const NodeParts& node, const v1::ListRejectionsRequest& request) {
  MINGA_ASSIGN_OR_RETURN(const PeerId peer, Country::Parse(request.peer()));
  MINGA_ASSIGN_OR_RETURN(const int limit,
                         Limit(request.limit(), storage::kRejectionsKeptMax));
  v1::ListRejectionsResponse response;
  response.set_own(node.own.ToString());
  response.set_kept_days(storage::kRejectionsKeptDays);
  const absl::Status read = node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_RETURN_IF_ERROR(CheckPeer(snapshot.peers(), peer));
        const storage::ReceiptReader& receipts = snapshot.peers().receipts();
        MINGA_ASSIGN_OR_RETURN(
            const std::vector<storage::RejectionRow> sent,
            receipts.Rejections(peer, ReceiptSide::kTaken, limit));
        for (const auto& row : sent) Encode(row, *response.add_sent());
        MINGA_ASSIGN_OR_RETURN(
            const std::vector<storage::RejectionRow> received,
            receipts.Rejections(peer, ReceiptSide::kGiven, limit));
        for (const auto& row : received) Encode(row, *response.add_received());
        MINGA_ASSIGN_OR_RETURN(const storage::ReceiptTotals taken,
                               receipts.Totals(peer, ReceiptSide::kTaken));
        response.set_sent_total(taken.rejected);
        MINGA_ASSIGN_OR_RETURN(const storage::ReceiptTotals given,
                               receipts.Totals(peer, ReceiptSide::kGiven));
        response.set_received_total(given.rejected);
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(read);
  return response;
}

}  // namespace minga::rpc
