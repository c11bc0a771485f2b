// Policy documents as prose that a lawyer reads, with citations and how certain
// they are.
#ifndef MINGA_POLICY_PROSE_PROSE_H_
#define MINGA_POLICY_PROSE_PROSE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/policy_set.h"

namespace minga::policy::prose {

// A national policy, an MoU or an override as plain text: UTF-8, lines of at
// most 80 characters, numbered sections, so that people can refer to them. What
// the document has in other languages only is shown in its first, and marked.
//   INVALID_ARGUMENT  `language` is not "es", "pt" or "en", or the document
//                     does not load ("file:line:column: ...").
absl::StatusOr<std::string> Show(const DocumentSource& document,
                                 absl::string_view language);

// "Signed by: a and b. ..." of the keys' `names`, a paragraph as Show's; "" if
// there is none. In English if `language` is none of the three.
std::string ShowSigners(const std::vector<std::string>& names,
                        absl::string_view language);

// Every field that may cross and every fact that a condition may ask, by kind
// of record, with type and meaning. In English if `language` is none of the
// three.
std::string ShowSchema(absl::string_view language);

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_PROSE_H_
