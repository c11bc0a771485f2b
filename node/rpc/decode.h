// From messages to our own types, checked; one error text for each mistake.
#ifndef MINGA_NODE_RPC_DECODE_H_
#define MINGA_NODE_RPC_DECODE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "storage/search_index.h"

namespace minga::v1 {
class RecordKey;
class SearchRecordsRequest;
}  // namespace minga::v1

namespace minga::rpc {

inline constexpr int kSearchPageDefault = 20;
// Whoever reads further than this wants an export, not a search.
inline constexpr int kSearchOffsetMax = 10000;

// INVALID_ARGUMENT naming the part.
absl::StatusOr<RecordKey> Decode(const v1::RecordKey& key);
void Encode(const RecordKey& key, v1::RecordKey& out);

// The number of an audit log. OUT_OF_RANGE if no node has so many.
absl::StatusOr<int> DecodeLog(std::uint32_t number);

// INVALID_ARGUMENT for unknown codes, a page size over kSearchHitsMax, or a
// page token of another query.
absl::StatusOr<storage::SearchQuery> Decode(
    const v1::SearchRecordsRequest& request);

// Continues `request` after `offset` hits; empty beyond kSearchOffsetMax.
std::string PageToken(const v1::SearchRecordsRequest& request, int offset);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_DECODE_H_
