// What an entry of the audit log is indexed by.
#ifndef MINGA_NODE_AUDIT_TERMS_H_
#define MINGA_NODE_AUDIT_TERMS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "minga/v1/audit.pb.h"
#include "node/base/ids.h"
#include "storage/audit_index.h"

namespace minga::audit {

absl::Time TimeOf(const v1::AuditEntry& entry);

// 12 * year + month - 1, in UTC, as AuditGroup::month.
int MonthOf(absl::Time at);

// The record that an entry is about; nullopt for one about a person (see
// AuditEntry.subject) or about none. A peer's record if the entry tells what
// came in, otherwise one of `own`.
std::optional<RecordKey> RecordOf(const v1::AuditEntry& entry, Country own);

// Digests of a record, and of a person's commitment.
std::uint64_t MarkOf(const RecordKey& record);
std::uint64_t MarkOfSubject(absl::string_view subject);

// `start`: position of the first entry of the log that has `entry`.
storage::AuditTerms TermsOf(const v1::AuditEntry& entry, Country own,
                            storage::LogPosition start);

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_TERMS_H_
