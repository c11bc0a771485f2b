// Rules that do nothing. Internal to this room.
#ifndef MINGA_POLICY_PROOF_LIVENESS_H_
#define MINGA_POLICY_PROOF_LIVENESS_H_

#include "policy/proof/proof.h"
#include "policy/proof/workbench.h"

namespace minga::policy::proof {

// Rules of `document` that can never apply, as findings that refuse.
// REQUIRES: `document` is of the layers of `bench`. Throws z3::exception.
void FindDeadRules(const CompiledDocument& document, Workbench& bench,
                   Report& report);

// Rules of `document` that apply to some record and on which no decision
// depends, as remarks; those that FindDeadRules named are left out.
void FindShadowedRules(const CompiledDocument& document, Workbench& bench,
                       Report& report);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_LIVENESS_H_
