// Counts the records of peers that were erased here because their retention
// ended, so that our receipts report them to the origin. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_RETENTION_H_
#define MINGA_NODE_EXCHANGE_RETENTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/document_store.h"

namespace minga::exchange {

// So far; 0 if none. DATA_LOSS if what is stored is no number.
absl::StatusOr<std::uint64_t> RetentionEndedOf(
    const storage::DocumentReader& documents, const PeerId& from);

// `records` more, in the transaction that erases them.
absl::Status NoteRetentionEnded(storage::DocumentStore& documents,
                                const PeerId& from, std::uint64_t records);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RETENTION_H_
