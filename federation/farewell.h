// Leaving: two countries end their exchange. Each withdraws everything from the
// other, and when all withdrawals are confirmed by receipts each signs a final
// statement of what was withdrawn; with both statements the peer is removed.
//
// While it goes on, the peer's row is kLeaving and "leaving/<CC>" holds
// v1::Leaving; afterwards "farewell/<CC>/<seconds>" holds v1::Farewell for
// good.
#ifndef MINGA_FEDERATION_FAREWELL_H_
#define MINGA_FEDERATION_FAREWELL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "minga/v1/peers.pb.h"
#include "node/base/ids.h"
#include "node/base/note.h"
#include "storage/database.h"

namespace minga::federation {

inline constexpr absl::string_view kDocLeaving = "leaving/";
inline constexpr absl::string_view kDocFarewell = "farewell/";

// The alarm that withdrawals are overdue, as long as it lasts: "ours" at the
// peer, "theirs" here (node/alarm_keeper.h).
inline constexpr absl::string_view kOverdueSides[] = {"ours", "theirs"};
std::string OverdueName(const PeerId& peer, absl::string_view side);

// What a final statement says.
struct Statement {
  Country signer;
  Country other;
  std::string reason;
  Epoch sent_epoch = 0;
  SeqNo sent_last = 0;
  SeqNo sent_acknowledged = 0;
  std::uint64_t withdrawn = 0;
  Epoch received_epoch = 0;
  SeqNo received_cursor = 0;
  std::uint64_t erased = 0;
  std::uint64_t held = 0;
  std::string at;  // RFC 3339, UTC

  std::string Text() const;
};

// Parses and checks form, bounds, parties and the signature by one of `keys`.
//   INVALID_ARGUMENT  what is wrong.
absl::StatusOr<Statement> ReadStatement(absl::string_view note, Country signer,
                                        Country other,
                                        const std::vector<NoteVerifier>& keys);

// What stands between `own` and `peer` now: how much each still has to do.
absl::StatusOr<Statement> Standing(const storage::Snapshot& snapshot,
                                   Country own, const PeerId& peer);

absl::StatusOr<std::optional<v1::Leaving>> ReadLeaving(
    const storage::DocumentReader& documents, const PeerId& peer);
absl::Status PutLeaving(storage::DocumentStore& documents, const PeerId& peer,
                        const v1::Leaving& leaving);

// Makes the peer a leaving one by `actor`'s wish: row, document, audit entry.
// `standing` is that of before. Does nothing if it is leaving already.
// NOT_FOUND if it is no peer.
absl::Status BeginLeaving(storage::Transaction& transaction, const PeerId& peer,
                          absl::string_view actor, absl::string_view reason,
                          const Statement& standing, absl::Time now);

// Begins it anew, for the same reason, after an older copy of the database was
// put back: what was swept, signed and heard is of another time, and receipts
// of the feed's new epoch say nothing of what was shown before.
absl::Status LeaveAnew(storage::DocumentStore& documents, const PeerId& peer);

// Whether the peer has confirmed that it has erased everything it was shown: by
// receipts of the epoch in which `leaving` began, or, if the feed has begun
// another since, by its signed word that it holds nothing under that one.
absl::StatusOr<bool> IsConfirmed(const storage::DocumentReader& documents,
                                 const v1::Leaving& leaving,
                                 const Statement& standing);

// Ends it: the row and its alarms go, the farewell stays, with what is not
// proved, and so do the descriptors, whose keys verify it; an audit entry. The
// caller has the rest erased (exchange::PolicyDesk::PeerChanged) and then calls
// ForgetLeaving; "leaving/<CC>" stands until then, so that a crash leaves
// nothing behind.
absl::StatusOr<v1::Farewell> EndLeaving(storage::Transaction& transaction,
                                        const PeerId& peer,
                                        absl::string_view actor,
                                        v1::Farewell farewell, absl::Time now);

absl::Status ForgetLeaving(storage::DocumentStore& documents,
                           const PeerId& peer);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_FAREWELL_H_
