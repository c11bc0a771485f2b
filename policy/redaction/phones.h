// Telephone numbers in a text, by libphonenumber. Internal to this room.
#ifndef MINGA_POLICY_REDACTION_PHONES_H_
#define MINGA_POLICY_REDACTION_PHONES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "policy/redaction/finding.h"
#include "policy/redaction/number_run.h"
#include "policy/redaction/words.h"

namespace minga::policy::redaction {

// True if `run` is a telephone: valid with its country code, or valid in `home`
// or another country of the region and announced by a word such as "tel" or
// written like one. Asking all countries takes microseconds: each time it is
// done takes one of `attempts`, and at none it is not done.
std::optional<Finding> PhoneIn(Context& context, const NumberRun& run,
                               Country home, int& attempts);

// "+593991234567"; "" if `text` is no number that is valid in `home`.
std::string PlainPhone(absl::string_view text, Country home);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_PHONES_H_
