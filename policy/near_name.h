// Suggestions for names that were typed nearly right. Internal to this room.
#ifndef MINGA_POLICY_NEAR_NAME_H_
#define MINGA_POLICY_NEAR_NAME_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace minga::policy {

// "; did you mean `x`?" with the name of `known` nearest to `name` if it is
// within two changes or a third of its letters (Levenshtein); otherwise
// "; expected one of a, b, c" if there are at most eight; otherwise "".
std::string Suggest(absl::string_view name,
                    const std::vector<absl::string_view>& known);

}  // namespace minga::policy

#endif  // MINGA_POLICY_NEAR_NAME_H_
