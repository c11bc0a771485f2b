// Values of facts as numbers, made once when a fact is set, so that one record
// against many peers is interned once. Internal to this room.
#ifndef MINGA_POLICY_FACT_KEY_H_
#define MINGA_POLICY_FACT_KEY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "policy/schema.h"

namespace minga::policy {

class Facts;

// Days since 1970-01-01. Years beyond a hundred thousand are one day each.
std::int64_t DayNumber(absl::CivilDay day);
// The day of a number that DayNumber returns; CivilDay::max() beyond.
absl::CivilDay DayOfNumber(std::int64_t number);

// The first seven bytes of `text`, then its length up to 8. Sorts as `text`
// does; of texts of at most seven bytes, equal keys mean equal texts.
std::uint64_t TextKey(absl::string_view text);
// True if the text of `key` has more bytes than the key.
inline bool IsLong(std::uint64_t key) { return (key & 0xFF) == 8; }

// A word to be looked for in the list of strings `fact` of `kind`.
struct ListWord {
  ListWord(RecordKind kind, FactId in_fact, absl::string_view word);

  FactId fact = 0;
  // The word's bit in the list's key.
  std::uint64_t bit = 0;
  // No other word has the bit.
  bool exact = false;
  std::string text;

  // True if the list `fact` of `facts`, which has it, holds the word.
  bool In(const Facts& facts) const;
};

// The union of the bits of `words`. Words of the lists that the schema closes
// (sections and purposes of a consent) have a bit of their own, the lowest ones
// in the order of ConsentSections and of Purpose; others share.
std::uint64_t ListKey(RecordKind kind, FactId fact,
                      const std::vector<std::string>& words);

// Sections beyond these have no bit of their own, and no consent covers them.
inline constexpr int kExactWordsMax = 48;

}  // namespace minga::policy

#endif  // MINGA_POLICY_FACT_KEY_H_
