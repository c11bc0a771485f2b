#include "storage/sqlite/subjects.h"

#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kFind[] =
    "SELECT subject FROM subject WHERE country = ?1 AND kind = ?2 AND id = ?3";
constexpr char kMake[] =
    "INSERT INTO subject (country, kind, id) VALUES (?1, ?2, ?3)";
// The primary key of `feed` begins with the peer: one look per peer.
#define MINGA_UNUSED                                                      \
  "NOT EXISTS (SELECT 1 FROM record r WHERE r.subject = subject.subject)" \
  " AND NOT EXISTS (SELECT 1 FROM feed_head h CROSS JOIN feed f"          \
  " ON f.peer = h.peer AND f.subject = subject.subject)"
constexpr char kRelease[] =
    "DELETE FROM subject WHERE subject = ?1 AND " MINGA_UNUSED;
constexpr char kReleaseAll[] = "DELETE FROM subject WHERE " MINGA_UNUSED;
#undef MINGA_UNUSED

}  // namespace

absl::Status Subjects::Prepare(Connection& connection) {
  return connection.Prepare({{&find_, kFind},
                             {&make_, kMake},
                             {&release_, kRelease},
                             {&release_all_, kReleaseAll}});
}

absl::StatusOr<Subjects::Number> Subjects::Find(const RecordKey& key) const {
  if (last_ != 0 && last_key_ == key) return last_;
  Run run(find_, key.country, key.kind, key.id);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return 0;
  last_key_ = key;
  return last_ = run.Int(0);
}

absl::StatusOr<Subjects::Number> Subjects::FindOrMake(const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const Number known, Find(key));
  if (known != 0) return known;
  Run run(make_, key.country, key.kind, key.id);
  MINGA_RETURN_IF_ERROR(run.Finish());
  last_key_ = key;
  return last_ = run.LastRow();
}

absl::Status Subjects::Release(Number subject) {
  Forget();
  return Run(release_, subject).Finish();
}

absl::Status Subjects::ReleaseAll() {
  Forget();
  return Run(release_all_).Finish();
}

}  // namespace minga::storage::sqlite
