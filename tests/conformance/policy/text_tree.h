// A reader of protobuf text format without its schema: enough for the files of
// cel-spec, whose messages we do not have.
#ifndef MINGA_TESTS_CONFORMANCE_POLICY_TEXT_TREE_H_
#define MINGA_TESTS_CONFORMANCE_POLICY_TEXT_TREE_H_

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace minga::policy {

struct TextTree {
  std::string name;
  std::string value;  // of a scalar, decoded
  std::vector<TextTree> children;

  const TextTree* Find(absl::string_view child) const {
    for (const TextTree& tree : children) {
      if (tree.name == child) return &tree;
    }
    return nullptr;
  }
};

class TextTreeReader {
 public:
  explicit TextTreeReader(absl::string_view text) : text_(text) {}

  // Reads fields until `}`, `]` or the end into `into`.
  void ReadFields(TextTree& into) {
    while (Skip(), at_ < text_.size() && Peek() != '}') {
      TextTree field;
      if (Peek() == '[') {  // the name of an extension or of an Any
        while (at_ < text_.size() && Peek() != ']') ++at_;
        ++at_;
      }
      field.name = Word();
      Skip();
      if (Peek() == ':') ++at_;
      ReadValue(field);
      into.children.push_back(std::move(field));
      Skip();
      if (Peek() == ',' || Peek() == ';') ++at_;
    }
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void Skip() {
    while (at_ < text_.size()) {
      if (Peek() == '#') {
        while (at_ < text_.size() && Peek() != '\n') ++at_;
      } else if (absl::ascii_isspace(static_cast<unsigned char>(Peek()))) {
        ++at_;
      } else {
        return;
      }
    }
  }

  std::string Word() {
    const std::size_t begin = at_;
    while (absl::ascii_isalnum(static_cast<unsigned char>(Peek())) ||
           Peek() == '_' || Peek() == '-' || Peek() == '.' || Peek() == '+') {
      ++at_;
    }
    if (at_ == begin) ++at_;  // never stand still
    return std::string(text_.substr(begin, at_ - begin));
  }

  void ReadValue(TextTree& field) {
    Skip();
    if (Peek() == '{') {
      ++at_;
      ReadFields(field);
      ++at_;
    } else if (Peek() == '[') {
      ++at_;
      while (Skip(), at_ < text_.size() && Peek() != ']') {
        TextTree item;
        ReadValue(item);
        field.children.push_back(std::move(item));
        Skip();
        if (Peek() == ',') ++at_;
      }
      ++at_;
    } else if (Peek() == '"' || Peek() == '\'') {
      while (Skip(), Peek() == '"' || Peek() == '\'') field.value += Literal();
    } else {
      field.value = Word();
    }
  }

  std::string Literal() {
    const char quote = text_[at_++];
    const std::size_t begin = at_;
    while (at_ < text_.size() && Peek() != quote) at_ += Peek() == '\\' ? 2 : 1;
    std::string decoded;
    absl::CUnescape(text_.substr(begin, at_ - begin), &decoded);
    ++at_;
    return decoded;
  }

  const absl::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace minga::policy

#endif  // MINGA_TESTS_CONFORMANCE_POLICY_TEXT_TREE_H_
