// Holds: records that a policy lets out only after an officer has looked at
// them (hold_for_officer). Kept as documents "hold/<kind>/<id>/<CC>", one for
// each peer, while the record is stored. Internal to this room; officers work
// with duty_desk.h.
#ifndef MINGA_NODE_EXCHANGE_HOLDS_H_
#define MINGA_NODE_EXCHANGE_HOLDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "node/exchange/release_scope.h"
#include "policy/decision.h"
#include "storage/document_store.h"

namespace minga::exchange {

struct Hold {
  PeerId peer;
  RecordKey key;
  // The revision that was released: another content is held again, also if it
  // was seen before. 0: none, the record waits.
  Revision released = 0;
  // What was shown of it then. Nullopt: none was released, or what is stored
  // does not say it, as in earlier versions; such a release does not stand.
  std::optional<ReleaseScope> scope;
  std::string actor;
  std::string reason;
  absl::Time at;  // of the release, or since when it waits
};

// Whether the release of `hold`, if it is one, stands: it was given for this
// very revision and covers what `decision` shows of it. What shows nothing is
// covered.
bool Stands(const Hold& hold, Revision revision,
            const policy::Decision& decision);

// Whether a release of the record to `peer` stands. What cannot be read does
// not.
bool IsReleased(const storage::DocumentReader* documents, const PeerId& peer,
                const RecordKey& key, Revision revision,
                const policy::Decision& decision);

// NOT_FOUND if the record was never held for `peer`.
absl::StatusOr<Hold> FindHold(const storage::DocumentReader& documents,
                              const PeerId& peer, const RecordKey& key);
absl::Status PutHold(storage::DocumentStore& documents, const Hold& hold);
// From `at` on the record waits for an officer. A release of the same revision
// is kept: it stands again as soon as no more is shown than it covers.
absl::Status PutWaiting(storage::DocumentStore& documents, const PeerId& peer,
                        const RecordKey& key, Revision revision, absl::Time at);

// Holds of own records after `after` (for all peers; an empty id: from the
// first), by kind, id and peer; at most `limit`.
absl::StatusOr<std::vector<Hold>> ReadHolds(
    const storage::DocumentReader& documents, Country own,
    const RecordKey& after, int limit);

// The record is gone: so are its holds, for all peers.
absl::Status ForgetHolds(storage::DocumentStore& documents,
                         const RecordKey& key);
// The peer is gone: if it comes back, nothing is released to it.
absl::Status ForgetHoldsOf(storage::DocumentStore& documents,
                           const PeerId& peer);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_HOLDS_H_
