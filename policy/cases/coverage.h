// What cases say about the rules of a document: each applies and does not, and
// each atom of its condition is true and false. Internal to this room.
#ifndef MINGA_POLICY_CASES_COVERAGE_H_
#define MINGA_POLICY_CASES_COVERAGE_H_

#include <string>
#include <vector>

#include "policy/cases/atoms.h"
#include "policy/cases/loader.h"
#include "policy/policy_set.h"
#include "policy/rule.h"

namespace minga::policy::cases {

// The condition of `rule`; "" if it has none.
std::string ConditionOf(const CompiledRule& rule);
ConditionShape ShapeOf(const CompiledRule& rule);

// What `cases` leave untried of `document`, as Report::uncovered. `sets` answer
// the cases; a FORBID takes effect if it does in one of them.
std::vector<std::string> Uncovered(const CompiledDocument& document,
                                   const std::vector<const Case*>& cases,
                                   const std::vector<const PolicySet*>& sets);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_COVERAGE_H_
