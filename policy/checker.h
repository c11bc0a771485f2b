// The static types of conditions. Internal to this room.
#ifndef MINGA_POLICY_CHECKER_H_
#define MINGA_POLICY_CHECKER_H_

#include <cstdint>

#include "policy/ast.h"
#include "policy/schema.h"

namespace minga::policy {

// Facts that only conditions of properties ask, always known, both bool. They
// are of no schema: no evaluation of records meets them.
inline constexpr FactId kFactAgreementInForce = 254;  // agreement.in_force
inline constexpr FactId kFactConsentCovers = 255;     // consent.covers

struct CheckScope {
  const KindSchema* schema = nullptr;
  // The rule may be asked about received records, where the facts that only
  // the origin knows are absent.
  bool receiving = false;
  // Facts that this document may not ask, as bits, and why.
  std::uint64_t refused = 0;
  absl::string_view refused_reason;
  // The condition is a property's; consent.covers is of kinds about persons.
  bool of_property = false;
};

// Sets the type and the fact id of every node of `expr`, which must be a bool
// as a whole. False with `error` set for: an unknown fact (naming a near one),
// operands of different types, an order on lists, or an optional fact that is
// used where no has() guarantees it.
//
// What has() guarantees is followed through `&&`, `||`, `!` and `? :`, from
// left to right only: `has(x) && x == 1`, `!has(x) || x == 1` and
// `has(x) ? x == 1 : false` pass; `x == 1 && has(x)` does not.
bool CheckCondition(Expr& expr, const CheckScope& scope, ConditionError& error);

}  // namespace minga::policy

#endif  // MINGA_POLICY_CHECKER_H_
