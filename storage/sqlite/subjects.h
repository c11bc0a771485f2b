#ifndef MINGA_STORAGE_SQLITE_SUBJECTS_H_
#define MINGA_STORAGE_SQLITE_SUBJECTS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// Table `subject`: the key of each record that is stored or in some feed, once,
// with a number that records and feeds refer to. So ten peers' rows cost a
// number each instead of the id, and the only index with random inserts in a
// bulk load is the one over keys. Threads: its connection's.
class Subjects {
 public:
  using Number = std::int64_t;

  absl::Status Prepare(Connection& connection);

  // 0 if there is none.
  absl::StatusOr<Number> Find(const RecordKey& key) const;
  absl::StatusOr<Number> FindOrMake(const RecordKey& key);

  // Forgets the key if neither a record nor a feed row refers to it any more:
  // ids of erased people must not stay.
  absl::Status Release(Number subject);
  // The same for all keys; as long as there are keys.
  absl::Status ReleaseAll();

  // Forgets what is in memory: a rollback may have taken numbers back.
  void Forget() const { last_ = 0; }

 private:
  Statement find_;
  Statement make_;
  Statement release_;
  Statement release_all_;
  // The last one: a record is put, and then its row for one peer after another.
  mutable RecordKey last_key_;
  mutable Number last_ = 0;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_SUBJECTS_H_
