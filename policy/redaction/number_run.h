// A run of digits as people write numbers, such as 1.234.567-8 or
// (02) 234 5678. Internal to this room.
#ifndef MINGA_POLICY_REDACTION_NUMBER_RUN_H_
#define MINGA_POLICY_REDACTION_NUMBER_RUN_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace minga::policy::redaction {

// Longest run that is looked at as one: a phone with its country and an
// extension, or a tax number, with room for separators.
inline constexpr std::size_t kRunBytesMax = 40;

struct NumberRun {
  std::size_t begin = 0;  // in the text; at a `+` or `(` before the digits
  std::size_t end = 0;
  std::string digits;
  // One character for each group of digits and each separator:
  // "1.234.567-8" is "1.3.3-1"; groups of ten digits and more are 'x'.
  std::string shape;
  // A letter K right behind a dash (the check digit of a RUT).
  bool ends_in_k = false;
};

// The longest run that begins with the digit at `at`.
// REQUIRES: text[at] is a digit.
NumberRun RunAt(absl::string_view text, std::size_t at);

// The part of `run` that is the text's bytes [begin, end).
NumberRun PartOf(absl::string_view text, std::size_t begin, std::size_t end);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_NUMBER_RUN_H_
