// DueStore keeps, for records of this node, the first day on which something
// about them may change by itself, because a date passes: so that a new day
// touches only the records whose day it is.
#ifndef MINGA_STORAGE_DUE_STORE_H_
#define MINGA_STORAGE_DUE_STORE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"

namespace minga::storage {

struct DueRecord {
  absl::CivilDay day;
  RecordKey key;
};

class DueReader {
 public:
  virtual ~DueReader() = default;

  // Records that are due on `day` or were before, the longest due first, at
  // most `limit`. INVALID_ARGUMENT unless `limit` is positive.
  virtual absl::StatusOr<std::vector<DueRecord>> DueBy(absl::CivilDay day,
                                                       int limit) const = 0;

  // The day on which the record is due; CivilDay::max() if on none.
  virtual absl::StatusOr<absl::CivilDay> DayOf(const RecordKey& key) const = 0;
};

class DueStore : public DueReader {
 public:
  // Makes the record due on `day` and on no other, as RecordStore::Put does;
  // CivilDay::max(): on none. The same day again writes nothing. The day is
  // forgotten when the record is erased. NOT_FOUND if there is no such record
  // and `day` is not max.
  virtual absl::Status Set(const RecordKey& key, absl::CivilDay day) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_DUE_STORE_H_
