// Entries of the audit log as lines for people.
#ifndef MINGA_NODE_CLI_AUDIT_WORDS_H_
#define MINGA_NODE_CLI_AUDIT_WORDS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "minga/v1/audit.pb.h"

namespace minga::cli {

// AUDIT_EVENT_PAGE_SENT -> "page sent".
std::string EventText(v1::AuditEvent event);
// "page-sent", "page sent", "PAGE_SENT" -> the event. INVALID_ARGUMENT for
// others, with all names.
absl::StatusOr<v1::AuditEvent> ParseEvent(absl::string_view name);

// "57", or "1/57" in log 1: how an entry is named.
std::string PlaceText(const v1::LogPlace& place);
// The inverse. INVALID_ARGUMENT for anything else.
absl::StatusOr<v1::LogPlace> ParsePlace(absl::string_view text);

// One entry on one line.
std::string LineText(const v1::LogPlace& place, const v1::AuditEntry& entry);
// The same, and what it rests on on lines of their own.
std::string FoundText(const v1::FindResponse& found);

// "co.fee: Ley 1636/2013 art. 36".
std::string RuleText(const v1::CitedRule& rule);

// "2026-11-22" (its beginning in UTC; `end_of_day`: that of the next day) or
// "2026-11-22T10:00:00Z".
absl::StatusOr<absl::Time> ParseMoment(absl::string_view text, bool end_of_day);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_AUDIT_WORDS_H_
