#ifndef MINGA_STORAGE_SQLITE_PEERS_H_
#define MINGA_STORAGE_SQLITE_PEERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/memo.h"
#include "storage/peer_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/receipts.h"
#include "storage/sqlite/vault.h"

namespace minga::storage::sqlite {

// PeerStore over table `peer`. Threads: its connection's.
class Peers final : public PeerStore {
 public:
  // `vault` outlives this.
  explicit Peers(const Vault& vault) : vault_(vault) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::vector<PeerRow>> List() const override;
  absl::StatusOr<std::optional<PeerRow>> Get(const PeerId& peer) const override;
  absl::StatusOr<Cursor> CursorOf(const PeerId& peer) const override;
  const ReceiptReader& receipts() const override { return receipts_; }

  absl::Status Put(const PeerRow& peer) override;
  absl::Status SetCursor(const PeerId& peer, const Cursor& cursor) override;
  ReceiptStore& receipts() override { return receipts_; }
  absl::Status Remove(const PeerId& peer) override;

 private:
  absl::StatusOr<PeerRow> RowOf(const Run& run) const;
  absl::StatusOr<std::string> PseudonymKey(const PeerId& peer,
                                           absl::string_view sealed) const;

  const Vault& vault_;
  // Peers are read for every decision and search, their keys change seldom.
  mutable Memo<std::string> pseudonym_keys_;
  Statement list_;
  Statement get_;
  Statement cursor_;
  Receipts receipts_;
  Statement others_;
  Statement put_;
  Statement set_cursor_;
  Statement remove_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_PEERS_H_
