#ifndef MINGA_STORAGE_SQLITE_DUE_H_
#define MINGA_STORAGE_SQLITE_DUE_H_

#include "storage/due_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/subjects.h"

namespace minga::storage::sqlite {

// DueStore over table `due`. A trigger of the schema forgets the day with the
// record. Threads: its connection's.
class Due final : public DueStore {
 public:
  // `subjects` outlives this.
  explicit Due(Subjects& subjects) : subjects_(subjects) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::vector<DueRecord>> DueBy(absl::CivilDay day,
                                               int limit) const override;
  absl::StatusOr<absl::CivilDay> DayOf(const RecordKey& key) const override;

  absl::Status Set(const RecordKey& key, absl::CivilDay day) override;

 private:
  absl::StatusOr<absl::CivilDay> Find(Subjects::Number subject) const;

  Subjects& subjects_;
  Statement due_by_;
  Statement find_;
  Statement insert_;
  Statement update_;
  Statement forget_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_DUE_H_
