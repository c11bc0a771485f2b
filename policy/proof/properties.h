// Proofs of single properties. Internal to this room.
#ifndef MINGA_POLICY_PROOF_PROPERTIES_H_
#define MINGA_POLICY_PROOF_PROPERTIES_H_

#include "policy/proof/proof.h"
#include "policy/proof/workbench.h"
#include "policy/property.h"
#include "policy/rule.h"

namespace minga::policy::proof {

// Adds to `report` that `property`, which `document` makes, is proved of the
// documents of `bench`, or why it is not: a record that breaks it, or that it
// speaks about none. Throws z3::exception.
void ProveProperty(const CompiledProperty& property,
                   const CompiledDocument& document, Workbench& bench,
                   Report& report);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_PROPERTIES_H_
