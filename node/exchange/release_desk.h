// ReleaseDesk is where officers look at records that a policy holds
// (hold_for_officer) and let them out. OpenOffices (offices.h) makes it.
#ifndef MINGA_NODE_EXCHANGE_RELEASE_DESK_H_
#define MINGA_NODE_EXCHANGE_RELEASE_DESK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "storage/feed_store.h"

namespace minga::exchange {

// Bytes of an officer's reason.
inline constexpr std::size_t kReleaseReasonBytesMax = 1000;
// Records in one answer.
inline constexpr int kHeldRecordsMax = 500;

struct HeldRecord {
  RecordKey key;
  PeerId peer;
  std::string explanation;  // the rules that permit it, with citations
  // False: it waits for an officer.
  bool released = false;
  // Of a release, also of one that does not stand any more.
  std::string actor;
  std::string reason;
  absl::Time at;  // of the release, or since when it waits
  // Why one that was released waits again: what is shown beyond the release,
  // such as "pay RAW instead of SUPPRESS"; "" otherwise.
  std::string beyond;
};

struct HeldPage {
  // All of a record's peers stand together.
  std::vector<HeldRecord> held;
  // Where to go on; of no meaning without `more`.
  RecordKey last;
  bool more = false;
};

// A release is for one peer, one content and what law, agreement and consent
// show of it (release_scope.h): a change of the record holds it again, and so
// does anything that shows more or asks for less in return, until that is gone
// again or an officer has looked. What shows no more changes nothing. A release
// is written to the log with the digest of the reason, whose text is kept while
// the record is.
//
// Threads: any thread may call any method, but not from inside a job of the
// database.
class ReleaseDesk {
 public:
  virtual ~ReleaseDesk() = default;

  // What waits for an officer or was released, for `peer` or (empty) for all,
  // after the record `after` (an empty id: from the first), by kind and id.
  // About `limit`, 1 to kHeldRecordsMax, so that a record's peers stay
  // together. Whether a release stands is decided now, by the rule that views
  // follow, also where the views are still to be made anew.
  virtual absl::StatusOr<HeldPage> List(const PeerId& peer,
                                        const RecordKey& after,
                                        int limit) const = 0;

  // Lets the record out to the peer as it is shown now, and evaluates its view
  // again; returns the view then.
  //   INVALID_ARGUMENT     no reason, or one that is no text or too long.
  //   NOT_FOUND            no such own record, or no such peer.
  //   FAILED_PRECONDITION  the record is not held for this peer.
  virtual absl::StatusOr<storage::FeedRow> Release(
      absl::string_view actor, const RecordKey& key, const PeerId& peer,
      absl::string_view reason) = 0;

  // Holds it again; a peer that was shown it is told to erase it. Errors as of
  // Release; FAILED_PRECONDITION if no release stands.
  virtual absl::StatusOr<storage::FeedRow> Revoke(absl::string_view actor,
                                                  const RecordKey& key,
                                                  const PeerId& peer,
                                                  absl::string_view reason) = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RELEASE_DESK_H_
