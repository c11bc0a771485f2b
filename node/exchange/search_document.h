// What the search index is told of a record.
#ifndef MINGA_NODE_EXCHANGE_SEARCH_DOCUMENT_H_
#define MINGA_NODE_EXCHANGE_SEARCH_DOCUMENT_H_

#include <optional>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/record_store.h"
#include "storage/search_index.h"

namespace minga::exchange {

// Nullopt for what is not indexed: own profiles, because they are sealed and an
// index of their words would not be. DATA_LOSS for bytes that are no record.
absl::StatusOr<std::optional<storage::SearchDocument>> SearchDocumentOf(
    Country own, const storage::StoredRecord& record);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_SEARCH_DOCUMENT_H_
