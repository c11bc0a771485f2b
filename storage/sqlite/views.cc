#include "storage/sqlite/views.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/feed_store.h"

namespace minga::storage::sqlite {
namespace {

// Both scans follow the primary key of `feed` or `told`: ascending subjects, so
// that the other tables are read from front to back too. The + keeps SQLite from
// the index over seq, which has to look for each row.
constexpr char kShown[] =
    "SELECT f.kind, coalesce(f.wire_id, s.id), f.digest, f.seq"
    " FROM feed f CROSS JOIN subject s ON s.subject = f.subject"
    " WHERE f.peer = ?1 AND f.state = 1 AND +f.seq <= ?2";
constexpr char kTold[] =
    "SELECT s.kind, s.id, t.digest"
    " FROM told t CROSS JOIN subject s ON s.subject = t.subject"
    " WHERE t.peer = ?1 AND (t.held = 0 OR"
    " EXISTS (SELECT 1 FROM record r WHERE r.subject = t.subject))";
constexpr char kFind[] =
    "SELECT digest, held, generation FROM told"
    " WHERE peer = ?1 AND subject = ?2";
constexpr char kPut[] =
    "INSERT OR REPLACE INTO told (peer, subject, digest, held, generation)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr char kSetNotHeld[] =
    "UPDATE told SET held = 0 WHERE peer = ?1 AND subject = ?2";
constexpr char kRemove[] = "DELETE FROM told WHERE peer = ?1 AND subject = ?2";
constexpr char kOthers[] =
    "SELECT subject FROM told WHERE peer = ?1 AND generation <> ?2 LIMIT ?3";

static_assert(static_cast<int>(ViewState::kShown) == 1, "as in kShown");

// Items of `run`; column 3, if there is one, is the sequence.
absl::Status TakeAll(Run& run, bool with_seq, ViewReader::Take take) {
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return absl::OkStatus();
    ViewItem item;
    MINGA_ASSIGN_OR_RETURN(item.kind, run.KindAt(0));
    item.id = run.View(1);
    MINGA_ASSIGN_OR_RETURN(item.digest, run.DigestAt(2));
    if (with_seq) item.seq = run.Unsigned(3);
    take(item);
  }
}

}  // namespace

absl::Status Views::Prepare(Connection& connection) {
  return connection.Prepare({{&shown_, kShown},
                             {&told_, kTold},
                             {&find_, kFind},
                             {&put_, kPut},
                             {&set_not_held_, kSetNotHeld},
                             {&remove_, kRemove},
                             {&others_, kOthers}});
}

absl::Status Views::Shown(const PeerId& peer, SeqNo upto, Take take) const {
  Run run(shown_, peer, upto);
  return TakeAll(run, /*with_seq=*/true, take);
}

absl::Status Views::Told(const PeerId& from, Take take) const {
  Run run(told_, from);
  return TakeAll(run, /*with_seq=*/false, take);
}

absl::StatusOr<std::optional<ToldRow>> Views::Find(const RecordKey& key) const {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) return std::optional<ToldRow>();
  Run run(find_, key.country, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<ToldRow>();
  ToldRow row;
  MINGA_ASSIGN_OR_RETURN(row.digest, run.DigestAt(0));
  row.held = run.Int(1) != 0;
  row.generation = run.Unsigned(2);
  return std::optional<ToldRow>(row);
}

absl::Status Views::Put(const RecordKey& key, const ToldRow& row) {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(key.id));
  if (key.country == own_ || key.kind == RecordKind::kUnspecified) {
    return absl::InvalidArgumentError(absl::StrCat(
        "views: `", key.ToString(), "` is not a record of a peer"));
  }
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject,
                         subjects_.FindOrMake(key));
  return Run(put_, key.country, subject, row.digest, row.held ? 1 : 0,
             row.generation)
      .Finish();
}

absl::Status Views::SetNotHeld(const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) return absl::OkStatus();
  return Run(set_not_held_, key.country, subject).Finish();
}

absl::Status Views::Remove(const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject, subjects_.Find(key));
  if (subject == 0) return absl::OkStatus();
  MINGA_RETURN_IF_ERROR(Run(remove_, key.country, subject).Finish());
  return subjects_.Release(subject);
}

absl::StatusOr<int> Views::RemoveOthers(const PeerId& from, Epoch generation,
                                        int limit) {
  std::vector<Subjects::Number> others;
  {
    Run run(others_, from, generation, limit);
    while (true) {
      MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
      if (!more) break;
      others.push_back(run.Int(0));
    }
  }
  for (const Subjects::Number subject : others) {
    MINGA_RETURN_IF_ERROR(Run(remove_, from, subject).Finish());
    MINGA_RETURN_IF_ERROR(subjects_.Release(subject));
  }
  return static_cast<int>(others.size());
}

}  // namespace minga::storage::sqlite
