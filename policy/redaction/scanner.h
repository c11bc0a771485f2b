// Finds personal data in free text: identifiers of the region, telephones and
// e-mail addresses, also those written to hide from machines, in Spanish,
// Portuguese and English text.
#ifndef MINGA_POLICY_REDACTION_SCANNER_H_
#define MINGA_POLICY_REDACTION_SCANNER_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "policy/redaction/counts.h"
#include "policy/redaction/finding.h"

namespace minga::policy::redaction {

// Threads: any thread may call any method once it is made.
class Scanner {
 public:
  // `home` is the country whose numbering plan a telephone without a country
  // code is first read in; those of the rest of the region follow.
  explicit Scanner(Country home);

  // A business contact that was published as such and may stay in the text:
  // an e-mail address or a telephone, in any way of writing. What is neither is
  // passed over.
  void Keep(absl::string_view contact);

  // In the order of the text, without overlaps, without what is kept. `text` of
  // any bytes; what is not UTF-8 is passed over.
  std::vector<Finding> Scan(absl::string_view text, Counts& counts) const;

  // `text` with a placeholder for each finding: "[id]", "[phone]", "[e-mail]".
  // Redacting the outcome again changes nothing: a placeholder announces no
  // number, and what only shows once its neighbours are gone goes as well.
  // Counts are added to `counts`.
  std::string Redact(absl::string_view text, Counts& counts) const;

 private:
  std::string Canonical(const Finding& finding, absl::string_view text) const;

  const Country home_;
  absl::flat_hash_set<std::string> kept_;
};

// "[id]", "[phone]", "[e-mail]".
absl::string_view Placeholder(Kind kind);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_SCANNER_H_
