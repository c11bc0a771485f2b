// Conditions as formulas. Internal to this room.
#ifndef MINGA_POLICY_PROOF_TRANSLATE_H_
#define MINGA_POLICY_PROOF_TRANSLATE_H_

#include <z3++.h>

#include "policy/condition.h"
#include "policy/proof/symbols.h"

namespace minga::policy::proof {

// What conditions ask that depends on the documents.
struct Surroundings {
  SymbolicList groups;  // peer.groups
  z3::expr in_force;    // agreement.in_force
};

// The formula that is true exactly where `condition` is. Throws z3::exception.
z3::expr Translate(const Condition& condition, const Symbols& symbols,
                   const Surroundings& surroundings);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_TRANSLATE_H_
