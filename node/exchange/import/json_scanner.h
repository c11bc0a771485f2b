// The grammar of JSON (RFC 8259), step by step: below json_check and
// json_message. Internal to this folder.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_JSON_SCANNER_H_
#define MINGA_NODE_EXCHANGE_IMPORT_JSON_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace minga::importing {

// Each step takes what it names, or sets `status` and returns false. Nothing
// may be asked after that. Threads: one.
class JsonScanner {
 public:
  explicit JsonScanner(absl::string_view text) : text_(text) {}

  // INVALID_ARGUMENT with the byte where it went wrong.
  const absl::Status& status() const { return status_; }
  std::size_t position() const { return position_; }
  absl::string_view From(std::size_t begin) const {
    return text_.substr(begin, position_ - begin);
  }

  // Before the first step: the text is UTF-8.
  bool Begin();
  // After the last: nothing follows.
  bool End();

  // The next byte, 0 at the end.
  char Peek() const {
    return position_ < text_.size() ? text_[position_] : '\0';
  }
  bool Take(char c) {
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  void SkipSpaces();

  // Any value, unread. `depth` is that of the value itself.
  bool SkipValue(int depth);
  // A string, decoded into `out` unless that is null.
  bool String(std::string* out);
  // A number, as it is written.
  bool Number(absl::string_view& out);
  bool Word(absl::string_view word);

  // Calls `member(name)` before the value of each member, which it must take.
  // A name twice in the object is refused, and more than kJsonNamesMax.
  template <typename Member>
  bool Object(int depth, const Member& member) {
    std::vector<std::string> names;
    std::string name;
    if (!Open('{', depth)) return false;
    for (bool more = !Close('}'); more;) {
      if (!Name(names, name) || !member(name)) return false;
      if (!Next('}', more)) return false;
    }
    return true;
  }
  // Calls `item()` before each item, which it must take.
  template <typename Item>
  bool Array(int depth, const Item& item) {
    if (!Open('[', depth)) return false;
    for (bool more = !Close(']'); more;) {
      if (!item() || !Next(']', more)) return false;
    }
    return true;
  }

  // Ends with `reason` at the current byte.
  bool Fail(absl::string_view reason);

 private:
  bool Open(char bracket, int depth);
  bool Close(char bracket);
  bool Name(std::vector<std::string>& names, std::string& name);
  bool Next(char bracket, bool& more);
  bool Escape(std::string* out);
  bool UnicodeEscape(std::string* out);
  bool FourHexDigits(std::uint32_t& code);
  bool Digits();

  const absl::string_view text_;
  std::size_t position_ = 0;
  absl::Status status_;
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_JSON_SCANNER_H_
