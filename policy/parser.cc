#include "policy/parser.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/strings.h"
#include "policy/lexer.h"

namespace minga::policy {
namespace {

using ExprPtr = std::unique_ptr<Expr>;

std::string Describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kEnd:
      return "the end";
    case Token::Kind::kString:
      return absl::StrCat("\"", Printable(token.text, 40), "\"");
    case Token::Kind::kInt:
      return absl::StrCat("`", token.number, "`");
    case Token::Kind::kName:
    case Token::Kind::kSymbol:
      break;
  }
  return absl::StrCat("`", Printable(token.text, 40), "`");
}

// Recursive descent; one method per rule of the grammar. A null result means
// that error_ is set.
class Parser {
 public:
  Parser(std::vector<Token> tokens, ConditionError& error)
      : tokens_(std::move(tokens)), error_(error) {}

  ExprPtr Run() {
    ExprPtr expr = Ternary();
    if (expr == nullptr) return nullptr;
    if (Peek().kind != Token::Kind::kEnd) {
      return Fail(Peek(),
                  absl::StrCat("expected an operator or the end, found ",
                               Describe(Peek())));
    }
    return expr;
  }

 private:
  // Counts the levels of nesting while it lives.
  class Nest {
   public:
    explicit Nest(int& depth) : depth_(depth) { ++depth_; }
    ~Nest() { --depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    bool TooDeep() const { return depth_ > kConditionDepthMax; }

   private:
    int& depth_;
  };

  const Token& Peek() const { return tokens_[at_]; }
  bool IsSymbol(absl::string_view symbol) const {
    return Peek().kind == Token::Kind::kSymbol && Peek().text == symbol;
  }
  bool IsName(absl::string_view name) const {
    return Peek().kind == Token::Kind::kName && Peek().text == name;
  }
  bool Take(absl::string_view symbol) {
    if (!IsSymbol(symbol)) return false;
    ++at_;
    return true;
  }

  ExprPtr Fail(const Token& token, std::string message) {
    error_ = ConditionError{token.begin, std::move(message)};
    return nullptr;
  }
  ExprPtr TooDeep() {
    return Fail(Peek(), absl::StrCat("nested deeper than ", kConditionDepthMax,
                                     " levels"));
  }
  bool Expect(absl::string_view symbol, absl::string_view where) {
    if (Take(symbol)) return true;
    Fail(Peek(), absl::StrCat("expected `", symbol, "` ", where, ", found ",
                              Describe(Peek())));
    return false;
  }

  ExprPtr Make(Expr::Kind kind, std::size_t begin) {
    auto expr = std::make_unique<Expr>();
    expr->kind = kind;
    expr->begin = begin;
    expr->end = at_ > 0 ? tokens_[at_ - 1].end : begin;
    return expr;
  }

  ExprPtr Ternary() {
    const Nest nest(depth_);
    if (nest.TooDeep()) return TooDeep();
    const std::size_t begin = Peek().begin;
    ExprPtr condition = Chain("||", Expr::Kind::kOr);
    if (condition == nullptr || !Take("?")) return condition;
    ExprPtr yes = Chain("||", Expr::Kind::kOr);
    if (yes == nullptr || !Expect(":", "of `? :`")) return nullptr;
    ExprPtr no = Ternary();
    if (no == nullptr) return nullptr;
    ExprPtr expr = Make(Expr::Kind::kIf, begin);
    expr->children.push_back(std::move(condition));
    expr->children.push_back(std::move(yes));
    expr->children.push_back(std::move(no));
    return expr;
  }

  // `a && b && c` is one node with three children, so that a long chain does
  // not make a deep tree.
  ExprPtr Chain(absl::string_view symbol, Expr::Kind kind) {
    const std::size_t begin = Peek().begin;
    const auto operand = [&] {
      return kind == Expr::Kind::kOr ? Chain("&&", Expr::Kind::kAnd)
                                     : Relation();
    };
    ExprPtr first = operand();
    if (first == nullptr || !IsSymbol(symbol)) return first;
    std::vector<ExprPtr> children;
    children.push_back(std::move(first));
    while (Take(symbol)) {
      ExprPtr next = operand();
      if (next == nullptr) return nullptr;
      children.push_back(std::move(next));
    }
    ExprPtr expr = Make(kind, begin);
    expr->children = std::move(children);
    return expr;
  }

  std::optional<Compare> TakeCompare() {
    constexpr std::pair<absl::string_view, Compare> kSymbols[] = {
        {"==", Compare::kEq}, {"!=", Compare::kNe}, {"<=", Compare::kLe},
        {">=", Compare::kGe}, {"<", Compare::kLt},  {">", Compare::kGt}};
    for (const auto& [symbol, compare] : kSymbols) {
      if (Take(symbol)) return compare;
    }
    return std::nullopt;
  }

  ExprPtr Relation() {
    const std::size_t begin = Peek().begin;
    ExprPtr left = Unary();
    int chained = 0;
    while (left != nullptr) {
      std::optional<Compare> compare;
      if (IsName("in")) {
        ++at_;
      } else if (compare = TakeCompare(); !compare.has_value()) {
        return left;
      }
      // `a == b == c` nests to the left without recursion here, but whoever
      // walks the tree recurses.
      if (depth_ + ++chained > kConditionDepthMax) return TooDeep();
      ExprPtr right = Unary();
      if (right == nullptr) return nullptr;
      ExprPtr expr = Make(
          compare.has_value() ? Expr::Kind::kCompare : Expr::Kind::kIn, begin);
      expr->compare = compare.value_or(Compare::kEq);
      expr->children.push_back(std::move(left));
      expr->children.push_back(std::move(right));
      left = std::move(expr);
    }
    return nullptr;
  }

  ExprPtr Unary() {
    const Token& token = Peek();
    if (Take("!")) {
      const Nest nest(depth_);
      if (nest.TooDeep()) return TooDeep();
      ExprPtr child = Unary();
      if (child == nullptr) return nullptr;
      ExprPtr expr = Make(Expr::Kind::kNot, token.begin);
      expr->children.push_back(std::move(child));
      return expr;
    }
    if (Take("-")) {
      if (Peek().kind != Token::Kind::kInt) {
        return Fail(Peek(), absl::StrCat("expected an int after `-`, found ",
                                         Describe(Peek())));
      }
      return Int(token, /*negative=*/true);
    }
    return Primary();
  }

  ExprPtr Primary() {
    const Token& token = Peek();
    switch (token.kind) {
      case Token::Kind::kInt:
        return Int(token, /*negative=*/false);
      case Token::Kind::kString: {
        ++at_;
        ExprPtr expr = Make(Expr::Kind::kLiteral, token.begin);
        expr->type = Type{Type::Base::kString, false};
        expr->text = token.text;
        return expr;
      }
      case Token::Kind::kName:
        return Name();
      case Token::Kind::kSymbol:
        if (token.text == "[") return List();
        if (Take("(")) {
          ExprPtr expr = Ternary();
          if (expr == nullptr || !Expect(")", "to close the parenthesis")) {
            return nullptr;
          }
          return expr;
        }
        break;
      case Token::Kind::kEnd:
        break;
    }
    return Fail(token, absl::StrCat("expected a fact, a literal, `(`, `[` or "
                                    "`!`, found ",
                                    Describe(token)));
  }

  ExprPtr Int(const Token& start, bool negative) {
    const Token& token = Peek();
    const std::uint64_t magnitude = token.number;
    constexpr auto kMax =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!negative && magnitude > kMax) {
      return Fail(token, absl::StrCat("`", magnitude, "` is not a 64-bit int"));
    }
    ++at_;
    ExprPtr expr = Make(Expr::Kind::kLiteral, start.begin);
    expr->type = Type{Type::Base::kInt, false};
    expr->number =
        static_cast<std::int64_t>(negative ? ~magnitude + 1 : magnitude);
    return expr;
  }

  ExprPtr List() {
    const std::size_t begin = Peek().begin;
    ++at_;
    std::vector<ExprPtr> items;
    while (!IsSymbol("]")) {
      if (items.size() >= kConditionListItemsMax) {
        return Fail(Peek(), absl::StrCat("a list holds at most ",
                                         kConditionListItemsMax, " items"));
      }
      ExprPtr item = Ternary();
      if (item == nullptr) return nullptr;
      items.push_back(std::move(item));
      if (!Take(",")) break;
    }
    if (!Expect("]", "to close the list")) return nullptr;
    ExprPtr expr = Make(Expr::Kind::kList, begin);
    expr->children = std::move(items);
    return expr;
  }

  // Reads `a.b.c` into `name`.
  bool Path(std::string& name) {
    while (true) {
      if (Peek().kind != Token::Kind::kName) {
        Fail(Peek(), absl::StrCat("expected the name of a fact, found ",
                                  Describe(Peek())));
        return false;
      }
      absl::StrAppend(&name, Peek().text);
      ++at_;
      if (!Take(".")) return true;
      name.push_back('.');
    }
  }

  ExprPtr Name() {
    const Token& token = Peek();
    if (token.text == "true" || token.text == "false") {
      ++at_;
      ExprPtr expr = Make(Expr::Kind::kLiteral, token.begin);
      expr->type = Type{Type::Base::kBool, false};
      expr->number = token.text == "true" ? 1 : 0;
      return expr;
    }
    if (token.text == "in" || token.text == "null") {
      return Fail(token, absl::StrCat("expected a fact or a literal, found `",
                                      token.text, "`"));
    }
    std::string name;
    if (!Path(name)) return nullptr;
    if (!Take("(")) {
      if (Peek().kind == Token::Kind::kString && Peek().begin == token.end) {
        return Fail(token, "a string prefix is not part of conditions");
      }
      ExprPtr expr = Make(Expr::Kind::kFact, token.begin);
      expr->text = std::move(name);
      return expr;
    }
    if (name == "has") return Has(token);
    if (name == "date") return Date(token);
    return Fail(token, absl::StrCat("unknown function `", Printable(name, 80),
                                    "`; expected `has` or `date`"));
  }

  ExprPtr Has(const Token& start) {
    std::string name;
    if (!Path(name) || !Expect(")", "to close `has(`")) return nullptr;
    ExprPtr expr = Make(Expr::Kind::kHas, start.begin);
    expr->text = std::move(name);
    return expr;
  }

  ExprPtr Date(const Token& start) {
    const Token& token = Peek();
    if (token.kind != Token::Kind::kString) {
      return Fail(token, absl::StrCat("expected a string such as "
                                      "\"2026-12-01\", found ",
                                      Describe(token)));
    }
    const absl::StatusOr<absl::CivilDay> day = ParseDay(token.text);
    if (!day.ok()) return Fail(token, std::string(day.status().message()));
    ++at_;
    if (!Expect(")", "to close `date(`")) return nullptr;
    ExprPtr expr = Make(Expr::Kind::kLiteral, start.begin);
    expr->type = Type{Type::Base::kDate, false};
    expr->number = *day - absl::CivilDay(1970, 1, 1);
    return expr;
  }

  const std::vector<Token> tokens_;
  ConditionError& error_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::unique_ptr<Expr> ParseCondition(absl::string_view text,
                                     ConditionError& error) {
  if (text.size() > kConditionBytesMax) {
    error =
        ConditionError{0, absl::StrCat("condition of ", text.size(),
                                       " bytes; at most ", kConditionBytesMax)};
    return nullptr;
  }
  std::optional<std::vector<Token>> tokens = Tokenize(text, error);
  if (!tokens.has_value()) return nullptr;
  return Parser(*std::move(tokens), error).Run();
}

}  // namespace minga::policy
