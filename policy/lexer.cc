#include "policy/lexer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"

namespace minga::policy {
namespace {

bool NameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool NamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Appends `code` in UTF-8; false if it is not a Unicode scalar value.
bool AppendUtf8(std::uint32_t code, std::string& out) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  const auto put = [&out](std::uint32_t byte) {
    out.push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return true;
}

class Lexer {
 public:
  Lexer(absl::string_view text, ConditionError& error)
      : text_(text), error_(error) {}

  std::optional<std::vector<Token>> Run() {
    while (SkipSpace(), at_ < text_.size()) {
      Token token;
      token.begin = at_;
      if (!Next(token)) return std::nullopt;
      token.end = at_;
      tokens_.push_back(std::move(token));
    }
    Token end;
    end.begin = end.end = text_.size();
    tokens_.push_back(std::move(end));
    return std::move(tokens_);
  }

 private:
  bool Fail(std::size_t offset, std::string message) {
    error_ = ConditionError{offset, std::move(message)};
    return false;
  }

  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      if (absl::ascii_isspace(text_[at_])) {
        ++at_;
      } else if (Peek() == '/' && Peek(1) == '/') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  bool Next(Token& token) {
    const char c = Peek();
    if (NameStart(c)) {
      // CEL's r"" and b"" strings would otherwise read as a name and a string.
      token.kind = Token::Kind::kName;
      while (NamePart(Peek())) token.text.push_back(text_[at_++]);
      return true;
    }
    if (absl::ascii_isdigit(c)) return Number(token);
    if (c == '"' || c == '\'') return String(token);
    return Symbol(token);
  }

  bool Number(Token& token) {
    token.kind = Token::Kind::kInt;
    const std::size_t begin = at_;
    const bool hex = Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X');
    while (NamePart(Peek())) ++at_;
    const absl::string_view digits = text_.substr(begin, at_ - begin);
    if (Peek() == '.') {
      return Fail(begin,
                  "a number with a fraction is not part of conditions; "
                  "expected an int");
    }
    const bool valid =
        hex ? absl::SimpleHexAtoi(digits, &token.number)
            : std::all_of(digits.begin(), digits.end(),
                          [](char d) { return absl::ascii_isdigit(d); }) &&
                  absl::SimpleAtoi(digits, &token.number);
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    if (!valid || token.number > static_cast<std::uint64_t>(kMax) + 1) {
      return Fail(begin, absl::StrCat("`", Printable(digits, 40),
                                      "` is not a 64-bit int"));
    }
    return true;
  }

  bool String(Token& token) {
    token.kind = Token::Kind::kString;
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    while (true) {
      if (at_ >= text_.size() || Peek() == '\n') {
        return Fail(begin, "this string is not closed");
      }
      const char c = text_[at_++];
      if (c == quote) break;
      if (c != '\\') {
        token.text.push_back(c);
      } else if (!Escape(token.text)) {
        return false;
      }
    }
    const absl::Status valid = ValidateText(token.text, "\n\r\t");
    if (!valid.ok()) return Fail(begin, std::string(valid.message()));
    return true;
  }

  // The escapes of CEL strings; `at_` is behind the backslash.
  bool Escape(std::string& out) {
    const std::size_t begin = at_ - 1;
    const char c = Peek();
    constexpr absl::string_view kNames = "\\?\"'`abfnrtv";
    constexpr absl::string_view kValues = "\\?\"'`\a\b\f\n\r\t\v";
    const std::size_t simple = kNames.find(c);
    if (at_ < text_.size() && simple != absl::string_view::npos) {
      ++at_;
      out.push_back(kValues[simple]);
      return true;
    }
    if (c == 'x' || c == 'X') return Coded(1, 2, 16, out);
    if (c == 'u') return Coded(1, 4, 16, out);
    if (c == 'U') return Coded(1, 8, 16, out);
    if (c >= '0' && c <= '3') return Coded(0, 3, 8, out);
    return Fail(begin, "unknown escape in a string");
  }

  // Exactly `width` digits of `base`, `skip` bytes ahead.
  bool Coded(std::size_t skip, std::size_t width, std::uint32_t base,
             std::string& out) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const char c = Peek(skip + i);
      if (!absl::ascii_isxdigit(c)) return NotACharacter();
      const auto digit = static_cast<std::uint32_t>(
          absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10);
      if (digit >= base) return NotACharacter();
      code = code * base + digit;
    }
    if (!AppendUtf8(code, out)) return NotACharacter();
    at_ += skip + width;
    return true;
  }

  bool NotACharacter() {
    return Fail(at_ - 1, "this escape is not a character");
  }

  bool Symbol(Token& token) {
    token.kind = Token::Kind::kSymbol;
    constexpr absl::string_view kSymbols[] = {
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!",
        "?",  ":",  "(",  ")",  "[",  "]",  ",", ".", "-"};
    for (const absl::string_view symbol : kSymbols) {
      if (text_.substr(at_, symbol.size()) != symbol) continue;
      token.text = std::string(symbol);
      at_ += symbol.size();
      return true;
    }
    const char c = Peek();
    const std::string seen = Printable(text_.substr(at_, 1), 8);
    if (c == '=') return Fail(at_, "`=` is not an operator; expected `==`");
    if (c == '&' || c == '|') {
      return Fail(
          at_, absl::StrCat("`", seen, "` is not an operator; expected `", seen,
                            seen, "`"));
    }
    if (c == '+' || c == '*' || c == '/' || c == '%') {
      return Fail(at_, absl::StrCat("arithmetic is not part of conditions: `",
                                    seen, "`"));
    }
    return Fail(at_, absl::StrCat("unexpected character `", seen, "`"));
  }

  const absl::string_view text_;
  ConditionError& error_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::optional<std::vector<Token>> Tokenize(absl::string_view text,
                                           ConditionError& error) {
  return Lexer(text, error).Run();
}

}  // namespace minga::policy
