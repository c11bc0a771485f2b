// Cases from anywhere: no input crashes; each file is refused with places or
// runs against a document. A document among the inputs is shown as prose, in
// lines that fit.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_split.h"
#include "policy/cases/cases.h"
#include "policy/cases/fact_text.h"
#include "policy/prose/prose.h"

namespace {

using minga::policy::DocumentSource;

constexpr char kDocument[] =
    "national_policy { country: 'CO' rules { id: 'co.open' effect: "
    "EFFECT_PERMIT directions: [DIRECTION_SEND, DIRECTION_RECEIVE] kinds: "
    "[RECORD_KIND_VACANCY, RECORD_KIND_PROFILE] fields: '*' level: LEVEL_RAW "
    "purposes: PURPOSE_JOB_MATCHING when: '!record.imported' obligations { "
    "erase_within_hours: 24 } citations { statute: 'Ley 1' article: '2' "
    "certainty: CERTAINTY_VERIFIED } } rules { id: 'co.guard' effect: "
    "EFFECT_FORBID directions: [DIRECTION_SEND, DIRECTION_RECEIVE] kinds: "
    "RECORD_KIND_PROFILE fields: 'identity.*' when: 'profile.active' } }";

// Every line of an error is "fuzz:line:column: message".
void CheckError(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kInvalidArgument) std::abort();
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 3));
    if (parts.size() != 4 || parts[0] != "fuzz" || parts[1] == "0") {
      std::abort();
    }
  }
}

void Cases(const DocumentSource& source) {
  const absl::Status status = minga::policy::cases::CheckCases(source);
  if (!status.ok()) return CheckError(status);
  const auto report = minga::policy::cases::TestPolicy(
      DocumentSource{"document", kDocument}, source);
  if (!report.ok()) return CheckError(report.status());
  if (static_cast<int>(report->failures.size()) > report->cases ||
      static_cast<int>(report->survivors.size()) > report->mutants) {
    std::abort();
  }
}

void Fact(const std::string& text) {
  for (const auto kind :
       {minga::RecordKind::kVacancy, minga::RecordKind::kProfile}) {
    const minga::policy::KindSchema& schema = minga::policy::SchemaOf(kind);
    minga::policy::ConditionError error;
    const auto fact = minga::policy::cases::ParseFact(text, schema, error);
    if (!fact.has_value()) {
      if (error.message.empty() || error.offset > text.size()) std::abort();
      continue;
    }
    minga::policy::Facts facts(kind);
    const bool absent = fact->value.index() == 0;
    if (!absent && !facts.Set(schema.facts[fact->fact].name, fact->value)) {
      std::abort();
    }
  }
}

void Prose(const DocumentSource& source) {
  const auto shown = minga::policy::prose::Show(source, "es");
  if (!shown.ok()) return CheckError(shown.status());
  for (const absl::string_view line : absl::StrSplit(*shown, '\n')) {
    const auto columns = std::count_if(line.begin(), line.end(), [](char byte) {
      return (byte & 0xC0) != 0x80;
    });
    if (columns > 80) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const DocumentSource source = {
      "fuzz", std::string(reinterpret_cast<const char*>(data), size)};
  Cases(source);
  Fact(source.text);
  Prose(source);
  return 0;
}
