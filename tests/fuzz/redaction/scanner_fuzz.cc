// Text from anywhere: no crash; what is found lies in the text, in order and
// without overlaps; redacting replaces just that, and leaves nothing that would
// be found.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

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

std::string Replaced(absl::string_view text,
                     const std::vector<Finding>& findings) {
  std::string replaced;
  std::size_t at = 0;
  for (const Finding& finding : findings) {
    absl::StrAppend(&replaced, text.substr(at, finding.begin - at),
                    Placeholder(finding.kind));
    at = finding.end;
  }
  absl::StrAppend(&replaced, text.substr(at));
  return replaced;
}

void Check(const Scanner& scanner, absl::string_view text) {
  const std::vector<Finding> findings = Scan(scanner, text);
  const std::string expected = Replaced(text, findings);
  Counts counts;
  const std::string redacted = scanner.Redact(text, counts);
  Require(counts.total() >= findings.size());
  if (Scan(scanner, expected).empty()) {
    Require(redacted == expected);
    Require(counts.total() == findings.size());
  }
  Require(Scan(scanner, redacted).empty());
}

// A published contact stays, wherever it stands.
void CheckKept(absl::string_view text) {
  const Scanner all(Country::Of("CO"));
  for (const Finding& finding : Scan(all, text)) {
    if (finding.kind != Kind::kEmail) continue;
    Scanner keeper(Country::Of("CO"));
    keeper.Keep(text.substr(finding.begin, finding.end - finding.begin));
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
