// What the log has about one person: what left, to whom, when, why, under which
// article, what was withdrawn, and the receipts.
#ifndef MINGA_NODE_AUDIT_PERSON_REPORT_H_
#define MINGA_NODE_AUDIT_PERSON_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "minga/v1/audit.pb.h"
#include "node/audit/finder.h"

namespace minga::audit {

// Entries of one report; more are cut, and it says so.
inline constexpr int kReportEntriesMax = 5000;

// Fills disclosures, others and `cut` from the entries under `subject`, the
// person's commitment.
absl::StatusOr<v1::ReportPersonResponse> ReportPerson(
    const Finder& finder, const std::string& subject);

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_PERSON_REPORT_H_
