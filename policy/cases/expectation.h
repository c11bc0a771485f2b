// A decision held against what a case expects. Internal to this room.
#ifndef MINGA_POLICY_CASES_EXPECTATION_H_
#define MINGA_POLICY_CASES_EXPECTATION_H_

#include <string>
#include <vector>

#include "policy/cases/loader.h"
#include "policy/decision.h"
#include "policy/policy_set.h"

namespace minga::policy::cases {

// Which expectations of `one` hold: first whether it is permitted, then its
// levels, then its obligations, in the order of the case.
std::vector<bool> Holds(const Case& one, const Decision& decision);

// True if all of Holds are, and the rules of `one.deciding` are among those
// that decided.
bool Passes(const Case& one, const PolicySet& set);

// What `set` answers otherwise than `one` expects, for people; "" if nothing.
std::string Mismatch(const Case& one, const PolicySet& set);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_EXPECTATION_H_
