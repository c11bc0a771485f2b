// ReleaseScope is how far an officer's release reaches: what law, agreement and
// consent showed of the record, and on which terms, when it was given. Kept
// with the hold (holds.h); the revision beside it says which content it was.
//
// A release covers what shows no more on terms as strict or stricter: stricter
// law makes nobody look again, wider law does. For profiles the levels are
// those of the law; that their classes may coarsen them further changes
// nothing, as classes only ever hide.
#ifndef MINGA_NODE_EXCHANGE_RELEASE_SCOPE_H_
#define MINGA_NODE_EXCHANGE_RELEASE_SCOPE_H_

#include <array>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/crypto/hash.h"
#include "node/base/ids.h"
#include "node/exchange/obligations.h"
#include "policy/decision.h"

namespace minga::exchange {

struct ReleaseScope {
  RecordKind kind = RecordKind::kUnspecified;
  std::array<policy::Level, policy::kFieldsMax> levels{};
  // A smaller or less diverse class shows more of each of its people.
  int min_k = 0;
  int min_l = 0;
  // From a withdrawal to its erasure; 0: not said.
  int erase_within_hours = 0;
  Terms terms;
  std::vector<policy::Transform> transforms;  // sorted
  std::vector<Digest> notices;                // of their texts; sorted

  friend bool operator==(const ReleaseScope&, const ReleaseScope&) = default;
};

// What `decision`, a permission, shows of a record of `kind`.
ReleaseScope ScopeOf(RecordKind kind, const policy::Decision& decision);

// What `now` shows beyond `released`, for people, at most kExplanationBytesMax;
// "" if the release covers it. Anything that cannot be compared is beyond.
std::string Beyond(const ReleaseScope& released, const ReleaseScope& now);

// One line. Fields stand by name, so that a later schema reads it too: what a
// release does not name was not shown.
std::string EncodeScope(const ReleaseScope& scope);
// DATA_LOSS if it is not one. A name that the schema has no more is skipped.
absl::StatusOr<ReleaseScope> DecodeScope(RecordKind kind,
                                         absl::string_view line);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_RELEASE_SCOPE_H_
