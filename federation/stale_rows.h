// The rows of a feed that could not be shown as decided, and since when.
#ifndef MINGA_FEDERATION_STALE_ROWS_H_
#define MINGA_FEDERATION_STALE_ROWS_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "node/base/ids.h"

namespace minga::federation {

// A stale row is decided again, which moves it; until then the feed waits for
// it. One that stays stale for a minute is given up: the peer is told to erase
// the record, so that one unreadable record never holds back the withdrawals
// behind it.
//
// Threads: one.
class StaleRows {
 public:
  // These rows are stale now, no others. Returns those to have decided again:
  // each at most every five seconds.
  std::vector<RecordKey> Update(const std::vector<RecordKey>& stale,
                                absl::Time now);
  // Records given up at `now`.
  absl::flat_hash_set<RecordKey> GivenUp(absl::Time now) const;

  bool empty() const { return rows_.empty(); }

 private:
  struct Times {
    absl::Time first;
    absl::Time asked;
  };
  absl::flat_hash_map<RecordKey, Times> rows_;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_STALE_ROWS_H_
