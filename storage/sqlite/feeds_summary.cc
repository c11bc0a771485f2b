// What is counted of the feeds.
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/sqlite/feeds.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kSummarise[] =
    "SELECT f.kind, f.state, r.code, r.explanation, sum(f.rows) FROM"
    " (SELECT kind, state, reason, count(*) AS rows FROM feed WHERE peer = ?1"
    " GROUP BY kind, state, reason) f CROSS JOIN reason r"
    " ON r.reason = f.reason GROUP BY f.kind, f.state, r.code, r.explanation";

constexpr char kOwed[] =
    "SELECT count(*), count(CASE WHEN erase_by < ?3 THEN 1 END), min(erase_by)"
    " FROM feed INDEXED BY feed_owed"
    " WHERE peer = ?1 AND state <> 1 AND seq > ?2";

}  // namespace

absl::StatusOr<ViewState> ViewStateOf(std::int64_t number) {
  constexpr auto kFirst = static_cast<std::int64_t>(ViewState::kShown);
  constexpr auto kLast = static_cast<std::int64_t>(ViewState::kGone);
  if (number < kFirst || number > kLast) {
    return absl::DataLossError(
        absl::StrCat("database: no view state has number ", number));
  }
  return static_cast<ViewState>(number);
}

absl::Status Feeds::PrepareSummaries(Connection& connection) {
  return connection.Prepare({{&summarise_, kSummarise}, {&owed_, kOwed}});
}

absl::StatusOr<std::vector<FeedCount>> Feeds::Summarise(
    const PeerId& peer) const {
  std::vector<FeedCount> counts;
  Run run(summarise_, peer);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return counts;
    FeedCount count;
    MINGA_ASSIGN_OR_RETURN(count.kind, run.KindAt(0));
    MINGA_ASSIGN_OR_RETURN(count.state, ViewStateOf(run.Int(1)));
    count.reason = run.String(2);
    count.explanation = run.String(3);
    count.records = run.Int(4);
    counts.push_back(std::move(count));
  }
}

absl::StatusOr<OwedErasures> Feeds::Owed(const PeerId& peer,
                                         absl::Time now) const {
  MINGA_ASSIGN_OR_RETURN(const FeedHead head, Head(peer));
  // The first whole second that is not before `now`.
  const std::int64_t seconds =
      absl::ToUnixSeconds(now - absl::Nanoseconds(1)) + 1;
  Run run(owed_, peer, head.acknowledged, seconds);
  MINGA_RETURN_IF_ERROR(run.Next().status());
  OwedErasures owed;
  owed.waiting = run.Int(0);
  owed.overdue = run.Int(1);
  if (!run.IsNull(2)) owed.first = absl::FromUnixSeconds(run.Int(2));
  return owed;
}

}  // namespace minga::storage::sqlite
