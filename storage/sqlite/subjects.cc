#include "storage/sqlite/subjects.h"

#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

// Of some 100 bytes each.
constexpr std::size_t kKnownMax = 4096;

constexpr char kFind[] =
    "SELECT subject FROM subject WHERE country = ?1 AND kind = ?2 AND id = ?3";
constexpr char kMake[] =
    "INSERT INTO subject (country, kind, id) VALUES (?1, ?2, ?3)";
// The primary keys of `feed` and `display_member` begin with the peer: one look
// per peer.
#define MINGA_UNUSED                                                       \
  "NOT EXISTS (SELECT 1 FROM record r WHERE r.subject = subject.subject)"  \
  " AND NOT EXISTS (SELECT 1 FROM feed_head h CROSS JOIN feed f"           \
  " ON f.peer = h.peer AND f.subject = subject.subject)"                   \
  " AND NOT EXISTS (SELECT 1 FROM feed_head h CROSS JOIN display_member m" \
  " ON m.peer = h.peer AND m.subject = subject.subject)"                   \
  " AND NOT EXISTS (SELECT 1 FROM told t WHERE t.peer = subject.country"   \
  " AND t.subject = subject.subject)"                                      \
  " AND NOT EXISTS (SELECT 1 FROM person p"                                \
  " WHERE p.subject = subject.subject)"
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
  if (asked_ && last_key_ == key) return last_;
  asked_ = false;
  const auto known = known_.find(key);
  if (known != known_.end()) {
    last_ = known->second;
  } else {
    Run run(find_, key.country, key.kind, key.id);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    last_ = found ? run.Int(0) : 0;
    if (found && staged_) {
      if (known_.size() >= kKnownMax) known_.clear();
      known_.emplace(key, last_);
    }
  }
  last_key_ = key;
  new_ = false;
  asked_ = staged_;
  return last_;
}

absl::StatusOr<Subjects::Number> Subjects::FindOrMake(const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const Number known, Find(key));
  if (known != 0) return known;
  asked_ = false;
  Run run(make_, key.country, key.kind, key.id);
  MINGA_RETURN_IF_ERROR(run.Finish());
  last_ = run.LastRow();
  new_ = true;
  asked_ = staged_;
  return last_;
}

absl::Status Subjects::Release(Number subject) {
  asked_ = false;
  Run run(release_, subject);
  MINGA_RETURN_IF_ERROR(run.Finish());
  if (run.Changes() > 0) Forget();
  return absl::OkStatus();
}

absl::Status Subjects::ReleaseAll() {
  Forget();
  return Run::Once(release_all_);
}

}  // namespace minga::storage::sqlite
