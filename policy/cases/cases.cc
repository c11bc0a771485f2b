#include "policy/cases/cases.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "minga/v1/policy.pb.h"
#include "node/base/status.h"
#include "policy/cases/bench.h"
#include "policy/cases/coverage.h"
#include "policy/cases/expectation.h"
#include "policy/cases/loader.h"
#include "policy/cases/mutation.h"
#include "policy/document.h"
#include "policy/document_text.h"

namespace minga::policy::cases {
namespace {

using SharedSet = std::shared_ptr<const PolicySet>;

// What stands first in the text, behind spaces and comments: the name of the
// layer, as a document has one.
absl::string_view FirstWord(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripLeadingAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    return line.substr(0, line.find_first_of(" \t\r:{<#"));
  }
  return "";
}

absl::StatusOr<CompiledDocument> LoadTested(const DocumentSource& document,
                                            const LoadedCases& cases) {
  std::vector<std::string> errors;
  std::optional<CompiledDocument> compiled =
      LoadDocument(document, LoadContext(), errors);
  if (!compiled.has_value()) return ErrorsToStatus(errors);
  std::vector<Country>& countries = compiled->countries;
  if (std::find(countries.begin(), countries.end(), cases.country) ==
      countries.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        cases.country_place, ": these are cases of ", cases.country.ToString(),
        ", but ", document.name, " is not a document of it"));
  }
  // As PolicySet::Load: with nobody else is the agreement in force.
  if (!document.signed_by.empty()) {
    std::erase_if(countries, [&](Country party) {
      const auto& signers = document.signed_by;
      return party != cases.country &&
             std::find(signers.begin(), signers.end(), party) == signers.end();
    });
  }
  return *std::move(compiled);
}

// The cases with an agreement that are decided as expected.
std::vector<const Case*> Run(const LoadedCases& cases, const PolicySet& with,
                             const PolicySet& without, Report& report) {
  std::vector<const Case*> passing;
  for (const Case& one : cases.cases) {
    ++report.cases;
    const PolicySet& set = one.agreement ? with : without;
    if (!Passes(one, set)) {
      report.failures.push_back({one.id, one.place, Mismatch(one, set)});
    } else if (one.agreement) {
      passing.push_back(&one);
    }
  }
  return passing;
}

}  // namespace

DocumentSource FillTemplate(const DocumentSource& document, Country a,
                            Country b) {
  if (FirstWord(document.text) != "mou") return document;
  DocumentSource filled = document;
  filled.text =
      absl::StrReplaceAll(document.text, {{"@A@", a.ToString()},
                                          {"@B@", b.ToString()},
                                          {"@FROM@", kTemplateFrom},
                                          {"@UNTIL@", kTemplateUntil}});
  return filled;
}

absl::StatusOr<Report> TestPolicy(const DocumentSource& document,
                                  const DocumentSource& cases) {
  MINGA_ASSIGN_OR_RETURN(const LoadedCases loaded, LoadCases(cases));
  const DocumentSource filled = FillTemplate(
      document, loaded.country, loaded.cases.front().question.peer);
  MINGA_ASSIGN_OR_RETURN(const CompiledDocument compiled,
                         LoadTested(filled, loaded));
  v1::PolicyDocument message;
  if (!google::protobuf::TextFormat::ParseFromString(filled.text, &message)) {
    return absl::InternalError(
        absl::StrCat(filled.name, " loads, but not twice"));
  }
  const Bench bench(compiled.layer, message, loaded, filled.signed_by);
  MINGA_ASSIGN_OR_RETURN(const SharedSet with,
                         bench.Load(filled.name, filled.text, true));
  MINGA_ASSIGN_OR_RETURN(const SharedSet without,
                         bench.Load(filled.name, filled.text, false));
  MINGA_ASSIGN_OR_RETURN(
      const SharedSet guarded,
      bench.Load(filled.name, TextOf(WithPermitsAll(message)), true));
  Report report;
  const std::vector<const Case*> passing = Run(loaded, *with, *without, report);
  report.rules = static_cast<int>(compiled.rules.size());
  for (const CompiledRule& rule : compiled.rules) {
    report.atoms += static_cast<int>(ShapeOf(rule).atoms.size());
  }
  report.uncovered = Uncovered(compiled, passing, {with.get(), guarded.get()});
  MINGA_RETURN_IF_ERROR(
      TryMutants(message, compiled, bench, passing, *guarded, report));
  return report;
}

absl::Status CheckCases(const DocumentSource& cases) {
  return LoadCases(cases).status();
}

}  // namespace minga::policy::cases
