#include "node/exchange/import/json_scanner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"
#include "node/exchange/import/json_check.h"
#include "node/exchange/import/text_input.h"

namespace minga::importing {
namespace {

constexpr std::size_t kQuotedBytesMax = 60;

// "start_date" as "startDate": protobuf takes both as the same field.
std::string CamelCase(const std::string& name) {
  std::string camel;
  camel.reserve(name.size());
  bool upper = false;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    camel += upper ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c;
    upper = false;
  }
  return camel;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(std::uint32_t c, std::string& out) {
  const auto tail = [&out, c](int shift) {
    out += static_cast<char>(0x80 | ((c >> shift) & 0x3F));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

bool JsonScanner::Begin() {
  const std::size_t good = Utf8Prefix(text_);
  if (good != text_.size()) {
    position_ = good;
    return Fail("not UTF-8");
  }
  SkipSpaces();
  return true;
}

bool JsonScanner::End() {
  SkipSpaces();
  return position_ == text_.size() || Fail("text after the JSON value");
}

void JsonScanner::SkipSpaces() {
  while (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r') {
    ++position_;
  }
}

bool JsonScanner::Fail(absl::string_view reason) {
  status_ = absl::InvalidArgumentError(
      absl::StrCat("not JSON at byte ", position_, ": ", reason));
  return false;
}

bool JsonScanner::SkipValue(int depth) {
  absl::string_view number;
  switch (Peek()) {
    case '{':
      return Object(depth, [this, depth](const std::string& /*name*/) {
        return SkipValue(depth + 1);
      });
    case '[':
      return Array(depth, [this, depth] { return SkipValue(depth + 1); });
    case '"':
      return String(nullptr);
    case 't':
      return Word("true");
    case 'f':
      return Word("false");
    case 'n':
      return Word("null");
    default:
      return Number(number);
  }
}

bool JsonScanner::Word(absl::string_view word) {
  if (text_.substr(position_, word.size()) != word) {
    return Fail("expected a value");
  }
  position_ += word.size();
  return true;
}

bool JsonScanner::Open(char bracket, int depth) {
  if (depth > kJsonDepthMax) return Fail("nested too deeply");
  if (!Take(bracket)) {
    return Fail(bracket == '{' ? "expected an object" : "expected a list");
  }
  SkipSpaces();
  return true;
}

bool JsonScanner::Close(char bracket) { return Take(bracket); }

bool JsonScanner::Name(std::vector<std::string>& names, std::string& name) {
  name.clear();
  if (Peek() != '"') return Fail("expected a name in double quotes");
  if (!String(&name)) return false;
  std::string camel = CamelCase(name);
  if (std::find(names.begin(), names.end(), camel) != names.end()) {
    return Fail(
        absl::StrCat("name `", Printable(name, kQuotedBytesMax), "` twice"));
  }
  if (names.size() >= kJsonNamesMax) return Fail("object has too many names");
  names.push_back(std::move(camel));
  SkipSpaces();
  if (!Take(':')) return Fail("expected `:`");
  SkipSpaces();
  return true;
}

bool JsonScanner::Next(char bracket, bool& more) {
  SkipSpaces();
  more = !Take(bracket);
  if (!more) return true;
  if (!Take(',')) {
    return Fail(bracket == '}' ? "expected `,` or `}`" : "expected `,` or `]`");
  }
  SkipSpaces();
  return true;
}

bool JsonScanner::String(std::string* out) {
  ++position_;
  while (position_ < text_.size()) {
    const std::size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != '"' &&
           text_[position_] != '\\' &&
           static_cast<unsigned char>(text_[position_]) >= 0x20) {
      ++position_;
    }
    if (out != nullptr) out->append(text_.data() + begin, position_ - begin);
    if (position_ == text_.size()) break;
    if (Take('"')) return true;
    if (text_[position_] != '\\') return Fail("control character in a string");
    if (!Escape(out)) return false;
  }
  return Fail("string without an end");
}

bool JsonScanner::Escape(std::string* out) {
  ++position_;
  const char c = Peek();
  if (c == 'u') return UnicodeEscape(out);
  constexpr absl::string_view kLetters = "\"\\/bfnrt";
  constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t which = kLetters.find(c);
  if (c == '\0' || which == absl::string_view::npos) {
    return Fail("unknown escape");
  }
  ++position_;
  if (out != nullptr) *out += kMeanings[which];
  return true;
}

// A surrogate without its other half has no UTF-8 and is refused.
bool JsonScanner::UnicodeEscape(std::string* out) {
  std::uint32_t code = 0;
  if (!FourHexDigits(code)) return false;
  if (code >= 0xDC00 && code <= 0xDFFF) return Fail("lone surrogate");
  if (code >= 0xD800 && code <= 0xDBFF) {
    std::uint32_t low = 0;
    if (!Take('\\') || Peek() != 'u') return Fail("lone surrogate");
    if (!FourHexDigits(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return Fail("lone surrogate");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (out != nullptr) AppendUtf8(code, *out);
  return true;
}

// From the `u`.
bool JsonScanner::FourHexDigits(std::uint32_t& code) {
  ++position_;
  code = 0;
  for (int i = 0; i < 4; ++i, ++position_) {
    const char c = Peek();
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return Fail("expected four hexadecimal digits");
    }
    code = code * 16 + static_cast<std::uint32_t>(
                           IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return true;
}

bool JsonScanner::Digits() {
  if (!IsDigit(Peek())) return Fail("expected a digit");
  while (IsDigit(Peek())) ++position_;
  return true;
}

bool JsonScanner::Number(absl::string_view& out) {
  const std::size_t begin = position_;
  Take('-');
  if (!IsDigit(Peek())) return Fail("expected a value");
  if (!Take('0') && !Digits()) return false;
  if (Take('.') && !Digits()) return false;
  if (Peek() == 'e' || Peek() == 'E') {
    ++position_;
    if (!Take('+')) Take('-');
    if (!Digits()) return false;
  }
  out = From(begin);
  return true;
}

}  // namespace minga::importing
