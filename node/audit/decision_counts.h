// How often what was decided, by month, peer and what the decisions rest on.
#ifndef MINGA_NODE_AUDIT_DECISION_COUNTS_H_
#define MINGA_NODE_AUDIT_DECISION_COUNTS_H_

#include "absl/status/statusor.h"
#include "minga/v1/audit.pb.h"
#include "node/audit/finder.h"

namespace minga::audit {

// True for the events that tell how a view was decided.
bool IsDecision(v1::AuditEvent event);

// Counts permits, refusals, those held back and withdrawals. What the index
// has is added up from its groups, the rest is looked through.
// INVALID_ARGUMENT for a month that is not "2026-11"; UNAVAILABLE as
// Finder::Find.
absl::StatusOr<v1::CountDecisionsResponse> CountDecisions(
    const Finder& finder, const v1::CountDecisionsRequest& request);

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_DECISION_COUNTS_H_
