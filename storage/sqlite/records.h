#ifndef MINGA_STORAGE_SQLITE_RECORDS_H_
#define MINGA_STORAGE_SQLITE_RECORDS_H_

#include "node/base/ids.h"
#include "storage/record_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/record_counts.h"
#include "storage/sqlite/staged.h"
#include "storage/sqlite/subjects.h"

namespace minga::storage::sqlite {

// RecordStore over tables `record` and `gone`. Threads: its
// connection's.
class Records final : public RecordStore {
 public:
  // All outlive this; only the writer's counters and news are used.
  Records(Country own, Subjects& subjects, RecordCounts& counts, Counter& rows,
          Counter& gone, News& news)
      : own_(own),
        subjects_(subjects),
        counts_(counts),
        rows_(rows),
        gone_(gone),
        news_(news) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::optional<StoredRecord>> Get(
      const RecordKey& key) const override;
  absl::StatusOr<std::vector<StoredRecord>> Scan(Country country,
                                                 RecordKind kind,
                                                 absl::string_view after,
                                                 int limit) const override;
  absl::StatusOr<RecordChanges> ChangesSince(RowNo after,
                                             std::int64_t gone_after,
                                             int limit) const override;
  absl::StatusOr<RecordCount> Count(Country country,
                                    RecordKind kind) const override;
  absl::StatusOr<RowNo> Newest() const override;

  absl::StatusOr<PutResult> Put(const StoredRecord& record, bool own) override;
  absl::StatusOr<bool> Erase(const RecordKey& key) override;
  absl::Status DropGone(std::int64_t gone_upto) override;

 private:
  absl::Status Check(const StoredRecord& record, bool own) const;
  absl::Status AddGone(RowNo row);

  const Country own_;
  Subjects& subjects_;
  RecordCounts& counts_;
  Counter& rows_;
  Counter& gone_;
  News& news_;
  Subjects::Number newest_put_ = 0;
  Statement get_;
  Statement scan_;
  Statement put_since_;
  Statement gone_since_;
  mutable Statement newest_;
  Statement find_;
  Statement insert_;
  Statement replace_;
  Statement erase_;
  Statement add_gone_;
  Statement drop_gone_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_RECORDS_H_
