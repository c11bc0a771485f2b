#ifndef MINGA_STORAGE_SQLITE_PEERS_H_
#define MINGA_STORAGE_SQLITE_PEERS_H_

#include "storage/peer_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/vault.h"

namespace minga::storage::sqlite {

// PeerStore over tables `peer` and `receipt`. Threads: its connection's.
class Peers final : public PeerStore {
 public:
  // `vault` outlives this.
  explicit Peers(const Vault& vault) : vault_(vault) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::vector<PeerRow>> List() const override;
  absl::StatusOr<std::optional<PeerRow>> Get(const PeerId& peer) const override;
  absl::StatusOr<Cursor> CursorOf(const PeerId& peer) const override;
  absl::StatusOr<std::vector<ReceiptRow>> Receipts(const PeerId& peer,
                                                   int limit) const override;

  absl::Status Put(const PeerRow& peer) override;
  absl::Status SetCursor(const PeerId& peer, const Cursor& cursor) override;
  absl::Status AddReceipt(const PeerId& peer,
                          const ReceiptRow& receipt) override;
  absl::Status Remove(const PeerId& peer) override;

 private:
  absl::StatusOr<PeerRow> RowOf(const Run& run) const;

  const Vault& vault_;
  Statement list_;
  Statement get_;
  Statement cursor_;
  Statement receipts_;
  Statement others_;
  Statement put_;
  Statement set_cursor_;
  Statement add_receipt_;
  Statement remove_;
  Statement remove_receipts_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_PEERS_H_
