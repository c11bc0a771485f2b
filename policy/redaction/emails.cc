#include "policy/redaction/emails.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"

namespace minga::policy::redaction {
namespace {

// RFC 5321: a local part of 64 and a domain of 255 bytes.
constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kLabelsMax = 8;

bool IsAlnum(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}
bool IsLocal(char c) { return IsAlnum(c) || absl::StrContains("._%+-", c); }
bool IsLabel(char c) { return IsAlnum(c) || c == '-'; }
bool IsSpace(char c) { return c == ' ' || c == '\t'; }
bool IsOpening(char c) { return c == '(' || c == '[' || c == '{' || c == '<'; }
bool IsClosing(char c) { return c == ')' || c == ']' || c == '}' || c == '>'; }

void SkipSpaces(absl::string_view text, std::size_t& at) {
  for (int i = 0; i < 3 && at < text.size() && IsSpace(text[at]); ++i) ++at;
}

bool StartsWithWord(absl::string_view text, std::size_t at,
                    absl::string_view word) {
  return absl::StartsWithIgnoreCase(text.substr(at), word) &&
         (at + word.size() == text.size() || !IsAlnum(text[at + word.size()]));
}

// Where a sign made of one of `words`, or `symbol`, ends, if one begins at
// `at`: with spaces and brackets around it. A word needs a space or a bracket
// before it. 0 if there is none.
std::size_t SignEnd(absl::string_view text, std::size_t at,
                    absl::Span<const absl::string_view> words, char symbol,
                    bool& obfuscated) {
  const std::size_t begin = at;
  SkipSpaces(text, at);
  bool bracket = false;
  if (at < text.size() && IsOpening(text[at])) {
    bracket = true;
    ++at;
    SkipSpaces(text, at);
  }
  std::size_t end = 0;
  if (at < text.size() && text[at] == symbol) {
    end = at + 1;
  } else if (at > begin) {
    for (const absl::string_view word : words) {
      if (StartsWithWord(text, at, word)) end = at + word.size();
    }
  }
  if (end == 0) return 0;
  obfuscated = bracket || end > at + 1 || at > begin;
  at = end;
  SkipSpaces(text, at);
  if (bracket) {
    if (at >= text.size() || !IsClosing(text[at])) return 0;
    ++at;
    SkipSpaces(text, at);
  } else if (!obfuscated && at > end) {
    return 0;  // "a@ b"
  }
  return at;
}

constexpr absl::string_view kAtWords[] = {"arroba", "at"};
constexpr absl::string_view kDotWords[] = {"punto", "ponto", "dot"};

// The end of "example.com", "example punto com", "example (dot) com (dot) ec"
// from `at`; 0 if it is no domain.
std::size_t DomainEnd(absl::string_view text, std::size_t at) {
  std::size_t labels = 0;
  std::size_t end = 0;
  std::size_t last_label = 0;
  while (labels < kLabelsMax) {
    std::size_t label = at;
    while (label < text.size() && IsLabel(text[label])) ++label;
    if (label == at) break;
    last_label = label - at;
    end = label;
    ++labels;
    bool obfuscated = false;
    const std::size_t next = SignEnd(text, label, kDotWords, '.', obfuscated);
    if (next == 0) break;
    // "mail@example.com. Then": a dot and a space end a sentence.
    if (next >= text.size() || !IsLabel(text[next])) break;
    if (obfuscated && text[label] == ' ' && text.substr(label + 1, 1) == ".") {
      break;
    }
    if (!obfuscated && IsSpace(text[next - 1])) break;
    at = next;
  }
  return labels >= 2 && last_label >= 2 ? end : 0;
}

// The first byte of the word at `at` ("arroba", "at"), or of the symbol.
std::optional<std::size_t> SignBegin(absl::string_view text, std::size_t at) {
  if (text[at] == '@') return at;
  for (const absl::string_view word : kAtWords) {
    if (at + 1 < word.size()) continue;
    const std::size_t begin = at + 1 - word.size();
    if (StartsWithWord(text, begin, word) &&
        (begin == 0 || !IsAlnum(text[begin - 1]))) {
      return begin;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> EmailAt(absl::string_view text, std::size_t at) {
  const std::optional<std::size_t> sign = SignBegin(text, at);
  if (!sign.has_value() || *sign == 0) return std::nullopt;
  // Back over brackets and spaces to the local part.
  std::size_t local = *sign;
  for (int i = 0; i < 4 && local > 0 &&
                  (IsSpace(text[local - 1]) || IsOpening(text[local - 1]));
       ++i) {
    --local;
  }
  const bool word = text[at] != '@';
  if (word && local == *sign) return std::nullopt;
  std::size_t begin = local;
  while (begin > 0 && local - begin < kLocalBytesMax &&
         IsLocal(text[begin - 1])) {
    --begin;
  }
  while (begin < local && !IsAlnum(text[begin])) ++begin;
  if (begin == local) return std::nullopt;
  bool obfuscated = false;
  const std::size_t domain = SignEnd(text, local, kAtWords, '@', obfuscated);
  if (domain == 0) return std::nullopt;
  const std::size_t end = DomainEnd(text, domain);
  if (end == 0) return std::nullopt;
  return Finding{Kind::kEmail, "email", begin, end};
}

std::string PlainEmail(absl::string_view found) {
  std::string plain;
  std::size_t at = 0;
  bool domain = false;
  while (at < found.size()) {
    bool obfuscated = false;
    std::size_t next = domain ? SignEnd(found, at, kDotWords, '.', obfuscated)
                              : SignEnd(found, at, kAtWords, '@', obfuscated);
    if (next != 0) {
      plain.push_back(domain ? '.' : '@');
      domain = true;
      at = next;
      continue;
    }
    plain.push_back(absl::ascii_tolower(found[at++]));
  }
  return plain;
}

}  // namespace minga::policy::redaction
