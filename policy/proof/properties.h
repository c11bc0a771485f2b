// Proofs of single properties. Internal to this room.
#ifndef MINGA_POLICY_PROOF_PROPERTIES_H_
#define MINGA_POLICY_PROOF_PROPERTIES_H_

#include "policy/proof/proof.h"
#include "policy/proof/workbench.h"
#include "policy/property.h"

namespace minga::policy::proof {

// Adds to `report` that `property` is proved of the documents of `bench`, or
// why it is not, with a record that breaks it. Throws z3::exception.
void ProveProperty(const CompiledProperty& property, Workbench& bench,
                   Report& report);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_PROPERTIES_H_
