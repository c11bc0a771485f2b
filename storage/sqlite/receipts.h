#ifndef MINGA_STORAGE_SQLITE_RECEIPTS_H_
#define MINGA_STORAGE_SQLITE_RECEIPTS_H_

#include "storage/receipt_store.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// ReceiptStore over tables `receipt`, `receipt_total` and `rejection`. Threads:
// its connection's.
class Receipts final : public ReceiptStore {
 public:
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::vector<ReceiptRow>> Newest(const PeerId& peer,
                                                 ReceiptSide side,
                                                 int limit) const override;
  absl::StatusOr<std::optional<ReceiptRow>> Covering(const PeerId& peer,
                                                     ReceiptSide side,
                                                     Epoch epoch,
                                                     SeqNo seq) const override;
  absl::StatusOr<ReceiptTotals> Totals(const PeerId& peer,
                                       ReceiptSide side) const override;
  absl::StatusOr<std::vector<RejectionRow>> Rejections(
      const PeerId& peer, ReceiptSide side, int limit) const override;

  absl::Status Add(const PeerId& peer, const ReceiptRow& receipt) override;
  absl::StatusOr<int> ForgetRejections(absl::Time horizon) override;
  absl::Status Remove(const PeerId& peer) override;

 private:
  absl::Status AddRejections(const PeerId& peer, const ReceiptRow& receipt);

  Statement newest_;
  Statement covering_;
  Statement totals_;
  Statement rejections_;
  Statement add_;
  Statement put_totals_;
  Statement trim_;
  Statement add_rejection_;
  Statement trim_rejections_;
  Statement forget_;
  Statement remove_;
  Statement remove_totals_;
  Statement remove_rejections_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_RECEIPTS_H_
