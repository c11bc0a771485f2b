// How much of one peer is kept.
#ifndef MINGA_NODE_EXCHANGE_QUOTA_H_
#define MINGA_NODE_EXCHANGE_QUOTA_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/database.h"

namespace minga::exchange {

// Why there is no room for a record of `bytes`; "" if there is. Beyond `most`,
// what is held already may still change and shrink.
absl::StatusOr<std::string> WhyFull(storage::Transaction& transaction,
                                    const storage::RecordCount& most,
                                    const RecordKey& key, std::size_t bytes);

// Notes that records of `from` found no room.
absl::Status NoteFull(storage::DocumentStore& documents, const PeerId& from);

// Has the peers whose records found no room bring their feeds again, if less
// than nine tenths of `most` is held of them now. To be called once a day: it
// moves all that a peer shows.
absl::Status AskWhereRoom(storage::Transaction& transaction,
                          const storage::RecordCount& most);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_QUOTA_H_
