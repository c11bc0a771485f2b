// What every country promises, whatever its documents say. Internal to this
// room.
#ifndef MINGA_POLICY_PROOF_COMMON_PROPERTIES_H_
#define MINGA_POLICY_PROOF_COMMON_PROPERTIES_H_

#include <vector>

#include "policy/property.h"

namespace minga::policy::proof {

// Proved of every national policy before it is put in force. Lives as long as
// the program.
const std::vector<CompiledProperty>& CommonProperties();

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_COMMON_PROPERTIES_H_
