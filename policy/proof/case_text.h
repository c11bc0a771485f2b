// Examples as cases to paste into a pack. Internal to this room.
#ifndef MINGA_POLICY_PROOF_CASE_TEXT_H_
#define MINGA_POLICY_PROOF_CASE_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "policy/proof/grounding.h"

namespace minga::policy::proof {

// What an example should be answered.
struct Expected {
  bool permitted = false;
  std::vector<std::pair<FieldId, Level>> levels;
  std::vector<Obligations> obligations;  // single ones
};

// A block "cases { ... }" of minga.v1.PolicyCases. `id` is shortened if it is
// too long for one; `title` is English.
std::string CaseText(const std::string& id, const std::string& title,
                     const Example& example, const Expected& expected);

// "a vacancy sent from CO to EC for job_matching on 2026-01-01".
std::string Situation(const Example& example);

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_CASE_TEXT_H_
