#include "policy/redaction/number_run.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace minga::policy::redaction {
namespace {

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}
bool IsAlnum(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}

// Bytes of a separator at `at` inside a number, 0 if there is none: one of
// " .-/)" or two of them such as ") " and " (", when a digit follows.
std::size_t SeparatorAt(absl::string_view text, std::size_t at) {
  constexpr absl::string_view kSeparators = " .-/()";
  std::size_t length = 0;
  while (length < 3 && at + length < text.size() &&
         kSeparators.find(text[at + length]) != absl::string_view::npos) {
    ++length;
  }
  if (length == 0 || length == 3 || at + length >= text.size() ||
      !IsDigit(text[at + length])) {
    return 0;
  }
  // Two dots or dashes in a row end a number.
  if (length == 2 && text[at] != ')' && text[at + 1] != '(') return 0;
  return length;
}

}  // namespace

NumberRun RunAt(absl::string_view text, std::size_t at) {
  std::size_t begin = at;
  if (begin > 0 && text[begin - 1] == '(') --begin;
  if (begin > 0 && text[begin - 1] == '+') --begin;
  std::size_t end = at;
  while (end < text.size() && end - begin < kRunBytesMax) {
    if (IsDigit(text[end])) {
      ++end;
      continue;
    }
    const std::size_t separator = SeparatorAt(text, end);
    if (separator == 0) break;
    end += separator;
  }
  // A bracket that does not close is the sentence's, not the number's.
  if (begin < at && text[at - 1] == '(' &&
      text.substr(at, end - at).find(')') == absl::string_view::npos) {
    begin = at;
  }
  return PartOf(text, begin, end);
}

NumberRun PartOf(absl::string_view text, std::size_t begin, std::size_t end) {
  NumberRun run;
  run.begin = begin;
  run.end = end;
  int group = 0;
  const auto close = [&] {
    if (group > 0) {
      run.shape.push_back(group > 9 ? 'x' : static_cast<char>('0' + group));
    }
    group = 0;
  };
  for (std::size_t i = begin; i < end; ++i) {
    if (IsDigit(text[i])) {
      run.digits.push_back(text[i]);
      ++group;
    } else {
      close();
      run.shape.push_back(text[i]);
    }
  }
  close();
  const bool k = end + 1 < text.size() && text[end] == '-' &&
                 (text[end + 1] == 'K' || text[end + 1] == 'k') &&
                 (end + 2 == text.size() || !IsAlnum(text[end + 2]));
  if (k) {
    run.ends_in_k = true;
    run.end += 2;
    run.shape += "-K";
  }
  return run;
}

}  // namespace minga::policy::redaction
