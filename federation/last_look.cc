#include "federation/last_look.h"

#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::federation {
namespace {

absl::Status Overtaken(absl::string_view by) {
  return absl::AbortedError(absl::StrCat("the page was overtaken by ", by));
}

// Sequences of the feed's rows in the range of `page`. A row never moves into
// it any more.
absl::StatusOr<absl::flat_hash_set<SeqNo>> Unmoved(
    const storage::FeedReader& feeds, const PageHeader& page) {
  MINGA_ASSIGN_OR_RETURN(
      const std::vector<storage::FeedRow> rows,
      feeds.Read(page.follower, page.after, kFeedPageRowsMax));
  absl::flat_hash_set<SeqNo> unmoved;
  for (const storage::FeedRow& row : rows) unmoved.insert(row.seq);
  return unmoved;
}

}  // namespace

absl::Status LastLook(storage::Transaction& transaction, const PageHeader& page,
                      const PageBasis& basis, absl::Time now) {
  const storage::FeedReader& feeds = transaction.feeds();
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> peer,
                         transaction.peers().Get(page.follower));
  if (!peer.has_value() || peer->state == storage::PeerState::kSuspended) {
    return absl::PermissionDeniedError("the peer is suspended");
  }
  // Who leaves is sent withdrawals only, and waits until all are made.
  if (peer->state == storage::PeerState::kLeaving && !basis.shown.empty()) {
    return absl::UnavailableError("everything is being withdrawn");
  }
  MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                         feeds.Head(page.follower));
  if (head.epoch != page.epoch) return Overtaken("a new epoch");
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> law,
                         transaction.documents().Get(kDocLawInForce));
  if (law != basis.law) return Overtaken("other law");
  // No row says so: the feed is swept afterwards.
  if (DayOf(now) != basis.day && !basis.shown.empty()) {
    return Overtaken("another day");
  }
  if (head.last == basis.last) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const absl::flat_hash_set<SeqNo> unmoved,
                         Unmoved(feeds, page));
  for (const auto& [seq, key] : basis.shown) {
    if (unmoved.contains(seq)) continue;
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                           feeds.Find(page.follower, key));
    if (!row.has_value() || row->state != storage::ViewState::kShown) {
      return Overtaken("a withdrawal");
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::federation
