// The report about one person in words: es, pt, en. Internal to this room.
#ifndef MINGA_NODE_AUDIT_REPORT_WORDS_H_
#define MINGA_NODE_AUDIT_REPORT_WORDS_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace minga::audit {

// The text of `key` in `language` ("es", "pt", "en"; others are "en"). The key
// itself if there is none, which a test excludes for all keys used.
absl::string_view ReportWord(absl::string_view key, absl::string_view language);

// All keys.
std::vector<absl::string_view> ReportWordKeys();

}  // namespace minga::audit

#endif  // MINGA_NODE_AUDIT_REPORT_WORDS_H_
