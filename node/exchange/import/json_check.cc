#include "node/exchange/import/json_check.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/strings.h"
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

// Recursive descent over RFC 8259. Each function leaves `position_` behind what
// it took, or sets `status_` and returns false.
class Checker {
 public:
  explicit Checker(absl::string_view text) : text_(text) {}

  bool Document(std::vector<JsonMember>* members) {
    const std::size_t good = Utf8Prefix(text_);
    if (good != text_.size()) {
      position_ = good;
      return Fail("not UTF-8");
    }
    SkipSpaces();
    if (members != nullptr && Peek() != '{') return Fail("expected an object");
    if (!Value(0, members)) return false;
    SkipSpaces();
    if (position_ != text_.size()) return Fail("text after the JSON value");
    return true;
  }

  const absl::Status& status() const { return status_; }

 private:
  char Peek() const {
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  bool Take(char c) {
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  void SkipSpaces() {
    while (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' ||
           Peek() == '\r') {
      ++position_;
    }
  }

  bool Fail(absl::string_view reason) {
    status_ = absl::InvalidArgumentError(
        absl::StrCat("not JSON at byte ", position_, ": ", reason));
    return false;
  }

  bool Value(int depth, std::vector<JsonMember>* members) {
    if (depth > kJsonDepthMax) return Fail("nested too deeply");
    switch (Peek()) {
      case '{':
        return Object(depth, members);
      case '[':
        return Array(depth);
      case '"':
        return String(nullptr);
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  bool Word(absl::string_view word) {
    if (text_.substr(position_, word.size()) != word) {
      return Fail("expected a value");
    }
    position_ += word.size();
    return true;
  }

  bool Object(int depth, std::vector<JsonMember>* members) {
    ++position_;
    SkipSpaces();
    if (Take('}')) return true;
    absl::flat_hash_set<std::string> names;
    while (true) {
      JsonMember member;
      if (Peek() != '"') return Fail("expected a name in double quotes");
      if (!String(&member.name)) return false;
      if (!names.insert(CamelCase(member.name)).second) {
        return Fail(absl::StrCat(
            "name `", Printable(member.name, kQuotedBytesMax), "` twice"));
      }
      SkipSpaces();
      if (!Take(':')) return Fail("expected `:`");
      SkipSpaces();
      const std::size_t begin = position_;
      if (!Value(depth + 1, nullptr)) return false;
      if (members != nullptr) {
        member.value = text_.substr(begin, position_ - begin);
        members->push_back(std::move(member));
      }
      SkipSpaces();
      if (Take('}')) return true;
      if (!Take(',')) return Fail("expected `,` or `}`");
      SkipSpaces();
    }
  }

  bool Array(int depth) {
    ++position_;
    SkipSpaces();
    if (Take(']')) return true;
    while (true) {
      if (!Value(depth + 1, nullptr)) return false;
      SkipSpaces();
      if (Take(']')) return true;
      if (!Take(',')) return Fail("expected `,` or `]`");
      SkipSpaces();
    }
  }

  // Decodes into `out` unless it is null.
  bool String(std::string* out) {
    ++position_;
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (static_cast<unsigned char>(c) < 0x20) {
        return Fail("control character in a string");
      }
      if (c == '\\') {
        if (!Escape(out)) return false;
        continue;
      }
      ++position_;
      if (c == '"') return true;
      if (out != nullptr) *out += c;
    }
    return Fail("string without an end");
  }

  bool Escape(std::string* out) {
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
  bool UnicodeEscape(std::string* out) {
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
  bool FourHexDigits(std::uint32_t& code) {
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

  static void AppendUtf8(std::uint32_t c, std::string& out) {
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

  bool Digits() {
    if (!IsDigit(Peek())) return Fail("expected a digit");
    while (IsDigit(Peek())) ++position_;
    return true;
  }

  bool Number() {
    Take('-');
    if (!IsDigit(Peek())) return Fail("expected a value");
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Peek() == 'e' || Peek() == 'E') {
      ++position_;
      if (!Take('+')) Take('-');
      if (!Digits()) return false;
    }
    return true;
  }

  const absl::string_view text_;
  std::size_t position_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status CheckJson(absl::string_view text) {
  Checker checker(text);
  checker.Document(nullptr);
  return checker.status();
}

absl::StatusOr<std::vector<JsonMember>> JsonMembers(absl::string_view text) {
  std::vector<JsonMember> members;
  Checker checker(text);
  if (!checker.Document(&members)) return checker.status();
  return members;
}

}  // namespace minga::importing
