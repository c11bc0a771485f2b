// The naive evaluation of conditions: the syntax tree, walked over a map from
// names to values. It shares the parser with the engine and nothing else.
#ifndef MINGA_TESTS_UNIT_POLICY_REFERENCE_CONDITION_H_
#define MINGA_TESTS_UNIT_POLICY_REFERENCE_CONDITION_H_

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/parser.h"

namespace minga::policy::reference {

// A scalar or a list of scalars; dates are days.
using Scalar = std::variant<bool, std::int64_t, std::string>;
using Value = std::variant<Scalar, std::vector<Scalar>>;
using Environment = std::map<std::string, Value>;

inline std::optional<Value> ToValue(const FactValue& fact) {
  if (const auto* flag = std::get_if<bool>(&fact)) return Value(Scalar(*flag));
  if (const auto* number = std::get_if<std::int64_t>(&fact)) {
    return Value(Scalar(*number));
  }
  if (const auto* text = std::get_if<std::string>(&fact)) {
    return Value(Scalar(*text));
  }
  if (const auto* day = std::get_if<absl::CivilDay>(&fact)) {
    return Value(Scalar(std::int64_t{*day - absl::CivilDay(1970, 1, 1)}));
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&fact)) {
    return Value(std::vector<Scalar>(list->begin(), list->end()));
  }
  return std::nullopt;
}

inline Environment EnvironmentOf(const Question& question, const Facts& facts,
                                 const std::vector<std::string>& groups) {
  Environment env;
  const KindSchema& schema = SchemaOf(facts.kind());
  for (std::size_t i = 0; i < schema.facts.size(); ++i) {
    const auto value = ToValue(facts.Get(static_cast<FactId>(i)));
    if (value.has_value()) env[std::string(schema.facts[i].name)] = *value;
  }
  env["as_of"] = *ToValue(FactValue(question.as_of));
  env["purpose"] = Scalar(std::string(PurposeName(question.purpose)));
  env["direction"] = Scalar(
      std::string(question.direction == Direction::kSend ? "send" : "receive"));
  env["own.country"] = Scalar(question.own.ToString());
  env["peer.country"] = Scalar(question.peer.ToString());
  env["peer.groups"] = *ToValue(FactValue(groups));
  return env;
}

// Nullopt is an evaluation error.
inline std::optional<Value> Eval(const Expr& e, const Environment& env);

inline std::optional<bool> EvalBool(const Expr& e, const Environment& env) {
  const std::optional<Value> value = Eval(e, env);
  if (!value.has_value()) return std::nullopt;
  return std::get<bool>(std::get<Scalar>(*value));
}

inline std::optional<Value> EvalChain(const Expr& e, const Environment& env) {
  const bool decisive = e.kind == Expr::Kind::kOr;
  for (const auto& child : e.children) {
    const std::optional<bool> value = EvalBool(*child, env);
    if (!value.has_value()) return std::nullopt;
    if (*value == decisive) return Value(Scalar(decisive));
  }
  return Value(Scalar(!decisive));
}

inline bool Compared(Compare op, const Value& a, const Value& b) {
  switch (op) {
    case Compare::kEq:
      return a == b;
    case Compare::kNe:
      return a != b;
    case Compare::kLt:
      return a < b;
    case Compare::kLe:
      return a <= b;
    case Compare::kGt:
      return a > b;
    case Compare::kGe:
      return a >= b;
  }
  return false;
}

inline std::optional<Value> Eval(const Expr& e, const Environment& env) {
  switch (e.kind) {
    case Expr::Kind::kLiteral:
      if (e.type.base == Type::Base::kBool) return Scalar(e.number != 0);
      if (e.type.base == Type::Base::kString) return Scalar(e.text);
      return Scalar(e.number);
    case Expr::Kind::kFact: {
      const auto it = env.find(e.text);
      if (it == env.end()) return std::nullopt;
      return it->second;
    }
    case Expr::Kind::kHas:
      return Scalar(env.count(e.text) > 0);
    case Expr::Kind::kList: {
      std::vector<Scalar> items;
      for (const auto& child : e.children) {
        const auto item = Eval(*child, env);
        if (!item.has_value()) return std::nullopt;
        items.push_back(std::get<Scalar>(*item));
      }
      return items;
    }
    case Expr::Kind::kNot: {
      const auto value = EvalBool(*e.children[0], env);
      if (!value.has_value()) return std::nullopt;
      return Scalar(!*value);
    }
    case Expr::Kind::kAnd:
    case Expr::Kind::kOr:
      return EvalChain(e, env);
    case Expr::Kind::kIf: {
      const auto test = EvalBool(*e.children[0], env);
      if (!test.has_value()) return std::nullopt;
      return Eval(*e.children[*test ? 1 : 2], env);
    }
    case Expr::Kind::kCompare:
    case Expr::Kind::kIn: {
      const auto a = Eval(*e.children[0], env);
      const auto b = Eval(*e.children[1], env);
      if (!a.has_value() || !b.has_value()) return std::nullopt;
      if (e.kind == Expr::Kind::kCompare) {
        return Scalar(Compared(e.compare, *a, *b));
      }
      const auto& list = std::get<std::vector<Scalar>>(*b);
      return Scalar(std::find(list.begin(), list.end(), std::get<Scalar>(*a)) !=
                    list.end());
    }
  }
  return std::nullopt;
}

}  // namespace minga::policy::reference

#endif  // MINGA_TESTS_UNIT_POLICY_REFERENCE_CONDITION_H_
