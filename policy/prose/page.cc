#include "policy/prose/page.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace minga::policy::prose {
namespace {

bool Continues(char byte) { return (byte & 0xC0) == 0x80; }

std::size_t Columns(absl::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return !Continues(byte); }));
}

// The first `columns` characters of `text`, which are taken off.
absl::string_view TakeColumns(absl::string_view& text, std::size_t columns) {
  std::size_t end = 0;
  while (end < text.size() && (columns > 0 || Continues(text[end]))) {
    if (!Continues(text[end])) --columns;
    ++end;
    while (end < text.size() && Continues(text[end])) ++end;
  }
  const absl::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

}  // namespace

void Page::Title(absl::string_view text) {
  const std::size_t begin = text_.size();
  Wrap(text, "");
  const std::size_t columns = std::min(
      Columns(absl::string_view(text_).substr(begin)) - 1, kColumnsMax);
  absl::StrAppend(&text_, std::string(columns, '='), "\n");
}

int Page::Section(absl::string_view text) {
  item_ = 0;
  Blank();
  const std::string number = absl::StrCat(++section_, ". ");
  Wrap(text, number);
  Blank();
  return section_;
}

std::string Page::Item(absl::string_view text) {
  if (item_ > 0) Blank();
  const std::string number = absl::StrCat(section_, ".", ++item_);
  const std::size_t width = std::max(number.size() + 1, kItemIndent);
  Wrap(text, number + std::string(width - number.size(), ' '));
  return number;
}

void Page::Paragraph(absl::string_view text) {
  Wrap(text, std::string(Indent(), ' '));
}

void Page::Bullet(absl::string_view text) {
  Wrap(text, std::string(Indent(), ' ') + "- ");
}

void Page::Blank() {
  if (!text_.empty() && !absl::EndsWith(text_, "\n\n")) text_.push_back('\n');
}

void Page::Wrap(absl::string_view text, const std::string& first) {
  const std::string rest(Columns(first), ' ');
  std::string line = first;
  bool fresh = true;  // nothing of the text stands on the line yet
  const auto flush = [&] {
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text_, line, "\n");
    line = rest;
    fresh = true;
  };
  for (absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \n\t"), absl::SkipEmpty())) {
    if (!fresh && Columns(line) + 1 + Columns(word) > kColumnsMax) flush();
    if (!fresh) line.push_back(' ');
    // An address of the web may be longer than a line.
    while (Columns(line) + Columns(word) > kColumnsMax) {
      absl::StrAppend(&line, TakeColumns(word, kColumnsMax - Columns(line)));
      flush();
    }
    absl::StrAppend(&line, word);
    fresh = false;
  }
  if (!fresh || line != rest) flush();
}

}  // namespace minga::policy::prose
