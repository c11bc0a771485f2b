// Between the unknowns of Z3 and concrete questions and facts, both ways.
// Internal to this room.
#ifndef MINGA_POLICY_PROOF_GROUNDING_H_
#define MINGA_POLICY_PROOF_GROUNDING_H_

#include <z3++.h>

#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/proof/decision_model.h"
#include "policy/proof/symbols.h"

namespace minga::policy::proof {

// One question about one record.
struct Example {
  Question question;
  Facts facts;
  // The truth of Symbols::in_force().
  bool in_force = true;
};

// The example that the model of a satisfiable formula describes. Throws
// z3::exception.
Example Read(const z3::model& model, const Symbols& symbols);

// The model in which the unknowns are those of `question` and `facts`.
z3::model Ground(const Symbols& symbols, const Question& question,
                 const Facts& facts);

// The decision of `decisions` in `model`, by the formulas alone.
Decision Evaluate(const z3::model& model, const DecisionModel& decisions);

// True if `formula` is true in `model`.
bool IsTrue(const z3::model& model, const z3::expr& formula);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_GROUNDING_H_
