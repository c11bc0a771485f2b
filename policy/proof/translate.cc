#include "policy/proof/translate.h"

#include <vector>

#include "policy/checker.h"

namespace minga::policy::proof {
namespace {

class Translator {
 public:
  Translator(const Symbols& symbols, const Surroundings& surroundings)
      : symbols_(symbols), surroundings_(surroundings), z3_(symbols.z3()) {}

  z3::expr Of(const Condition& condition) const {
    // Children come before their parents.
    std::vector<z3::expr> done;
    done.reserve(condition.nodes.size());
    for (const Node& node : condition.nodes) {
      done.push_back(NodeOf(condition, node, done));
    }
    return done[condition.root];
  }

 private:
  z3::expr NodeOf(const Condition& condition, const Node& node,
                  const std::vector<z3::expr>& done) const {
    z3::expr_vector parts(z3_);
    for (const NodeId child : node.children) parts.push_back(done[child]);
    switch (node.kind) {
      case Node::Kind::kConst:
        break;
      case Node::Kind::kAtom:
        return AtomOf(condition.atoms[node.atom]);
      case Node::Kind::kNot:
        return !done[node.children[0]];
      case Node::Kind::kAnd:
        return z3::mk_and(parts);
      case Node::Kind::kOr:
        return z3::mk_or(parts);
      case Node::Kind::kIf:
        return z3::ite(done[node.children[0]], done[node.children[1]],
                       done[node.children[2]]);
    }
    return z3_.bool_val(node.value);
  }

  z3::expr AtomOf(const Atom& atom) const {
    switch (atom.op) {
      case Atom::Op::kTrue:
        if (atom.left.fact == kFactAgreementInForce) {
          return surroundings_.in_force;
        }
        if (atom.left.fact == kFactConsentCovers) {
          return symbols_.ConsentCovers();
        }
        return symbols_.Value(atom.left.fact);
      case Atom::Op::kHas:
        return symbols_.Has(atom.left.fact);
      case Atom::Op::kCompare:
        return Compared(atom.compare, Scalar(atom.left), Scalar(atom.right));
      case Atom::Op::kIn:
        return In(atom);
      case Atom::Op::kListEqual:
        break;
    }
    return ListId(atom.left) == ListId(atom.right);
  }

  z3::expr Scalar(const Operand& operand) const {
    switch (operand.kind) {
      case Operand::Kind::kFact:
        return symbols_.Value(operand.fact);
      case Operand::Kind::kText:
        return symbols_.Text(operand.text);
      default:
        return symbols_.Number(operand.number);
    }
  }

  static z3::expr Compared(Compare compare, const z3::expr& a,
                           const z3::expr& b) {
    switch (compare) {
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
        break;
    }
    return a >= b;
  }

  SymbolicList List(FactId fact) const {
    return fact == kFactPeerGroups ? surroundings_.groups : symbols_.List(fact);
  }

  z3::expr In(const Atom& atom) const {
    const z3::expr item = Scalar(atom.left);
    if (atom.right.kind == Operand::Kind::kFact) {
      return z3::select(List(atom.right.fact).members, item);
    }
    z3::expr_vector any(z3_);
    for (const std::int64_t number : atom.right.numbers) {
      any.push_back(item == symbols_.Number(number));
    }
    for (const std::string& text : atom.right.texts) {
      any.push_back(item == symbols_.Text(text));
    }
    return z3::mk_or(any);
  }

  z3::expr ListId(const Operand& operand) const {
    if (operand.kind == Operand::Kind::kFact) return List(operand.fact).id;
    return symbols_.Number(symbols_.words().ListId(operand.texts));
  }

  const Symbols& symbols_;
  const Surroundings& surroundings_;
  z3::context& z3_;
};

}  // namespace

z3::expr Translate(const Condition& condition, const Symbols& symbols,
                   const Surroundings& surroundings) {
  return Translator(symbols, surroundings).Of(condition);
}

}  // namespace minga::policy::proof
