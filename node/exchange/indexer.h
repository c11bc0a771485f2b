// Indexer keeps the search index up with the records: it follows
// RecordReader::ChangesSince from a thread of its own.
#ifndef MINGA_NODE_EXCHANGE_INDEXER_H_
#define MINGA_NODE_EXCHANGE_INDEXER_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "storage/database.h"
#include "storage/search_index.h"

namespace minga::exchange {

// A record committed in a quiet moment is found at once; while commits stream
// in, the index takes them in batches, some times a second.
//
// Threads: Start and Stop from one thread, the rest from any.
class Indexer {
 public:
  // Not owned; all outlive the indexer.
  struct Parts {
    Country own;
    storage::Database* database = nullptr;
    storage::SearchIndex* index = nullptr;
    // How long after a failure it tries again if no commit makes it do so;
    // whole milliseconds.
    absl::Duration retry = absl::Seconds(10);
  };

  // Adds a listener to the database: call before its first Write.
  static std::unique_ptr<Indexer> Create(const Parts& parts);
  // Stops.
  virtual ~Indexer() = default;

  // Starts the thread "indexer", which at first catches up.
  virtual void Start() = 0;
  // Ends and joins the thread. What is not yet indexed is at the next Start.
  virtual void Stop() = 0;

  // Waits until everything committed before the call is in the index. OK, or
  // the error that keeps it from there, UNAVAILABLE if the thread is not
  // running.
  virtual absl::Status CatchUp() = 0;

  // Rows that the index is behind the records, at most: numbers given up by
  // later changes of the same record are counted too.
  virtual absl::StatusOr<std::int64_t> LagRows() const = 0;

  // OK, or why the index could not follow, or not be put in order, at the last
  // attempt. Both are repeated after `retry`, following also at the next
  // commit.
  virtual absl::Status Health() const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_INDEXER_H_
