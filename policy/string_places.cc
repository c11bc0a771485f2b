#include "policy/string_places.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace minga::policy {
namespace {

constexpr int kTabWidth = 8;  // of protobuf's io::Tokenizer

void Step(char c, Place& place) {
  if (c == '\n') {
    ++place.line;
    place.column = 0;
  } else if (c == '\t') {
    place.column += kTabWidth - place.column % kTabWidth;
  } else {
    ++place.column;
  }
}

// Reads a text-format string value and remembers where each byte came from.
class Reader {
 public:
  Reader(absl::string_view text, Place field) : text_(text) {
    while (at_ < text_.size() && place_ < field) Next();
  }

  // Leaves value() and places() filled.
  void Read() {
    while (at_ < text_.size() && (absl::ascii_isalnum(Peek()) || Peek() == '_'))
      Next();
    SkipSpace();
    if (Peek() == ':') Next();
    SkipSpace();
    while (Peek() == '"' || Peek() == '\'') {
      Literal();
      SkipSpace();
    }
    places_.push_back(end_);
  }

  const std::string& value() const { return value_; }
  const std::vector<Place>& places() const { return places_; }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Next() { Step(text_[at_++], place_); }

  void SkipSpace() {
    while (at_ < text_.size()) {
      if (Peek() == '#') {
        while (at_ < text_.size() && Peek() != '\n') Next();
      } else if (absl::ascii_isspace(static_cast<unsigned char>(Peek()))) {
        Next();
      } else {
        return;
      }
    }
  }

  void Literal() {
    const char quote = Peek();
    Next();
    while (at_ < text_.size() && Peek() != quote && Peek() != '\n') {
      const Place begin = place_;
      const std::size_t from = at_;
      Next();
      if (text_[from] == '\\' && at_ < text_.size()) SkipEscape();
      std::string decoded;
      if (!absl::CUnescape(text_.substr(from, at_ - from), &decoded)) return;
      value_ += decoded;
      places_.insert(places_.end(), decoded.size(), begin);
    }
    end_ = place_;
    if (at_ < text_.size()) Next();
  }

  // Behind the backslash: steps over the rest of the escape.
  void SkipEscape() {
    const char c = Peek();
    Next();
    int digits = 0;
    if (c == 'x' || c == 'X') digits = 2;
    if (c == 'u') digits = 4;
    if (c == 'U') digits = 8;
    const bool octal = c >= '0' && c <= '7';
    if (octal) digits = 2;  // the first one is taken
    while (digits-- > 0 && at_ < text_.size() &&
           (octal ? Peek() >= '0' && Peek() <= '7'
                  : absl::ascii_isxdigit(static_cast<unsigned char>(Peek())))) {
      Next();
    }
  }

  const absl::string_view text_;
  std::size_t at_ = 0;
  Place place_;
  Place end_;
  std::string value_;
  std::vector<Place> places_;
};

}  // namespace

Place PlaceInString(absl::string_view text, Place field,
                    absl::string_view value, std::size_t offset) {
  Reader reader(text, field);
  reader.Read();
  if (reader.value() != value || offset >= reader.places().size()) return field;
  return reader.places()[offset];
}

}  // namespace minga::policy
