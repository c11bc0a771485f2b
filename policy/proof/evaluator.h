// The formulas that proofs are about, evaluated on concrete facts: the third
// of the evaluators that must agree (tests/unit/policy_proof).
#ifndef MINGA_POLICY_PROOF_EVALUATOR_H_
#define MINGA_POLICY_PROOF_EVALUATOR_H_

#include <memory>

#include "absl/status/statusor.h"
#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/policy_set.h"

namespace minga::policy::proof {

// Threads: one at a time. Slow: for tests.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // INVALID_ARGUMENT as PolicySet::Load.
  static absl::StatusOr<std::unique_ptr<Evaluator>> Load(
      Country own, const PolicySources& sources);

  // As PolicySet::Decide.
  //   INTERNAL  Z3 failed.
  virtual absl::StatusOr<Decision> Decide(const Question& question,
                                          const Facts& facts) = 0;
};

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_EVALUATOR_H_
