#include "policy/cases/atoms.h"

#include <memory>
#include <optional>
#include <utility>

#include "policy/ast.h"
#include "policy/checker.h"
#include "policy/lexer.h"
#include "policy/parser.h"

namespace minga::policy::cases {
namespace {

constexpr Type kBool = {Type::Base::kBool, false};

class Walker {
 public:
  Walker(const std::vector<Token>& tokens, ConditionShape& out)
      : tokens_(tokens), out_(out) {}

  void Bool(const Expr& expr) {
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
      case Expr::Kind::kList:
        return;
      case Expr::Kind::kAnd:
      case Expr::Kind::kOr:
        AddChain(expr);
        break;
      case Expr::Kind::kNot:
      case Expr::Kind::kIf:
        break;
      case Expr::Kind::kCompare:
        // `a == b` of two bools asks about both.
        if (expr.children[0]->type == kBool) break;
        [[fallthrough]];
      case Expr::Kind::kFact:
      case Expr::Kind::kHas:
      case Expr::Kind::kIn:
        out_.atoms.push_back(Span{expr.begin, expr.end});
        for (const auto& child : expr.children) Value(*child);
        return;
    }
    for (const auto& child : expr.children) Bool(*child);
  }

 private:
  // The bools that a value depends on: the conditions of `? :`.
  void Value(const Expr& expr) {
    if (expr.kind == Expr::Kind::kIf) {
      Bool(*expr.children[0]);
      Value(*expr.children[1]);
      Value(*expr.children[2]);
    } else if (expr.kind == Expr::Kind::kList) {
      for (const auto& child : expr.children) Value(*child);
    }
  }

  void AddChain(const Expr& expr) {
    ConditionShape::Chain chain;
    chain.is_and = expr.kind == Expr::Kind::kAnd;
    chain.all = Span{expr.begin, expr.end};
    for (std::size_t i = 0; i + 1 < expr.children.size(); ++i) {
      for (const Token& token : tokens_) {
        if (token.kind == Token::Kind::kSymbol &&
            token.text == (chain.is_and ? "&&" : "||") &&
            token.begin >= expr.children[i]->end &&
            token.end <= expr.children[i + 1]->begin) {
          chain.operators.push_back(Span{token.begin, token.end});
        }
      }
    }
    out_.chains.push_back(std::move(chain));
  }

  const std::vector<Token>& tokens_;
  ConditionShape& out_;
};

}  // namespace

ConditionShape ShapeOf(const std::string& text, const KindSchema& schema) {
  ConditionShape shape;
  ConditionError error;
  const std::optional<std::vector<Token>> tokens = Tokenize(text, error);
  const std::unique_ptr<Expr> expr = ParseCondition(text, error);
  CheckScope scope;
  scope.schema = &schema;
  if (!tokens.has_value() || expr == nullptr ||
      !CheckCondition(*expr, scope, error)) {
    return shape;
  }
  Walker(*tokens, shape).Bool(*expr);
  return shape;
}

}  // namespace minga::policy::cases
