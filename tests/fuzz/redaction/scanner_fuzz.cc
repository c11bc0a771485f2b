// Text from anywhere: no crash; what is found lies in the text, in order and
// without overlaps; redacting replaces just that; and a value that needs no
// word beside it to be told is not found again in what is left.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/redaction/scanner.h"

namespace {

using minga::Country;
using minga::policy::redaction::Counts;
using minga::policy::redaction::Finding;
using minga::policy::redaction::Kind;
using minga::policy::redaction::Placeholder;
using minga::policy::redaction::Scanner;

void Require(bool condition) {
  if (!condition) std::abort();
}

absl::string_view ValueOf(const Finding& finding, absl::string_view text) {
  return text.substr(finding.begin, finding.end - finding.begin);
}

// True if how the value is written tells what it is. Other numbers are told by
// the words beside them, which a placeholder may bring nearer.
bool TellsItself(const Finding& finding, absl::string_view text) {
  switch (finding.kind) {
    case Kind::kEmail:
      return true;
    case Kind::kPhone:
      return text[finding.begin] == '+';
    case Kind::kIdentifier:
      break;
  }
  return !absl::EndsWith(finding.scheme, "number") &&
         finding.scheme != "PA cedula";
}

std::vector<Finding> Scan(const Scanner& scanner, absl::string_view text) {
  Counts counts;
  const std::vector<Finding> findings = scanner.Scan(text, counts);
  Require(counts.kept == 0);
  Require(counts.total() == findings.size());
  std::size_t done = 0;
  for (const Finding& finding : findings) {
    Require(finding.begin >= done && finding.begin < finding.end);
    Require(finding.end <= text.size());
    Require(!finding.scheme.empty());
    done = finding.end;
  }
  return findings;
}

void Check(const Scanner& scanner, absl::string_view text) {
  const std::vector<Finding> findings = Scan(scanner, text);
  std::string expected;
  std::set<std::string> gone;
  std::size_t at = 0;
  for (const Finding& finding : findings) {
    absl::StrAppend(&expected, text.substr(at, finding.begin - at),
                    Placeholder(finding.kind));
    at = finding.end;
    if (TellsItself(finding, text)) {
      gone.insert(absl::AsciiStrToLower(ValueOf(finding, text)));
    }
  }
  absl::StrAppend(&expected, text.substr(at));
  Counts counts;
  const std::string redacted = scanner.Redact(text, counts);
  Require(redacted == expected);
  Require(counts.total() == findings.size());
  for (const Finding& finding : Scan(scanner, redacted)) {
    Require(!TellsItself(finding, redacted) ||
            !gone.contains(absl::AsciiStrToLower(ValueOf(finding, redacted))));
  }
}

// A published contact stays, wherever it stands.
void CheckKept(absl::string_view text) {
  const Scanner all(Country::Of("CO"));
  for (const Finding& finding : Scan(all, text)) {
    if (finding.kind != Kind::kEmail) continue;
    Scanner keeper(Country::Of("CO"));
    keeper.Keep(ValueOf(finding, text));
    Counts counts;
    keeper.Scan(text, counts);
    Require(counts.kept > 0);
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Scanner ecuador(Country::Of("EC"));
  static const Scanner brazil(Country::Of("BR"));
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  Check(ecuador, text);
  Check(brazil, text);
  CheckKept(text);
  return 0;
}
