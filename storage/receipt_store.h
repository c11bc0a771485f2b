// ReceiptStore keeps the receipts that we gave peers and they gave us, how much
// was accepted, and the records that one side would not take from the other.
#ifndef MINGA_STORAGE_RECEIPT_STORE_H_
#define MINGA_STORAGE_RECEIPT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/ids.h"

namespace minga::storage {

enum class ReceiptSide : std::uint8_t {
  kGiven = 1,  // by us, for what we applied
  kTaken = 2,  // by the peer, for what it applied
};

// A record that was not taken. Of records about persons without the id: the
// sequence finds it for as long as the feed still has it.
struct RejectionRow {
  Epoch epoch = 0;
  SeqNo seq = 0;
  RecordKind kind = RecordKind::kUnspecified;  // not always known
  std::string id;
  std::string reason;
  absl::Time at;  // of the receipt
};

struct ReceiptRow {
  ReceiptSide side = ReceiptSide::kGiven;
  Epoch epoch = 0;
  SeqNo after = 0;
  SeqNo upto = 0;
  absl::Time at;
  std::string note;  // the signed receipt
  // What it says. Newest and Covering leave these as they are here.
  std::uint32_t applied = 0;
  std::uint32_t withdrawn = 0;
  std::vector<RejectionRow> rejected;
};

// Over all receipts of one side.
struct ReceiptTotals {
  std::uint64_t pages = 0;      // received, with rows or not
  std::uint64_t applied = 0;    // records accepted
  std::uint64_t withdrawn = 0;  // records erased because they were withdrawn
  std::uint64_t rejected = 0;   // records received and not accepted
};

// Receipts kept of each peer and side: each is for at least one row, so they
// reach as far back as tombstones do (kTombstoneHorizonRows); 50 MB a peer. The
// log has the others' digests.
inline constexpr int kReceiptsKeptMax = 100'000;
// Rejections kept of each peer and side: more are one mistake, repeated. They
// are some 5 MB, so that a peer cannot fill the disk with what it does not
// like.
inline constexpr int kRejectionsKeptMax = 10'000;

// Rejections are kept for so long: the reasons are words of a peer, and enough
// time for both operators to look.
inline constexpr int kRejectionsKeptDays = 30;

class ReceiptReader {
 public:
  virtual ~ReceiptReader() = default;
  // Newest first, at most `limit`.
  virtual absl::StatusOr<std::vector<ReceiptRow>> Newest(const PeerId& peer,
                                                         ReceiptSide side,
                                                         int limit) const = 0;
  // Of the receipts of `epoch`, the one of the first page that brought the
  // reader to `seq` or beyond; nullopt if none is kept.
  virtual absl::StatusOr<std::optional<ReceiptRow>> Covering(
      const PeerId& peer, ReceiptSide side, Epoch epoch, SeqNo seq) const = 0;
  virtual absl::StatusOr<ReceiptTotals> Totals(const PeerId& peer,
                                               ReceiptSide side) const = 0;
  // What the receipts of `side` reject: kGiven, what we refused; kTaken, what
  // the peer refused. Newest first, at most `limit`.
  virtual absl::StatusOr<std::vector<RejectionRow>> Rejections(
      const PeerId& peer, ReceiptSide side, int limit) const = 0;
};

class ReceiptStore : public ReceiptReader {
 public:
  // Keeps it and counts it; forgets the oldest beyond the bounds.
  virtual absl::Status Add(const PeerId& peer, const ReceiptRow& receipt) = 0;
  // Forgets rejections of all peers from before `horizon`; how many.
  virtual absl::StatusOr<int> ForgetRejections(absl::Time horizon) = 0;
  // Everything of `peer`.
  virtual absl::Status Remove(const PeerId& peer) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_RECEIPT_STORE_H_
