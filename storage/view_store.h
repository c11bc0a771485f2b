// ViewStore keeps what each peer has told us of its records, beside the records
// themselves, so that two nodes can compare a view: what the origin shows the
// follower against what the follower was told and holds.
//
// The record alone would not do: what is held may be narrower than what was
// told (our own law), or nothing at all (refused, or its stay has ended).
#ifndef MINGA_STORAGE_VIEW_STORE_H_
#define MINGA_STORAGE_VIEW_STORE_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"

namespace minga::storage {

// One record of a view, under the id that is on the wire. Views into the row
// under way: copy what is to stay.
struct ViewItem {
  RecordKind kind = RecordKind::kUnspecified;
  absl::string_view id;
  Digest digest{};  // of the projected bytes: FeedRow::digest
  SeqNo seq = 0;    // of an own feed: where the row stands
};

// What a peer has told of one of its records and has not taken back.
struct ToldRow {
  Digest digest{};  // of what arrived
  // False if we do not keep it although the peer shows it: refused, erased by
  // our law, or its stay has ended.
  bool held = true;
  // Of the follower's epoch that brought it (Inbox::BeginEpoch).
  Epoch generation = 0;

  friend bool operator==(const ToldRow&, const ToldRow&) = default;
};

// Both scans read millions of rows in some seconds; not for the federation
// thread.
class ViewReader {
 public:
  using Take = absl::FunctionRef<void(const ViewItem&)>;

  virtual ~ViewReader() = default;

  // Everything that `peer` is shown by rows up to and including `upto`, in any
  // order.
  virtual absl::Status Shown(const PeerId& peer, SeqNo upto,
                             Take take) const = 0;

  // Everything that `from` has told and has not taken back, in any order,
  // except what should be held and is not.
  virtual absl::Status Told(const PeerId& from, Take take) const = 0;

  virtual absl::StatusOr<std::optional<ToldRow>> Find(
      const RecordKey& key) const = 0;
};

class ViewStore : public ViewReader {
 public:
  // Adds or replaces. INVALID_ARGUMENT for an own record or a malformed id.
  virtual absl::Status Put(const RecordKey& key, const ToldRow& row) = 0;
  // The record was erased although its peer still shows it. Nothing happens if
  // nothing was told of it.
  virtual absl::Status SetNotHeld(const RecordKey& key) = 0;
  // The peer has taken it back.
  virtual absl::Status Remove(const RecordKey& key) = 0;
  // Removes at most `limit` of what `from` told in other generations than
  // `generation`; returns how many it were.
  virtual absl::StatusOr<int> RemoveOthers(const PeerId& from, Epoch generation,
                                           int limit) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_VIEW_STORE_H_
