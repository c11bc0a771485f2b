// What a peer sees of our records, why, and what proves it.
#ifndef MINGA_NODE_RPC_VIEW_REPORT_H_
#define MINGA_NODE_RPC_VIEW_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"
#include "storage/feed_store.h"

namespace minga::v1 {
class ExplainDecisionResponse;
class ListViewsResponse;
class TraceRecordResponse;
}  // namespace minga::v1

namespace minga::rpc {

// "shown", "withheld", "held back", "gone".
std::string StateName(storage::ViewState state);

// NOT_FOUND as Exchange::Explain.
absl::StatusOr<v1::ExplainDecisionResponse> ExplainView(const NodeParts& node,
                                                        const RecordKey& key,
                                                        const PeerId& peer);

// NOT_FOUND if `peer` has no feed.
absl::StatusOr<v1::ListViewsResponse> SummariseViews(const NodeParts& node,
                                                     const PeerId& peer);

// The newest state of the record in the peer's feed and the receipt that covers
// it, if the peer has given one. NOT_FOUND if the peer has no feed, or was
// never told of the record and nothing is kept of it.
absl::StatusOr<v1::TraceRecordResponse> TraceRecord(const NodeParts& node,
                                                    const RecordKey& key,
                                                    const PeerId& peer);

// The receipt that covers a place in the peer's feed, as an erasure names it:
// nothing else is left of somebody who was erased. NOT_FOUND if the feed does
// not go that far.
absl::StatusOr<v1::TraceRecordResponse> TracePlace(const NodeParts& node,
                                                   const PeerId& peer,
                                                   Epoch epoch, SeqNo seq);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_VIEW_REPORT_H_
