#include "policy/checker.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/ids.h"
#include "node/base/strings.h"
#include "policy/near_name.h"

namespace minga::policy {
namespace {

// Facts known to be present, as bits.
using FactSet = std::uint64_t;

// What a bool expression tells about presence once its value is known.
struct Flow {
  FactSet if_true = 0;
  FactSet if_false = 0;
};

constexpr Type kBool = {Type::Base::kBool, false};
constexpr absl::string_view kAgreementInForceName = "agreement.in_force";
constexpr absl::string_view kConsentCoversName = "consent.covers";

Type TypeOf(const FactDef& fact) {
  switch (fact.type) {
    case FactType::kBool:
      return kBool;
    case FactType::kInt:
      return Type{Type::Base::kInt, false};
    case FactType::kString:
      return Type{Type::Base::kString, false};
    case FactType::kDate:
      return Type{Type::Base::kDate, false};
    case FactType::kStringList:
      break;
  }
  return Type{Type::Base::kString, true};
}

// Lists of different item types are different types; the empty list is all.
bool SameType(Type a, Type b) {
  if (a.list != b.list) return false;
  return a.base == b.base || a.base == Type::Base::kNothing ||
         b.base == Type::Base::kNothing;
}

class Checker {
 public:
  Checker(const CheckScope& scope, ConditionError& error)
      : scope_(scope), error_(error) {}

  // Types `expr` given the facts `known` to be present. Nullopt = error_ set.
  std::optional<Flow> Check(Expr& expr, FactSet known) {
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        return Flow();
      case Expr::Kind::kFact:
      case Expr::Kind::kHas:
        return Fact(expr, known);
      case Expr::Kind::kList:
        return List(expr, known);
      case Expr::Kind::kNot: {
        const std::optional<Flow> child = Bool(*expr.children[0], known, "!");
        if (!child.has_value()) return std::nullopt;
        expr.type = kBool;
        return Flow{child->if_false, child->if_true};
      }
      case Expr::Kind::kAnd:
      case Expr::Kind::kOr:
        return Chain(expr, known);
      case Expr::Kind::kIf:
        return If(expr, known);
      case Expr::Kind::kCompare:
        return CompareOf(expr, known);
      case Expr::Kind::kIn:
        return In(expr, known);
    }
    return std::nullopt;
  }

  std::nullopt_t Fail(const Expr& at, std::string message) {
    error_ = ConditionError{at.begin, std::move(message)};
    return std::nullopt;
  }

  std::optional<Flow> Bool(Expr& expr, FactSet known, absl::string_view of) {
    const std::optional<Flow> flow = Check(expr, known);
    if (!flow.has_value() || expr.type == kBool) return flow;
    return Fail(expr, absl::StrCat("expected a bool for ", of, ", found ",
                                   expr.type.ToString()));
  }

 private:
  std::optional<Flow> Fact(Expr& expr, FactSet known) {
    const KindSchema& schema = *scope_.schema;
    if (const std::optional<FactId> id = PropertyFact(expr.text)) {
      if (expr.kind == Expr::Kind::kHas) {
        return Fail(expr, absl::StrCat("fact `", expr.text,
                                       "` is always known; expected it "
                                       "without has()"));
      }
      expr.fact = *id;
      expr.type = kBool;
      return Flow();
    }
    const std::optional<FactId> id = schema.FindFact(expr.text);
    if (!id.has_value()) {
      std::vector<absl::string_view> names;
      for (const FactDef& fact : schema.facts) names.push_back(fact.name);
      if (scope_.of_property) names.push_back(kAgreementInForceName);
      if (PropertyFact(kConsentCoversName)) names.push_back(kConsentCoversName);
      return Fail(expr, absl::StrCat("unknown fact `", Printable(expr.text, 80),
                                     "` of a ", KindName(schema.kind),
                                     Suggest(expr.text, names)));
    }
    const FactDef& fact = schema.facts[*id];
    const FactSet bit = FactSet{1} << *id;
    if ((scope_.refused & bit) != 0) {
      return Fail(
          expr, absl::StrCat("fact `", fact.name, "` ", scope_.refused_reason));
    }
    expr.fact = *id;
    if (expr.kind == Expr::Kind::kHas) {
      expr.type = kBool;
      return Flow{bit, 0};
    }
    expr.type = TypeOf(fact);
    const bool optional =
        fact.optional || (scope_.receiving && fact.origin_only);
    if (optional && (known & bit) == 0) {
      return Fail(expr, absl::StrCat("fact `", fact.name, "` may be absent",
                                     fact.optional ? "" : " when receiving",
                                     "; expected `has(", fact.name,
                                     ") && ...` before it"));
    }
    return Flow();
  }

  std::optional<FactId> PropertyFact(absl::string_view name) const {
    if (!scope_.of_property) return std::nullopt;
    if (name == kAgreementInForceName) return kFactAgreementInForce;
    if (name == kConsentCoversName && scope_.schema->about_person()) {
      return kFactConsentCovers;
    }
    return std::nullopt;
  }

  std::optional<Flow> List(Expr& expr, FactSet known) {
    expr.type = Type{Type::Base::kNothing, true};
    for (const std::unique_ptr<Expr>& item : expr.children) {
      if (!Check(*item, known).has_value()) return std::nullopt;
      if (item->type.list) return Fail(*item, "a list cannot hold a list");
      if (expr.type.base != Type::Base::kNothing &&
          expr.type.base != item->type.base) {
        return Fail(*item, absl::StrCat("expected ",
                                        Type{expr.type.base, false}.ToString(),
                                        " as the items before, found ",
                                        item->type.ToString()));
      }
      expr.type.base = item->type.base;
    }
    return Flow();
  }

  // For `&&`, the next operand is reached when all before were true; for `||`,
  // when all before were false.
  std::optional<Flow> Chain(Expr& expr, FactSet known) {
    const bool is_and = expr.kind == Expr::Kind::kAnd;
    expr.type = kBool;
    FactSet through = 0;            // learnt by falling through so far
    FactSet leaving = ~FactSet{0};  // common to all ways of deciding early
    for (const std::unique_ptr<Expr>& child : expr.children) {
      const std::optional<Flow> flow =
          Bool(*child, known | through, is_and ? "`&&`" : "`||`");
      if (!flow.has_value()) return std::nullopt;
      leaving &= through | (is_and ? flow->if_false : flow->if_true);
      through |= is_and ? flow->if_true : flow->if_false;
    }
    return is_and ? Flow{through, leaving} : Flow{leaving, through};
  }

  std::optional<Flow> If(Expr& expr, FactSet known) {
    const std::optional<Flow> condition =
        Bool(*expr.children[0], known, "the condition of `? :`");
    if (!condition.has_value()) return std::nullopt;
    const std::optional<Flow> yes =
        Check(*expr.children[1], known | condition->if_true);
    if (!yes.has_value()) return std::nullopt;
    const std::optional<Flow> no =
        Check(*expr.children[2], known | condition->if_false);
    if (!no.has_value()) return std::nullopt;
    if (!SameType(expr.children[1]->type, expr.children[2]->type)) {
      return Fail(*expr.children[2],
                  absl::StrCat("expected ", expr.children[1]->type.ToString(),
                               " as on the other side of `:`, found ",
                               expr.children[2]->type.ToString()));
    }
    const bool nothing = expr.children[1]->type.base == Type::Base::kNothing;
    expr.type = expr.children[nothing ? 2 : 1]->type;
    return Flow{(condition->if_true | yes->if_true) &
                    (condition->if_false | no->if_true),
                (condition->if_true | yes->if_false) &
                    (condition->if_false | no->if_false)};
  }

  std::optional<Flow> CompareOf(Expr& expr, FactSet known) {
    Expr& left = *expr.children[0];
    Expr& right = *expr.children[1];
    if (!Check(left, known).has_value() || !Check(right, known).has_value()) {
      return std::nullopt;
    }
    if (!SameType(left.type, right.type)) {
      return Fail(right, absl::StrCat("expected ", left.type.ToString(),
                                      " to compare with, found ",
                                      right.type.ToString()));
    }
    const bool equality =
        expr.compare == Compare::kEq || expr.compare == Compare::kNe;
    if (left.type.list && !equality) {
      return Fail(left, "lists have no order; expected `==` or `!=`");
    }
    expr.type = kBool;
    return Flow();
  }

  std::optional<Flow> In(Expr& expr, FactSet known) {
    Expr& item = *expr.children[0];
    Expr& list = *expr.children[1];
    if (!Check(item, known).has_value() || !Check(list, known).has_value()) {
      return std::nullopt;
    }
    if (!list.type.list) {
      return Fail(list, absl::StrCat("expected a list after `in`, found ",
                                     list.type.ToString()));
    }
    if (item.type.list || !SameType(Type{item.type.base, true}, list.type)) {
      return Fail(item, absl::StrCat("a ", item.type.ToString(),
                                     " cannot be in a ", list.type.ToString()));
    }
    expr.type = kBool;
    return Flow();
  }

  const CheckScope& scope_;
  ConditionError& error_;
};

}  // namespace

std::string Type::ToString() const {
  absl::string_view name;
  switch (base) {
    case Base::kBool:
      name = "bool";
      break;
    case Base::kInt:
      name = "int";
      break;
    case Base::kString:
      name = "string";
      break;
    case Base::kDate:
      name = "date";
      break;
    case Base::kNothing:
      return "empty list";
  }
  return list ? absl::StrCat("list of ", name) : std::string(name);
}

Compare Mirrored(Compare op) {
  switch (op) {
    case Compare::kLt:
      return Compare::kGt;
    case Compare::kLe:
      return Compare::kGe;
    case Compare::kGt:
      return Compare::kLt;
    case Compare::kGe:
      return Compare::kLe;
    case Compare::kEq:
    case Compare::kNe:
      break;
  }
  return op;
}

bool Satisfies(Compare op, int three_way) {
  switch (op) {
    case Compare::kEq:
      return three_way == 0;
    case Compare::kNe:
      return three_way != 0;
    case Compare::kLt:
      return three_way < 0;
    case Compare::kLe:
      return three_way <= 0;
    case Compare::kGt:
      return three_way > 0;
    case Compare::kGe:
      return three_way >= 0;
  }
  return false;
}

bool CheckCondition(Expr& expr, const CheckScope& scope,
                    ConditionError& error) {
  return Checker(scope, error).Bool(expr, 0, "the whole condition").has_value();
}

}  // namespace minga::policy
