#ifndef MINGA_STORAGE_SQLITE_DUE_H_
#define MINGA_STORAGE_SQLITE_DUE_H_

#include <cstdint>

#include "storage/due_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/subjects.h"

namespace minga::storage::sqlite {

// A day as column `due` of table `record` has it: days since 1970, null for
// none, which is bound as kNoDue.
inline constexpr std::int64_t kNoDue = 9223372036854775807;
#define MINGA_DUE_OR_NULL(parameter) \
  "nullif(" parameter ", 9223372036854775807)"
std::int64_t DueNumber(absl::CivilDay day);
absl::CivilDay DueDay(std::int64_t number);

// DueStore over table `record`. Threads: its connection's.
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
  Subjects& subjects_;
  Statement due_by_;
  Statement find_;
  Statement update_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_DUE_H_
