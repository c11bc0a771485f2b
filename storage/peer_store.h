// PeerStore keeps who our peers are and how far we have followed each; the
// receipts exchanged with them are in a store of their own.
#ifndef MINGA_STORAGE_PEER_STORE_H_
#define MINGA_STORAGE_PEER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "storage/receipt_store.h"

namespace minga::storage {

enum class PeerState : std::uint8_t {
  kActive = 1,
  kSuspended = 2,  // nothing is sent or shown; what we hold stays stored
  kLeaving = 3,    // only withdrawals are sent and taken, nothing is shown
};

struct PeerRow {
  PeerId id;
  PeerState state = PeerState::kActive;
  std::string descriptor;     // the signed note, as received
  std::string pseudonym_key;  // 32 bytes; sealed at rest by the store
  std::string suspended_why;  // of a suspended or leaving peer
  absl::Time added_at;
};

// How far we have applied the feed of a peer.
struct Cursor {
  Epoch epoch = 0;
  SeqNo seq = 0;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

class PeerReader {
 public:
  virtual ~PeerReader() = default;
  virtual absl::StatusOr<std::vector<PeerRow>> List() const = 0;
  virtual absl::StatusOr<std::optional<PeerRow>> Get(
      const PeerId& peer) const = 0;
  // {0, 0} before the first page.
  virtual absl::StatusOr<Cursor> CursorOf(const PeerId& peer) const = 0;
  virtual const ReceiptReader& receipts() const = 0;
};

class PeerStore : public PeerReader {
 public:
  using PeerReader::receipts;
  // Adds or replaces. RESOURCE_EXHAUSTED beyond kPeersMax.
  virtual absl::Status Put(const PeerRow& peer) = 0;
  // NOT_FOUND if the peer was never added or was removed meanwhile: a cursor
  // must not outlive what it was for.
  virtual absl::Status SetCursor(const PeerId& peer, const Cursor& cursor) = 0;
  virtual ReceiptStore& receipts() = 0;
  // Removes the peer, its cursor and its receipts.
  virtual absl::Status Remove(const PeerId& peer) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_PEER_STORE_H_
