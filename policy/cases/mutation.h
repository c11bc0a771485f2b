// Documents with one thing changed: some case must notice. Internal to this
// room.
#ifndef MINGA_POLICY_CASES_MUTATION_H_
#define MINGA_POLICY_CASES_MUTATION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/cases/bench.h"
#include "policy/cases/cases.h"
#include "policy/cases/loader.h"
#include "policy/rule.h"

namespace minga::policy::cases {

// `document` with a rule that permits everything beside its own: what its
// FORBIDs uphold whatever is permitted. An override, which may not permit, as
// it is: its national policy permits everything.
v1::PolicyDocument WithPermitsAll(const v1::PolicyDocument& document);

// The text of `document`, as PolicySet::Load takes it.
std::string TextOf(const v1::PolicyDocument& document);

// Tries all mutants of `document`, which `compiled` is the loaded form of, and
// fills `report.mutants` and `report.survivors`. `cases` pass, and `guarded`
// answers them if WithPermitsAll(document) were the document.
//   RESOURCE_EXHAUSTED  mutants of more than kMutantBytesMax; none was tried.
absl::Status TryMutants(const v1::PolicyDocument& document,
                        const CompiledDocument& compiled, const Bench& bench,
                        const std::vector<const Case*>& cases,
                        const PolicySet& guarded, Report& report);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_MUTATION_H_
