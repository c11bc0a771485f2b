#include "storage/sqlite/receipts.h"

#include <utility>

#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

#define MINGA_RECEIPT_COLUMNS "epoch, after, upto, at, note"
constexpr char kNewest[] = "SELECT " MINGA_RECEIPT_COLUMNS
                           " FROM receipt WHERE peer = ?1 AND side = ?2"
                           " ORDER BY receipt DESC LIMIT ?3";
constexpr char kCovering[] =
    "SELECT " MINGA_RECEIPT_COLUMNS
    " FROM receipt WHERE peer = ?1 AND side = ?2 AND epoch = ?3 AND upto >= ?4"
    " ORDER BY upto, receipt LIMIT 1";
#undef MINGA_RECEIPT_COLUMNS
constexpr char kTotals[] =
    "SELECT pages, applied, withdrawn, rejected FROM receipt_total"
    " WHERE peer = ?1 AND side = ?2";
constexpr char kRejections[] =
    "SELECT epoch, seq, kind, id, reason, at FROM rejection"
    " WHERE peer = ?1 AND side = ?2 ORDER BY rejection DESC LIMIT ?3";
constexpr char kAdd[] =
    "INSERT INTO receipt (peer, side, epoch, after, upto, at, note)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
constexpr char kPutTotals[] =
    "INSERT OR REPLACE INTO receipt_total (peer, side, pages, applied,"
    " withdrawn, rejected) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
constexpr char kTrim[] =
    "DELETE FROM receipt WHERE peer = ?1 AND side = ?2 AND receipt <="
    " (SELECT receipt FROM receipt WHERE peer = ?1 AND side = ?2"
    "  ORDER BY receipt DESC LIMIT 1 OFFSET ?3)";
constexpr char kAddRejection[] =
    "INSERT INTO rejection (peer, side, epoch, seq, kind, id, reason, at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr char kTrimRejections[] =
    "DELETE FROM rejection WHERE peer = ?1 AND side = ?2 AND rejection <="
    " (SELECT rejection FROM rejection WHERE peer = ?1 AND side = ?2"
    "  ORDER BY rejection DESC LIMIT 1 OFFSET ?3)";
constexpr char kForget[] =
    "DELETE FROM rejection WHERE at < ?1 RETURNING rejection";
constexpr char kRemove[] = "DELETE FROM receipt WHERE peer = ?1";
constexpr char kRemoveTotals[] = "DELETE FROM receipt_total WHERE peer = ?1";
constexpr char kRemoveRejections[] = "DELETE FROM rejection WHERE peer = ?1";

// Trimming walks over all that stay, so not every time.
constexpr std::uint64_t kTrimEvery = 1000;

ReceiptRow RowOf(const Run& run, ReceiptSide side) {
  ReceiptRow receipt;
  receipt.side = side;
  receipt.epoch = run.Unsigned(0);
  receipt.after = run.Unsigned(1);
  receipt.upto = run.Unsigned(2);
  receipt.at = absl::FromUnixMicros(run.Int(3));
  receipt.note = run.String(4);
  return receipt;
}

int AtLeastNone(int limit) { return limit < 0 ? 0 : limit; }

}  // namespace

absl::Status Receipts::Prepare(Connection& connection) {
  return connection.Prepare({{&newest_, kNewest},
                             {&covering_, kCovering},
                             {&totals_, kTotals},
                             {&rejections_, kRejections},
                             {&add_, kAdd},
                             {&put_totals_, kPutTotals},
                             {&trim_, kTrim},
                             {&add_rejection_, kAddRejection},
                             {&trim_rejections_, kTrimRejections},
                             {&forget_, kForget},
                             {&remove_, kRemove},
                             {&remove_totals_, kRemoveTotals},
                             {&remove_rejections_, kRemoveRejections}});
}

absl::StatusOr<std::vector<ReceiptRow>> Receipts::Newest(const PeerId& peer,
                                                         ReceiptSide side,
                                                         int limit) const {
  std::vector<ReceiptRow> receipts;
  Run run(newest_, peer, static_cast<int>(side), AtLeastNone(limit));
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return receipts;
    receipts.push_back(RowOf(run, side));
  }
}

absl::StatusOr<std::optional<ReceiptRow>> Receipts::Covering(const PeerId& peer,
                                                             ReceiptSide side,
                                                             Epoch epoch,
                                                             SeqNo seq) const {
  Run run(covering_, peer, static_cast<int>(side), epoch, seq);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<ReceiptRow>();
  return std::optional<ReceiptRow>(RowOf(run, side));
}

absl::StatusOr<ReceiptTotals> Receipts::Totals(const PeerId& peer,
                                               ReceiptSide side) const {
  Run run(totals_, peer, static_cast<int>(side));
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return ReceiptTotals();
  return ReceiptTotals{run.Unsigned(0), run.Unsigned(1), run.Unsigned(2),
                       run.Unsigned(3)};
}

absl::StatusOr<std::vector<RejectionRow>> Receipts::Rejections(
    const PeerId& peer, ReceiptSide side, int limit) const {
  std::vector<RejectionRow> rows;
  Run run(rejections_, peer, static_cast<int>(side), AtLeastNone(limit));
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return rows;
    RejectionRow row;
    row.epoch = run.Unsigned(0);
    row.seq = run.Unsigned(1);
    if (run.Int(2) != 0) {
      MINGA_ASSIGN_OR_RETURN(row.kind, run.KindAt(2));
    }
    row.id = run.String(3);
    row.reason = run.String(4);
    row.at = absl::FromUnixMicros(run.Int(5));
    rows.push_back(std::move(row));
  }
}

absl::Status Receipts::Add(const PeerId& peer, const ReceiptRow& receipt) {
  const int side = static_cast<int>(receipt.side);
  MINGA_RETURN_IF_ERROR(Run(add_, peer, side, receipt.epoch, receipt.after,
                            receipt.upto, absl::ToUnixMicros(receipt.at),
                            Bytes{receipt.note})
                            .Finish());
  MINGA_ASSIGN_OR_RETURN(ReceiptTotals totals, Totals(peer, receipt.side));
  ++totals.pages;
  totals.applied += receipt.applied;
  totals.withdrawn += receipt.withdrawn;
  totals.rejected += receipt.rejected.size();
  MINGA_RETURN_IF_ERROR(Run(put_totals_, peer, side, totals.pages,
                            totals.applied, totals.withdrawn, totals.rejected)
                            .Finish());
  if (totals.pages % kTrimEvery == 0) {
    MINGA_RETURN_IF_ERROR(Run(trim_, peer, side, kReceiptsKeptMax).Finish());
  }
  if (receipt.rejected.empty()) return absl::OkStatus();
  return AddRejections(peer, receipt);
}

absl::Status Receipts::AddRejections(const PeerId& peer,
                                     const ReceiptRow& receipt) {
  const int side = static_cast<int>(receipt.side);
  for (const RejectionRow& row : receipt.rejected) {
    MINGA_RETURN_IF_ERROR(Run(add_rejection_, peer, side, receipt.epoch,
                              row.seq, static_cast<int>(row.kind), row.id,
                              row.reason, absl::ToUnixMicros(receipt.at))
                              .Finish());
  }
  return Run(trim_rejections_, peer, side, kRejectionsKeptMax).Finish();
}

absl::StatusOr<int> Receipts::ForgetRejections(absl::Time horizon) {
  Run run(forget_, absl::ToUnixMicros(horizon));
  int forgotten = 0;
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return forgotten;
    ++forgotten;
  }
}

absl::Status Receipts::Remove(const PeerId& peer) {
  MINGA_RETURN_IF_ERROR(Run(remove_rejections_, peer).Finish());
  MINGA_RETURN_IF_ERROR(Run(remove_totals_, peer).Finish());
  return Run(remove_, peer).Finish();
}

}  // namespace minga::storage::sqlite
