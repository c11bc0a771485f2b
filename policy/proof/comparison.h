// One set of documents against another: which shows more, which obliges less.
// Internal to this room.
#ifndef MINGA_POLICY_PROOF_COMPARISON_H_
#define MINGA_POLICY_PROOF_COMPARISON_H_

#include <string>

#include "policy/proof/proof.h"
#include "policy/proof/workbench.h"

namespace minga::policy::proof {

// How a comparison speaks of what it finds.
struct Comparison {
  std::string id;    // "no-more-than-before"
  std::string with;  // "the document in force"
  bool refuses = false;
};

// Adds to `report` that the documents of `bench` show no field finer and drop
// no obligation in comparison with `other`, or an example for each kind and
// direction where they do. Throws z3::exception.
void CompareWith(const Layers& other, const Comparison& comparison,
                 Workbench& bench, Report& report);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_COMPARISON_H_
