// Evaluation of conditions node by node: for what is known before a record is,
// and for explanations. Records in bulk go through Program. Internal to this
// room.
#ifndef MINGA_POLICY_CONDITION_EVAL_H_
#define MINGA_POLICY_CONDITION_EVAL_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "policy/condition.h"
#include "policy/decision.h"
#include "policy/fact_key.h"
#include "policy/facts.h"

namespace minga::policy {

enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

// What is known: nothing, a question, or a question and a record's facts.
class FactView {
 public:
  // Nothing is known: only constants evaluate.
  FactView() = default;
  // `groups` are the names of the groups that the peer is in.
  FactView(const Question& question, std::vector<std::string> groups);

  // `facts` must outlive the view.
  void SetRecord(const Facts* facts) { record_ = facts; }

  // The value of `fact`; null if it is not known or absent.
  const FactValue* Find(FactId fact) const;
  Truth Has(FactId fact) const;

 private:
  bool known_ = false;
  std::uint64_t required_ = 0;
  std::array<FactValue, kQuestionFacts> question_;
  const Facts* record_ = nullptr;
};

// kUnknown if a fact is needed that `view` does not know or that is absent.
Truth EvaluateAtom(const Atom& atom, const FactView& view);
Truth Evaluate(const Condition& condition, const FactView& view);

// The source text of the first atom because of which `condition` is not true,
// behind a `!` if it should have been false. Empty if the condition is true.
std::string FirstFailure(const Condition& condition, const FactView& view);

}  // namespace minga::policy

#endif  // MINGA_POLICY_CONDITION_EVAL_H_
