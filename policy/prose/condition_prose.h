// Conditions as phrases. Internal to this room.
#ifndef MINGA_POLICY_PROSE_CONDITION_PROSE_H_
#define MINGA_POLICY_PROSE_CONDITION_PROSE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/prose/words.h"
#include "policy/schema.h"

namespace minga::policy::prose {

struct ConditionProse {
  enum class Kind { kAlways, kOne, kAll, kAny };
  Kind kind = Kind::kAlways;
  // One phrase, or the parts of the outermost `&&` or `||`.
  std::vector<std::string> parts;
};

// `text` in the words of `words`; `kinds` are those that it is asked of. A part
// without a phrase is shown as its own text.
ConditionProse Describe(absl::string_view text,
                        const std::vector<RecordKind>& kinds,
                        const Words& words);

}  // namespace minga::policy::prose

#endif  // MINGA_POLICY_PROSE_CONDITION_PROSE_H_
