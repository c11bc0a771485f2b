// Lowering: `? :` is lifted out of comparisons, equality of bools becomes a
// choice, `in` over a list with facts becomes a disjunction; what is left are
// atoms over facts and constants.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/condition.h"

namespace minga::policy {
namespace {

bool IsScalarLiteral(const Expr& expr) {
  return expr.kind == Expr::Kind::kLiteral;
}

class Lowering {
 public:
  Lowering(Condition& out, ConditionError& error) : out_(out), error_(error) {}

  bool ok() const { return ok_; }

  // `expr` is a bool.
  NodeId Bool(const Expr& expr) {
    if (!ok_) return 0;
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        return Const(expr, expr.number != 0);
      case Expr::Kind::kFact:
        return FactAtom(expr, Atom::Op::kTrue);
      case Expr::Kind::kHas:
        return FactAtom(expr, Atom::Op::kHas);
      case Expr::Kind::kNot:
        return Add(expr, Node::Kind::kNot, {Bool(*expr.children[0])});
      case Expr::Kind::kAnd:
      case Expr::Kind::kOr: {
        std::vector<NodeId> children;
        for (const auto& child : expr.children) {
          children.push_back(Bool(*child));
        }
        return Add(
            expr,
            expr.kind == Expr::Kind::kAnd ? Node::Kind::kAnd : Node::Kind::kOr,
            std::move(children));
      }
      case Expr::Kind::kIf: {
        const NodeId condition = Bool(*expr.children[0]);
        const NodeId yes = Bool(*expr.children[1]);
        const NodeId no = Bool(*expr.children[2]);
        return Add(expr, Node::Kind::kIf, {condition, yes, no});
      }
      case Expr::Kind::kCompare:
        return CompareOf(expr, *expr.children[0], *expr.children[1],
                         expr.compare);
      case Expr::Kind::kIn:
        return In(expr, *expr.children[0], *expr.children[1]);
      case Expr::Kind::kList:
        break;
    }
    return Const(expr, false);  // a list is no bool; the checker refused it
  }

 private:
  NodeId Add(const Expr& at, Node::Kind kind, std::vector<NodeId> children) {
    if (out_.nodes.size() >= kConditionNodesMax) {
      if (ok_) {
        error_ = ConditionError{
            at.begin, absl::StrCat("condition is too complex: more than ",
                                   kConditionNodesMax, " steps")};
      }
      ok_ = false;
      return 0;
    }
    Node node;
    node.kind = kind;
    node.children = std::move(children);
    node.begin = static_cast<std::uint32_t>(at.begin);
    node.end = static_cast<std::uint32_t>(at.end);
    out_.nodes.push_back(std::move(node));
    return static_cast<NodeId>(out_.nodes.size() - 1);
  }

  NodeId Const(const Expr& at, bool value) {
    const NodeId id = Add(at, Node::Kind::kConst, {});
    if (ok_) out_.nodes[id].value = value;
    return id;
  }

  NodeId AddAtom(const Expr& at, Atom atom) {
    const NodeId id = Add(at, Node::Kind::kAtom, {});
    if (!ok_) return 0;
    out_.nodes[id].atom = static_cast<std::uint32_t>(out_.atoms.size());
    out_.atoms.push_back(std::move(atom));
    return id;
  }

  NodeId FactAtom(const Expr& expr, Atom::Op op) {
    Atom atom;
    atom.op = op;
    atom.left.kind = Operand::Kind::kFact;
    atom.left.fact = expr.fact;
    return AddAtom(expr, std::move(atom));
  }

  // A literal, a fact or a list of literals.
  Operand Leaf(const Expr& expr) {
    Operand operand;
    if (expr.kind == Expr::Kind::kFact) {
      operand.kind = Operand::Kind::kFact;
      operand.fact = expr.fact;
    } else if (expr.kind == Expr::Kind::kList) {
      const bool texts = expr.type.base == Type::Base::kString ||
                         expr.type.base == Type::Base::kNothing;
      operand.kind = texts ? Operand::Kind::kTexts : Operand::Kind::kNumbers;
      for (const auto& item : expr.children) {
        NoteDate(*item);
        if (texts) {
          operand.texts.push_back(item->text);
        } else {
          operand.numbers.push_back(item->number);
        }
      }
    } else if (expr.type.base == Type::Base::kString) {
      operand.kind = Operand::Kind::kText;
      operand.text = expr.text;
    } else {
      operand.kind = Operand::Kind::kNumber;
      operand.number = expr.number;
      NoteDate(expr);
    }
    return operand;
  }

  void NoteDate(const Expr& literal) {
    if (literal.type.base == Type::Base::kDate) {
      out_.dates.push_back(literal.number);
    }
  }

  NodeId CompareOf(const Expr& at, const Expr& left, const Expr& right,
                   Compare op) {
    if (!ok_) return 0;
    if (left.type.list || right.type.list) {
      return ListCompare(at, left, right, op);
    }
    if (left.type.base == Type::Base::kBool) {
      return BoolCompare(at, left, right, op);
    }
    if (left.kind == Expr::Kind::kIf) {
      const NodeId condition = Bool(*left.children[0]);
      const NodeId yes = CompareOf(at, *left.children[1], right, op);
      const NodeId no = CompareOf(at, *left.children[2], right, op);
      return Add(at, Node::Kind::kIf, {condition, yes, no});
    }
    if (right.kind == Expr::Kind::kIf) {
      const NodeId condition = Bool(*right.children[0]);
      const NodeId yes = CompareOf(at, left, *right.children[1], op);
      const NodeId no = CompareOf(at, left, *right.children[2], op);
      return Add(at, Node::Kind::kIf, {condition, yes, no});
    }
    Atom atom;
    atom.op = Atom::Op::kCompare;
    atom.compare = op;
    atom.left = Leaf(left);
    atom.right = Leaf(right);
    return AddAtom(at, std::move(atom));
  }

  // false < true, as in CEL.
  NodeId BoolCompare(const Expr& at, const Expr& left, const Expr& right,
                     Compare op) {
    const NodeId a = Bool(left);
    const NodeId b = Bool(right);
    const NodeId not_b = Add(at, Node::Kind::kNot, {b});
    switch (op) {
      case Compare::kEq:
        return Add(at, Node::Kind::kIf, {a, b, not_b});
      case Compare::kNe:
        return Add(at, Node::Kind::kIf, {a, not_b, b});
      case Compare::kLt:
        return Add(at, Node::Kind::kIf, {a, Const(at, false), b});
      case Compare::kLe:
        return Add(at, Node::Kind::kIf, {a, b, Const(at, true)});
      case Compare::kGt:
        return Add(at, Node::Kind::kIf, {a, not_b, Const(at, false)});
      case Compare::kGe:
        return Add(at, Node::Kind::kIf, {a, Const(at, true), not_b});
    }
    return Const(at, false);
  }

  NodeId ListCompare(const Expr& at, const Expr& left, const Expr& right,
                     Compare op) {
    if (!ok_) return 0;
    for (const bool first : {true, false}) {
      const Expr& side = first ? left : right;
      if (side.kind != Expr::Kind::kIf) continue;
      const NodeId condition = Bool(*side.children[0]);
      const auto branch = [&](const Expr& expr) {
        return first ? ListCompare(at, expr, right, op)
                     : ListCompare(at, left, expr, op);
      };
      const NodeId yes = branch(*side.children[1]);
      const NodeId no = branch(*side.children[2]);
      return Add(at, Node::Kind::kIf, {condition, yes, no});
    }
    const bool equal = op == Compare::kEq;
    if (left.kind == Expr::Kind::kList && right.kind == Expr::Kind::kList) {
      const NodeId same = Pairwise(at, left, right);
      return equal ? same : Add(at, Node::Kind::kNot, {same});
    }
    for (const Expr* side : {&left, &right}) {
      if (side->kind != Expr::Kind::kList) continue;
      for (const auto& item : side->children) {
        if (!IsScalarLiteral(*item)) {
          return Refuse(*item,
                        "expected a literal: a list that is compared "
                        "with a fact holds literals only");
        }
      }
    }
    Atom atom;
    atom.op = Atom::Op::kListEqual;
    atom.left = Leaf(left);
    atom.right = Leaf(right);
    const NodeId id = AddAtom(at, std::move(atom));
    return equal ? id : Add(at, Node::Kind::kNot, {id});
  }

  // [a, b] == [c, d]: a == c && b == d.
  NodeId Pairwise(const Expr& at, const Expr& left, const Expr& right) {
    if (left.children.size() != right.children.size()) return Const(at, false);
    std::vector<NodeId> parts = {Const(at, true)};
    for (std::size_t i = 0; i < left.children.size(); ++i) {
      parts.push_back(
          CompareOf(at, *left.children[i], *right.children[i], Compare::kEq));
    }
    return Add(at, Node::Kind::kAnd, std::move(parts));
  }

  NodeId In(const Expr& at, const Expr& item, const Expr& list) {
    if (!ok_) return 0;
    if (list.kind == Expr::Kind::kIf) {
      const NodeId condition = Bool(*list.children[0]);
      const NodeId yes = In(at, item, *list.children[1]);
      const NodeId no = In(at, item, *list.children[2]);
      return Add(at, Node::Kind::kIf, {condition, yes, no});
    }
    if (list.kind == Expr::Kind::kList && list.children.empty()) {
      return Const(at, false);
    }
    if (list.kind == Expr::Kind::kList &&
        (item.type.base == Type::Base::kBool ||
         !std::all_of(list.children.begin(), list.children.end(),
                      [](const auto& e) { return IsScalarLiteral(*e); }))) {
      std::vector<NodeId> parts = {Const(at, false)};
      for (const auto& candidate : list.children) {
        parts.push_back(CompareOf(at, item, *candidate, Compare::kEq));
      }
      return Add(at, Node::Kind::kOr, std::move(parts));
    }
    if (item.kind == Expr::Kind::kIf) {
      const NodeId condition = Bool(*item.children[0]);
      const NodeId yes = In(at, *item.children[1], list);
      const NodeId no = In(at, *item.children[2], list);
      return Add(at, Node::Kind::kIf, {condition, yes, no});
    }
    Atom atom;
    atom.op = Atom::Op::kIn;
    atom.left = Leaf(item);
    atom.right = Leaf(list);
    const auto make_set = [](auto& items) {
      std::sort(items.begin(), items.end());
      items.erase(std::unique(items.begin(), items.end()), items.end());
    };
    make_set(atom.right.texts);
    make_set(atom.right.numbers);
    return AddAtom(at, std::move(atom));
  }

  NodeId Refuse(const Expr& at, std::string message) {
    if (ok_) error_ = ConditionError{at.begin, std::move(message)};
    ok_ = false;
    return 0;
  }

  Condition& out_;
  ConditionError& error_;
  bool ok_ = true;
};

}  // namespace

bool Lower(const Expr& expr, Condition& condition, ConditionError& error) {
  Lowering lowering(condition, error);
  condition.root = lowering.Bool(expr);
  return lowering.ok();
}

}  // namespace minga::policy
