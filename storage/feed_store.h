// FeedStore keeps, for each peer, what that peer may see now, as a compacted
// log: at most one live row per record, and a change moves it to the end.
#ifndef MINGA_STORAGE_FEED_STORE_H_
#define MINGA_STORAGE_FEED_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::storage {

// What a peer sees of one of our records. Numbers are stored.
enum class ViewState : std::uint8_t {
  kShown = 1,
  kWithheld = 2,  // law, agreement or consent does not permit it
  kHeldBack = 3,  // permitted, but its anonymity class is below k
  kGone = 4,      // erased or expired at the origin
};

// One record as one peer may see it. With a sequence it is a row of the feed:
// UPSERT if shown, DELETE otherwise. Without (0), it never crossed.
struct FeedRow {
  RecordKey key;
  ViewState state = ViewState::kWithheld;
  SeqNo seq = 0;
  Revision revision = 0;  // of the record, when this row was made
  // The id the peer knows it by, empty if it is key.id: the pseudonym of a
  // profile. Kept so that a withdrawal can name it after the person's key, and
  // with it the pseudonym, has been destroyed.
  std::string wire_id;
  Digest digest{};          // of the projected bytes; zero unless shown
  std::string reason;       // code such as "policy", "consent", "class"
  std::string explanation;  // deciding rule ids and citations; no values
  // What the audit log says that the row rests on, in the log's own form: the
  // same for many rows. Read again when the row changes.
  std::string basis;
  // Of a shown row: from its withdrawal to its erasure by the peer, in hours; 0
  // = nothing was asked for.
  int erase_within_hours = 0;
  // Of a row that was shown: when the peer has to have erased it, in whole
  // seconds. Stays while the tombstone is on its way.
  std::optional<absl::Time> erase_by;
  // For Put: the wire_id that the peer may have so far is used no more. Its
  // tombstone gets a row of its own, under that id, and this row starts anew,
  // so that nothing leads from the one to the other.
  bool retire = false;
  // For Put: moves to the end also if nothing has changed: the peer was found
  // not to have it.
  bool resend = false;
};

struct FeedHead {
  Epoch epoch = 0;
  SeqNo last = 0;          // of the newest row
  SeqNo acknowledged = 0;  // receipt seen for everything up to here
};

struct FeedCount {
  RecordKind kind = RecordKind::kUnspecified;
  ViewState state = ViewState::kShown;
  std::string reason;
  std::string explanation;
  std::int64_t records = 0;
};

// Withdrawals that a peer has not acknowledged.
struct OwedErasures {
  std::int64_t waiting = 0;
  std::int64_t overdue = 0;  // of these, past their deadline
  // Deadline of the most urgent; InfiniteFuture() if none waits.
  absl::Time first = absl::InfiniteFuture();
};

class FeedReader {
 public:
  virtual ~FeedReader() = default;

  // NOT_FOUND if the peer was never added (StartEpoch).
  virtual absl::StatusOr<FeedHead> Head(const PeerId& peer) const = 0;

  virtual absl::StatusOr<std::optional<FeedRow>> Find(
      const PeerId& peer, const RecordKey& key) const = 0;

  // Rows with seq > `after`, ascending, at most `limit`.
  // REQUIRES: 0 < limit <= kFeedPageRowsMax.
  virtual absl::StatusOr<std::vector<FeedRow>> Read(const PeerId& peer,
                                                    SeqNo after,
                                                    int limit) const = 0;

  // Records per (kind, state, reason, explanation): what crossed, what did not
  // and under which article.
  virtual absl::StatusOr<std::vector<FeedCount>> Summarise(
      const PeerId& peer) const = 0;

  // What the peer owes at `now`. NOT_FOUND as Head.
  virtual absl::StatusOr<OwedErasures> Owed(const PeerId& peer,
                                            absl::Time now) const = 0;
};

class FeedStore : public FeedReader {
 public:
  // Makes the feed of `peer` (first time) or starts a new generation of it:
  // all rows are dropped, the sequence begins at 0.
  virtual absl::Status StartEpoch(const PeerId& peer, Epoch epoch) = 0;

  // Makes `row` the newest state of its record for `peer`; the returned
  // sequence is 0 if nothing has to be told to the peer.
  //   shown, digest unchanged    nothing changes but erase_within_hours;
  //                              returns the old sequence. With `resend` it
  //                              moves to the end.
  //   shown, new or changed      moves to the end.
  //   not shown, was shown       becomes a tombstone at the end.
  //   not shown, never crossed   the reason is kept, sequence 0; of a gone
  //                              record nothing is kept.
  // With `retire` as for a record that never crossed, after the tombstone.
  //   not shown, and a tombstone still on its way: keeps its sequence, takes
  //                              the new state and reason, and its erase_by if
  //                              it has one.
  // `row.seq` is ignored. NOT_FOUND: unknown peer. INVALID_ARGUMENT: not a
  // record of our own country, or a malformed id.
  virtual absl::StatusOr<SeqNo> Put(const PeerId& peer, const FeedRow& row) = 0;

  // The peer has durably applied everything up to `upto`. Tombstones up to
  // there lose their sequence, and those of gone records are dropped: at once
  // if they are about persons, others kTombstoneHorizonRows later, so that the
  // receipt of a withdrawal can still be found.
  // FAILED_PRECONDITION if `upto` is beyond the newest row.
  virtual absl::Status Acknowledge(const PeerId& peer, SeqNo upto) = 0;

  // Forgets everything about the peer's feed.
  virtual absl::Status Drop(const PeerId& peer) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_FEED_STORE_H_
