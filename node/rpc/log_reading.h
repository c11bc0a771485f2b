// Reading the audit log and what is about persons: each reading is itself an
// entry of the log, written before anything is read, with what was asked. A
// person appears there as everywhere: as a commitment.
#ifndef MINGA_NODE_RPC_LOG_READING_H_
#define MINGA_NODE_RPC_LOG_READING_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "minga/v1/audit.pb.h"
#include "node/base/ids.h"
#include "node/rpc/node_parts.h"

namespace minga::rpc {

inline constexpr int kFindEntriesMax = 10000;
inline constexpr int kFindEntriesDefault = 100;

// Writes LOG_READ with `detail` and what `asked` has set.
absl::Status LogReading(const NodeParts& node, absl::string_view detail,
                        const v1::AuditEntry& asked = {});

// Writes RECORD_READ if `key` is of a record about a person: somebody is shown
// something about it. Without a commitment if the person is unknown or erased.
absl::Status LogRecordRead(const NodeParts& node, const RecordKey& key,
                           absl::string_view detail);
// The same for a list of `count` persons; SEARCHED for a search.
absl::Status LogPeopleRead(const NodeParts& node, v1::AuditEvent event,
                           int count, absl::string_view detail);

// Writes BACKED_UP, before the copy is made: so it is in the copy too.
absl::Status LogBackUp(const NodeParts& node, absl::string_view path);

// The commitment to the person that a profile, own or received, is about.
// NOT_FOUND for an own person who is unknown or erased.
absl::StatusOr<std::string> SubjectOfProfile(const NodeParts& node,
                                             const RecordKey& profile);

using OnFound = absl::FunctionRef<bool(const v1::FindResponse&)>;
absl::Status FindEntries(const NodeParts& node, const v1::FindRequest& request,
                         OnFound on_found);
absl::StatusOr<v1::ProveResponse> ProveEntry(const NodeParts& node,
                                             const v1::ProveRequest& request);
absl::StatusOr<v1::CountDecisionsResponse> CountDecisions(
    const NodeParts& node, const v1::CountDecisionsRequest& request);
absl::StatusOr<v1::ReportPersonResponse> ReportPerson(
    const NodeParts& node, const v1::ReportPersonRequest& request);

}  // namespace minga::rpc

#endif  // MINGA_NODE_RPC_LOG_READING_H_
