#ifndef MINGA_STORAGE_SQLITE_RECORD_COUNTS_H_
#define MINGA_STORAGE_SQLITE_RECORD_COUNTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/record_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/staged.h"

namespace minga::storage::sqlite {

// Table `record_count`: how many records there are of each country and kind,
// and how many bytes they have, kept so that nobody has to count a million of
// them. On the writer's connection in memory. Threads: its connection's.
class RecordCounts final : public Staged {
 public:
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<RecordCount> Get(Country country, RecordKind kind) const;
  void Add(const RecordKey& key, std::int64_t records, std::int64_t bytes);

  absl::Status Load() override;
  void Mark() override { marked_ = counts_; }
  void Restore() override { counts_ = marked_; }
  absl::Status Flush() override;

 private:
  struct Count {
    Country country;
    RecordKind kind;
    RecordCount held;
    bool changed;
  };

  Statement get_;
  Statement all_;
  Statement put_;
  bool staged_ = false;
  std::vector<Count> counts_;
  std::vector<Count> marked_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_RECORD_COUNTS_H_
