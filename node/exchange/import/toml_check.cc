#include "node/exchange/import/toml_check.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace minga::importing {
namespace {

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Columns count characters, as toml++ does.
absl::Status WrongAt(absl::string_view text, std::size_t at,
                     const std::string& file, absl::string_view reason) {
  const absl::string_view before = text.substr(0, at);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const absl::string_view on_line = before.substr(line_begin);
  const auto column =
      1 + std::count_if(on_line.begin(), on_line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      });
  return absl::InvalidArgumentError(
      absl::StrCat(file, ":", line, ":", column, ": ", reason));
}

// The place after the string that begins at `at`; npos if its line ends first.
std::size_t AfterString(absl::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == quote) return i + 1;
    if (quote == '"' && text[i] == '\\') ++i;
  }
  return absl::string_view::npos;
}

}  // namespace

absl::Status CheckToml(absl::string_view text, const std::string& file) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  std::size_t i = 0;
  while (i < text.size()) {
    const absl::string_view rest = text.substr(i);
    if (!IsAscii(rest[0])) {
      return WrongAt(text, i, file,
                     "a name with letters outside ASCII goes in quotes");
    }
    if (absl::StartsWith(rest, "\"\"\"") || absl::StartsWith(rest, "'''")) {
      return WrongAt(text, i, file, "a text goes on one line");
    }
    if (rest[0] == '"' || rest[0] == '\'') {
      i = AfterString(text, i);
      // The parser stops there too and says so.
      if (i == absl::string_view::npos) return absl::OkStatus();
    } else if (rest[0] == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else {
      ++i;
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::importing
