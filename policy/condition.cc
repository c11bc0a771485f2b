#include "policy/condition.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/condition_eval.h"
#include "policy/parser.h"

namespace minga::policy {

std::optional<Condition> CompileCondition(absl::string_view text,
                                          const CheckScope& scope,
                                          ConditionError& error) {
  const std::unique_ptr<Expr> expr = ParseCondition(text, error);
  if (expr == nullptr || !CheckCondition(*expr, scope, error)) {
    return std::nullopt;
  }
  Condition condition;
  condition.source = std::string(text);
  if (!Lower(*expr, condition, error)) return std::nullopt;
  if (Evaluate(condition, FactView()) == Truth::kFalse) {
    error = ConditionError{expr->begin, "this condition can never hold"};
    return std::nullopt;
  }
  return condition;
}

}  // namespace minga::policy
