// E-mail addresses in a text, also those written to hide from machines:
// "ana (at) example (dot) com", "ana arroba ejemplo punto com". Internal to
// this room.
#ifndef MINGA_POLICY_REDACTION_EMAILS_H_
#define MINGA_POLICY_REDACTION_EMAILS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "policy/redaction/finding.h"

namespace minga::policy::redaction {

// The address around a sign at `at`: `@`, or the last letter of an "at" or
// "arroba" (any case, in brackets or between spaces).
std::optional<Finding> EmailAt(absl::string_view text, std::size_t at);

// The address as a machine would write it, lower case: "ana@example.com".
std::string PlainEmail(absl::string_view found);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_EMAILS_H_
