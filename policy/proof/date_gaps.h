// Days between the first and the last of a document's permits on which every
// permit of a kind and direction is out of date. Internal to this room.
#ifndef MINGA_POLICY_PROOF_DATE_GAPS_H_
#define MINGA_POLICY_PROOF_DATE_GAPS_H_

#include "policy/proof/proof.h"
#include "policy/rule.h"

namespace minga::policy::proof {

// Remarks: such days may be meant, since default deny holds on them.
void FindDateGaps(const CompiledDocument& document, Report& report);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_DATE_GAPS_H_
