// Obligations one by one, so that "tied to this or stricter" can be asked of a
// union of rules: a union meets a demand if one of its rules does. Internal to
// this room.
#ifndef MINGA_POLICY_PROOF_DEMANDS_H_
#define MINGA_POLICY_PROOF_DEMANDS_H_

#include <string>
#include <vector>

#include "policy/decision.h"

namespace minga::policy::proof {

// The single obligations that `all` is made of.
std::vector<Obligations> Demands(const Obligations& all);

// True if `have` asks for what the single obligation `demand` asks, or for
// more.
bool Meets(const Obligations& have, const Obligations& demand);

// "min_k: 5", as a document writes it. REQUIRES: a single obligation of a
// record of `kind`.
std::string DemandText(const Obligations& demand, const KindSchema& schema);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_DEMANDS_H_
