#include "storage/sqlite/feeds.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/limits.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kHead[] =
    "SELECT epoch, last, acknowledged FROM feed_head WHERE peer = ?1";
constexpr char kHeads[] =
    "SELECT peer, epoch, last, acknowledged FROM feed_head";
constexpr char kPutHead[] =
    "INSERT OR REPLACE INTO feed_head (peer, epoch, last, acknowledged)"
    " VALUES (?1, ?2, ?3, ?4)";
constexpr char kDropHead[] = "DELETE FROM feed_head WHERE peer = ?1";

#define MINGA_FEED_COLUMNS                                     \
  "f.state, f.seq, f.revision, f.digest, f.reason, f.wire_id," \
  " f.erase_within, f.erase_by"
constexpr char kFind[] = "SELECT f.kind, '', " MINGA_FEED_COLUMNS
                         " FROM feed f WHERE f.peer = ?1 AND f.subject = ?2";
constexpr char kRead[] = "SELECT s.kind, s.id, " MINGA_FEED_COLUMNS
                         " FROM feed f CROSS JOIN subject s"
                         " ON s.subject = f.subject"
                         " WHERE f.peer = ?1 AND f.seq > ?2"
                         " ORDER BY f.seq LIMIT ?3";
#undef MINGA_FEED_COLUMNS
constexpr char kFindOld[] =
    "SELECT state, seq, reason, digest, erase_within FROM feed"
    " WHERE peer = ?1 AND subject = ?2";
constexpr char kInsert[] =
    "INSERT INTO feed"
    " (peer, subject, kind, state, seq, revision, digest, reason, wire_id,"
    " erase_within, erase_by)"
    " VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6,"
    " CASE ?4 WHEN 1 THEN ?7 END, ?8, nullif(?9, ''), nullif(?10, 0),"
    " nullif(?11, 0))";
constexpr char kUpdate[] =
    "UPDATE feed SET state = ?3, seq = nullif(?4, 0), revision = ?5,"
    " digest = CASE ?3 WHEN 1 THEN ?6 END, reason = ?7,"
    " wire_id = nullif(?8, ''), erase_within = nullif(?9, 0),"
    " erase_by = CASE ?3 WHEN 1 THEN NULL ELSE"
    " coalesce(nullif(?10, 0), erase_by) END"
    " WHERE peer = ?1 AND subject = ?2";
constexpr char kSetEraseWithin[] =
    "UPDATE feed SET erase_within = nullif(?3, 0)"
    " WHERE peer = ?1 AND subject = ?2";
constexpr char kDelete[] = "DELETE FROM feed WHERE peer = ?1 AND subject = ?2";
constexpr char kDropRows[] = "DELETE FROM feed WHERE peer = ?1";
// 1 and 4: ViewState::kShown and kGone. The kinds are those about persons:
// profile, application, contact request, complaint, referral, recognition.
constexpr char kDropGone[] =
    "DELETE FROM feed WHERE peer = ?1 AND seq > ?2 AND seq <= ?3"
    " AND state = 4 AND (kind IN (2, 3, 4, 6, 8, 9)) = ?4 RETURNING subject";
constexpr char kSettle[] =
    "UPDATE feed SET seq = NULL WHERE peer = ?1 AND seq > ?2 AND seq <= ?3"
    " AND state <> 1 AND (kind IN (2, 3, 4, 6, 8, 9)) = ?4";

static_assert(static_cast<int>(ViewState::kShown) == 1);
static_assert(static_cast<int>(ViewState::kGone) == 4);

int Number(ViewState state) { return static_cast<int>(state); }

std::int64_t EraseBySeconds(const FeedRow& row) {
  return row.erase_by.has_value() ? absl::ToUnixSeconds(*row.erase_by) : 0;
}

absl::Status UnknownPeer(const PeerId& peer) {
  return absl::NotFoundError(
      absl::StrCat("feed: `", peer.ToString(), "` was never added"));
}

}  // namespace

absl::Status Feeds::Prepare(Connection& connection) {
  MINGA_RETURN_IF_ERROR(dictionary_.Prepare(connection));
  MINGA_RETURN_IF_ERROR(PrepareSummaries(connection));
  return connection.Prepare({{&head_, kHead},
                             {&heads_all_, kHeads},
                             {&put_head_, kPutHead},
                             {&drop_head_, kDropHead},
                             {&find_, kFind},
                             {&find_old_, kFindOld},
                             {&read_, kRead},
                             {&insert_, kInsert},
                             {&update_, kUpdate},
                             {&set_erase_within_, kSetEraseWithin},
                             {&delete_, kDelete},
                             {&drop_rows_, kDropRows},
                             {&drop_gone_, kDropGone},
                             {&settle_, kSettle}});
}

// --- Reading -----------------------------------------------------------------

absl::StatusOr<FeedHead> Feeds::Head(const PeerId& peer) const {
  if (staged_) {
    for (const StagedHead& staged : heads_) {
      if (staged.peer == peer) return staged.head;
    }
    return UnknownPeer(peer);
  }
  Run run(head_, peer);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return UnknownPeer(peer);
  return FeedHead{run.Unsigned(0), run.Unsigned(1), run.Unsigned(2)};
}

absl::StatusOr<FeedRow> Feeds::RowOf(const Run& run) const {
  FeedRow row;
  row.key.country = own_;
  MINGA_ASSIGN_OR_RETURN(row.key.kind, run.KindAt(0));
  row.key.id = run.String(1);
  MINGA_ASSIGN_OR_RETURN(row.state, ViewStateOf(run.Int(2)));
  row.seq = run.Unsigned(3);
  row.revision = run.Unsigned(4);
  if (!run.IsNull(5)) {
    MINGA_ASSIGN_OR_RETURN(row.digest, run.DigestAt(5));
  }
  MINGA_ASSIGN_OR_RETURN(const Dictionary::Reason* reason,
                         dictionary_.Find(run.Int(6)));
  row.reason = reason->code;
  row.explanation = reason->explanation;
  row.basis = reason->basis;
  if (!run.IsNull(7)) row.wire_id = run.String(7);
  row.erase_within_hours = static_cast<int>(run.Int(8));
  if (!run.IsNull(9)) row.erase_by = absl::FromUnixSeconds(run.Int(9));
  return row;
}

absl::StatusOr<std::optional<FeedRow>> Feeds::Find(const PeerId& peer,
                                                   const RecordKey& key) const {
  found_.reset();
  if (key.country != own_) return std::optional<FeedRow>();
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0 || new_rows_.None(subjects_, peer, subject)) {
    return std::optional<FeedRow>();
  }
  Run run(find_, peer, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  Found& read = found_.emplace(Found{peer, subject, std::nullopt});
  if (!found) return std::optional<FeedRow>();
  MINGA_ASSIGN_OR_RETURN(FeedRow row, RowOf(run));
  row.key = key;
  read.row = OldRow{row.state, row.seq, run.Int(6), row.digest,
                    row.erase_within_hours};
  return std::optional<FeedRow>(std::move(row));
}

absl::StatusOr<std::vector<FeedRow>> Feeds::Read(const PeerId& peer,
                                                 SeqNo after, int limit) const {
  if (limit <= 0 || limit > kFeedPageRowsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "feed: limit ", limit, " is not in 1..", kFeedPageRowsMax));
  }
  std::vector<FeedRow> rows;
  Run run(read_, peer, after, limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return rows;
    MINGA_ASSIGN_OR_RETURN(FeedRow row, RowOf(run));
    rows.push_back(std::move(row));
  }
}

// --- Writing -----------------------------------------------------------------

SeqNo Feeds::Take(StagedHead& head) {
  head.changed = true;
  news_.FeedChanged(head.peer);
  return ++head.head.last;
}

absl::StatusOr<std::optional<Feeds::OldRow>> Feeds::FindOld(
    const PeerId& peer, std::int64_t subject) {
  if (new_rows_.None(subjects_, peer, subject)) return std::optional<OldRow>();
  if (found_.has_value() && found_->peer == peer &&
      found_->subject == subject) {
    return found_->row;
  }
  Run run(find_old_, peer, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<OldRow>();
  OldRow old;
  MINGA_ASSIGN_OR_RETURN(old.state, ViewStateOf(run.Int(0)));
  old.seq = run.Unsigned(1);
  old.reason = run.Int(2);
  if (!run.IsNull(3)) {
    MINGA_ASSIGN_OR_RETURN(old.digest, run.DigestAt(3));
  }
  old.erase_within = static_cast<int>(run.Int(4));
  return std::optional<OldRow>(old);
}

absl::StatusOr<SeqNo> Feeds::Put(const PeerId& peer, const FeedRow& row) {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(row.key.id));
  if (row.key.country != own_ || row.key.kind == RecordKind::kUnspecified) {
    return absl::InvalidArgumentError(
        absl::StrCat("feed: `", row.key.ToString(), "` is not a record of ",
                     own_.ToString()));
  }
  MINGA_ASSIGN_OR_RETURN(StagedHead * head, HeadOf(peer));
  MINGA_ASSIGN_OR_RETURN(const std::int64_t subject, subjects_.Find(row.key));
  if (subject == 0) return Insert(*head, row);
  MINGA_ASSIGN_OR_RETURN(const std::optional<OldRow> old,
                         FindOld(peer, subject));
  found_.reset();
  if (!old.has_value()) return Insert(*head, row);
  if (row.retire) {
    MINGA_RETURN_IF_ERROR(Retire(*head, subject, row));
    return Insert(*head, row);
  }
  return Update(*head, subject, *old, row);
}

absl::StatusOr<SeqNo> Feeds::Insert(StagedHead& head, const FeedRow& row) {
  // A record that is gone and never crossed leaves nothing to tell or to keep.
  if (row.state == ViewState::kGone) return 0;
  MINGA_ASSIGN_OR_RETURN(const std::int64_t subject,
                         subjects_.FindOrMake(row.key));
  MINGA_ASSIGN_OR_RETURN(
      const std::int64_t reason,
      dictionary_.Number(row.reason, row.explanation, row.basis));
  const SeqNo seq = row.state == ViewState::kShown ? Take(head) : 0;
  MINGA_RETURN_IF_ERROR(Run::Once(
      insert_, head.peer, subject, row.key.kind, Number(row.state), seq,
      row.revision, row.digest, reason, absl::string_view(row.wire_id),
      row.erase_within_hours, EraseBySeconds(row)));
  new_rows_.Add(head.peer, subject);
  return seq;
}

absl::Status Feeds::Retire(StagedHead& head, std::int64_t subject,
                           const FeedRow& row) {
  FeedRow tombstone;
  {
    Run run(find_, head.peer, subject);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return absl::OkStatus();
    MINGA_ASSIGN_OR_RETURN(tombstone, RowOf(run));
  }
  MINGA_RETURN_IF_ERROR(Delete(head.peer, subject));
  // What was never sent, or is acknowledged as erased, needs no tombstone.
  if (tombstone.seq == 0 || tombstone.wire_id.empty()) return absl::OkStatus();
  tombstone.key.id = tombstone.wire_id;
  MINGA_ASSIGN_OR_RETURN(const std::int64_t named,
                         subjects_.FindOrMake(tombstone.key));
  MINGA_ASSIGN_OR_RETURN(const std::int64_t reason,
                         dictionary_.Number(row.reason, "", ""));
  FeedRow clock = row.erase_by.has_value() ? row : tombstone;
  MINGA_RETURN_IF_ERROR(Run::Once(
      insert_, head.peer, named, tombstone.key.kind, Number(ViewState::kGone),
      Take(head), tombstone.revision, tombstone.digest, reason,
      absl::string_view(tombstone.wire_id), 0, EraseBySeconds(clock)));
  new_rows_.Add(head.peer, named);
  return absl::OkStatus();
}

absl::StatusOr<SeqNo> Feeds::Update(StagedHead& head, std::int64_t subject,
                                    const OldRow& old, const FeedRow& row) {
  const bool was_shown = old.state == ViewState::kShown;
  const bool shown = row.state == ViewState::kShown;
  if (shown && was_shown && old.digest == row.digest && !row.resend) {
    if (old.erase_within == row.erase_within_hours) return old.seq;
    // What the peer may see is the same; only the clock of a withdrawal is not.
    Run clock(set_erase_within_, head.peer, subject, row.erase_within_hours);
    MINGA_RETURN_IF_ERROR(clock.Finish());
    return old.seq;
  }
  if (row.state == ViewState::kGone && old.seq == 0) {
    MINGA_RETURN_IF_ERROR(Delete(head.peer, subject));
    return 0;
  }
  MINGA_ASSIGN_OR_RETURN(
      const std::int64_t reason,
      dictionary_.Number(row.reason, row.explanation, row.basis));
  if (!shown && old.state == row.state && old.reason == reason) return old.seq;
  // A tombstone that is still on its way keeps its place.
  const SeqNo seq = shown || was_shown ? Take(head) : old.seq;
  MINGA_RETURN_IF_ERROR(Run::Once(
      update_, head.peer, subject, Number(row.state), seq, row.revision,
      row.digest, reason, absl::string_view(row.wire_id),
      row.erase_within_hours, EraseBySeconds(row)));
  return seq;
}

absl::Status Feeds::Delete(const PeerId& peer, std::int64_t subject) {
  MINGA_RETURN_IF_ERROR(Run::Once(delete_, peer, subject));
  return subjects_.Release(subject);
}

absl::Status Feeds::Acknowledge(const PeerId& peer, SeqNo upto) {
  found_.reset();
  MINGA_ASSIGN_OR_RETURN(StagedHead * staged, HeadOf(peer));
  FeedHead& head = staged->head;
  if (upto > head.last) {
    return absl::FailedPreconditionError(
        absl::StrCat("feed: `", peer.ToString(), "` acknowledged ", upto,
                     ", the newest row is ", head.last));
  }
  if (upto <= head.acknowledged) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(
      Settle(peer, head.acknowledged, upto, /*persons=*/true));
  const auto past_horizon = [](SeqNo seq) {
    return seq > kTombstoneHorizonRows ? seq - kTombstoneHorizonRows : 0;
  };
  if (past_horizon(upto) > 0) {
    MINGA_RETURN_IF_ERROR(Settle(peer, past_horizon(head.acknowledged),
                                 past_horizon(upto), /*persons=*/false));
  }
  head.acknowledged = upto;
  staged->changed = true;
  return absl::OkStatus();
}

absl::Status Feeds::Settle(const PeerId& peer, SeqNo after, SeqNo upto,
                           bool persons) {
  std::vector<std::int64_t> dropped;
  {
    Run run(drop_gone_, peer, after, upto, persons ? 1 : 0);
    while (true) {
      MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
      if (!more) break;
      dropped.push_back(run.Int(0));
    }
  }
  for (const std::int64_t subject : dropped) {
    MINGA_RETURN_IF_ERROR(subjects_.Release(subject));
  }
  return Run::Once(settle_, peer, after, upto, persons ? 1 : 0);
}

absl::Status Feeds::DropRows(const PeerId& peer) {
  found_.reset();
  MINGA_RETURN_IF_ERROR(Run::Once(drop_rows_, peer));
  return subjects_.ReleaseAll();
}

absl::Status Feeds::StartEpoch(const PeerId& peer, Epoch epoch) {
  StagedHead* head = FindHead(peer);
  if (head == nullptr) {
    if (heads_.size() >= static_cast<std::size_t>(kPeersMax)) {
      return absl::ResourceExhaustedError(
          absl::StrCat("feed: more than ", kPeersMax, " peers"));
    }
    heads_.push_back({peer, FeedHead(), true});
    head = &heads_.back();
  } else {
    MINGA_RETURN_IF_ERROR(DropRows(peer));
  }
  head->head = FeedHead{epoch, 0, 0};
  head->changed = true;
  news_.FeedChanged(peer);
  // At once, because the forgetting of subjects reads the table.
  return Run::Once(put_head_, peer, epoch, 0, 0);
}

absl::Status Feeds::Drop(const PeerId& peer) {
  if (FindHead(peer) == nullptr) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(DropRows(peer));
  std::erase_if(heads_, [&](const StagedHead& h) { return h.peer == peer; });
  return Run::Once(drop_head_, peer);
}

}  // namespace minga::storage::sqlite
