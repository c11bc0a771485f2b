// Documents loaded for a proof. Internal to this room.
#ifndef MINGA_POLICY_PROOF_DOCUMENTS_H_
#define MINGA_POLICY_PROOF_DOCUMENTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "policy/document.h"
#include "policy/policy_set.h"

namespace minga::policy::proof {

// INVALID_ARGUMENT "file:line:column: ...".
absl::StatusOr<CompiledDocument> LoadOne(
    const DocumentSource& source, const LoadContext& context = LoadContext());

// True if a rule of `document` is about groups that are not at hand.
bool HasUnknownGroups(const CompiledDocument& document);

// All documents of a node as PolicySet::Load takes them: an MoU is in force
// only with those parties that signed it.
absl::StatusOr<std::vector<CompiledDocument>> LoadAll(
    Country own, const PolicySources& sources);

// RESOURCE_EXHAUSTED if the conditions of `documents` together have more than
// kProofStepsMax steps.
absl::Status CheckSize(const std::vector<const CompiledDocument*>& documents);

std::vector<const CompiledDocument*> Pointers(
    const std::vector<CompiledDocument>& documents);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_DOCUMENTS_H_
