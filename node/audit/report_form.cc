// The two forms of a report: text and page.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/audit/report_prose.h"

namespace minga::audit {
namespace {

constexpr std::size_t kColumns = 80;

// Characters, not bytes.
std::size_t Width(absl::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// `text` broken at spaces, each line behind `indent`.
std::string Wrapped(absl::string_view text, absl::string_view indent) {
  std::string out;
  std::string line(indent);
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const bool begun = line.size() > indent.size();
    if (begun && Width(line) + 1 + Width(word) > kColumns) {
      absl::StrAppend(&out, line, "\n");
      line = absl::StrCat(indent, "  ", word);
    } else {
      absl::StrAppend(&line, begun ? " " : "", word);
    }
  }
  return absl::StrCat(out, line, "\n");
}

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {">", "&gt;"},
                                    {"\"", "&quot;"},
                                    {"'", "&#39;"}});
}

std::string Element(absl::string_view tag, absl::string_view text) {
  return absl::StrCat("<", tag, ">", Escaped(text), "</", tag, ">\n");
}

// The policy forbids everything but the style above it: nothing is loaded, and
// nothing runs.
constexpr absl::string_view kHead = R"html(<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 11pt/1.4 serif; max-width: 45em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.2em; margin-top: 2em }
h3 { font-size: 1em; margin: 1.2em 0 .2em }
ul { margin: 0 } pre { font-size: .8em; white-space: pre-wrap;
overflow-wrap: anywhere }
@page { margin: 2cm }
@media print { body { margin: 0; max-width: none } h2, h3 { break-after: avoid }
ul { break-inside: avoid } }
</style>
)html";

}  // namespace

std::string ToText(const ReportProse& prose) {
  std::string text = absl::StrCat(prose.title, "\n",
                                  std::string(Width(prose.title), '='), "\n\n");
  for (const std::string& fact : prose.facts) text += Wrapped(fact, "");
  absl::StrAppend(&text, "\n", Wrapped(prose.about, ""));
  for (const ReportProse::Section& section : prose.sections) {
    absl::StrAppend(&text, "\n", section.heading, "\n",
                    std::string(Width(section.heading), '-'), "\n");
    for (const ReportProse::Item& item : section.items) {
      text += Wrapped(item.heading, "");
      for (const std::string& line : item.lines) text += Wrapped(line, "    ");
    }
  }
  if (prose.checkpoint.empty()) return text;
  return absl::StrCat(text, "\n", prose.checkpoint_heading, "\n\n",
                      prose.checkpoint);
}

std::string ToPage(const ReportProse& prose) {
  std::string page =
      absl::StrCat("<!DOCTYPE html>\n<html lang=\"", Escaped(prose.language),
                   "\">\n<head>\n", kHead, Element("title", prose.title),
                   "</head>\n<body>\n<main>\n", Element("h1", prose.title));
  for (const std::string& fact : prose.facts) page += Element("p", fact);
  page += Element("p", prose.about);
  for (const ReportProse::Section& section : prose.sections) {
    absl::StrAppend(&page, "<section>\n", Element("h2", section.heading));
    for (const ReportProse::Item& item : section.items) {
      absl::StrAppend(&page, Element("h3", item.heading), "<ul>\n");
      for (const std::string& line : item.lines) page += Element("li", line);
      page += "</ul>\n";
    }
    page += "</section>\n";
  }
  if (!prose.checkpoint.empty()) {
    absl::StrAppend(&page, Element("h2", prose.checkpoint_heading),
                    Element("pre", prose.checkpoint));
  }
  return absl::StrCat(page, "</main>\n</body>\n</html>\n");
}

}  // namespace minga::audit
