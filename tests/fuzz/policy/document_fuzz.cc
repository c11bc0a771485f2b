// Documents from anywhere: no input crashes; each is either refused with places
// or loads, and a set of it then answers.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_split.h"
#include "policy/policy_set.h"

namespace {

using minga::policy::PolicySet;

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

void Ask(const PolicySet& set) {
  for (const auto kind :
       {minga::RecordKind::kVacancy, minga::RecordKind::kProfile}) {
    minga::policy::Question question;
    question.own = minga::Country::Of("CO");
    question.peer = minga::Country::Of("EC");
    question.kind = kind;
    question.as_of = absl::CivilDay(2026, 6, 15);
    const minga::policy::Facts facts(kind);
    // Facts are missing, so nothing may be permitted.
    if (set.Decide(question, facts).permitted) std::abort();
    if (set.Explain(question, facts).summary.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const minga::policy::DocumentSource source = {
      "fuzz", std::string(reinterpret_cast<const char*>(data), size)};
  const absl::Status status = minga::policy::CheckDocument(source);
  if (!status.ok()) {
    CheckError(status);
    return 0;
  }
  minga::policy::PolicySources sources;
  sources.national = source;
  const auto set = PolicySet::Load(minga::Country::Of("CO"), sources);
  if (set.ok()) Ask(**set);
  return 0;
}
