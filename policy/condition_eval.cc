#include "policy/condition_eval.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minga::policy {
namespace {

Truth Of(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

Truth Negate(Truth truth) {
  if (truth == Truth::kUnknown) return truth;
  return Of(truth == Truth::kFalse);
}

int ThreeWay(std::int64_t a, std::int64_t b) {
  return a < b ? -1 : static_cast<int>(a > b);
}

// A scalar side of an atom: text or number, or not known.
struct Scalar {
  bool known = false;
  bool is_text = false;
  absl::string_view text;
  std::int64_t number = 0;
};

Scalar ScalarOf(const Operand& operand, const FactView& view) {
  Scalar scalar;
  if (operand.kind == Operand::Kind::kText) {
    return Scalar{true, true, operand.text, 0};
  }
  if (operand.kind == Operand::Kind::kNumber) {
    return Scalar{true, false, {}, operand.number};
  }
  const FactValue* value =
      operand.kind == Operand::Kind::kFact ? view.Find(operand.fact) : nullptr;
  if (value == nullptr) return scalar;
  if (const auto* text = std::get_if<std::string>(value)) {
    return Scalar{true, true, *text, 0};
  }
  if (const auto* number = std::get_if<std::int64_t>(value)) {
    return Scalar{true, false, {}, *number};
  }
  if (const auto* day = std::get_if<absl::CivilDay>(value)) {
    return Scalar{true, false, {}, DayNumber(*day)};
  }
  return scalar;
}

// The texts of a list side; null if not known.
const std::vector<std::string>* TextsOf(const Operand& operand,
                                        const FactView& view) {
  if (operand.kind == Operand::Kind::kTexts) return &operand.texts;
  if (operand.kind != Operand::Kind::kFact) return nullptr;
  const FactValue* value = view.Find(operand.fact);
  return value == nullptr ? nullptr
                          : std::get_if<std::vector<std::string>>(value);
}

Truth CompareAtom(const Atom& atom, const FactView& view) {
  const Scalar left = ScalarOf(atom.left, view);
  const Scalar right = ScalarOf(atom.right, view);
  if (!left.known || !right.known || left.is_text != right.is_text) {
    return Truth::kUnknown;
  }
  const int three_way = left.is_text ? left.text.compare(right.text)
                                     : ThreeWay(left.number, right.number);
  return Of(Satisfies(atom.compare, three_way));
}

Truth InAtom(const Atom& atom, const FactView& view) {
  const Scalar item = ScalarOf(atom.left, view);
  if (!item.known) return Truth::kUnknown;
  if (atom.right.kind == Operand::Kind::kNumbers) {
    return Of(std::find(atom.right.numbers.begin(), atom.right.numbers.end(),
                        item.number) != atom.right.numbers.end());
  }
  const std::vector<std::string>* texts = TextsOf(atom.right, view);
  if (texts == nullptr) return Truth::kUnknown;
  return Of(std::find(texts->begin(), texts->end(), item.text) != texts->end());
}

Truth EvaluateNode(const Condition& condition, NodeId id,
                   const FactView& view) {
  const Node& node = condition.nodes[id];
  const auto child = [&](std::size_t i) {
    return EvaluateNode(condition, node.children[i], view);
  };
  switch (node.kind) {
    case Node::Kind::kConst:
      return Of(node.value);
    case Node::Kind::kAtom:
      return EvaluateAtom(condition.atoms[node.atom], view);
    case Node::Kind::kNot:
      return Negate(child(0));
    case Node::Kind::kIf: {
      const Truth test = child(0);
      if (test == Truth::kUnknown) return test;
      return child(test == Truth::kTrue ? 1 : 2);
    }
    case Node::Kind::kAnd:
    case Node::Kind::kOr: {
      // An unknown part does not hide a part that decides.
      const Truth decisive = Of(node.kind == Node::Kind::kOr);
      Truth result = Negate(decisive);
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        const Truth truth = child(i);
        if (truth == decisive) return truth;
        if (truth == Truth::kUnknown) result = truth;
      }
      return result;
    }
  }
  return Truth::kUnknown;
}

struct Culprit {
  NodeId node = 0;
  Truth wanted = Truth::kTrue;
};

// The innermost node because of which `id` is not `wanted`.
Culprit FindCulprit(const Condition& condition, NodeId id, Truth wanted,
                    const FactView& view) {
  const Node& node = condition.nodes[id];
  switch (node.kind) {
    case Node::Kind::kConst:
    case Node::Kind::kAtom:
      break;
    case Node::Kind::kNot:
      return FindCulprit(condition, node.children[0], Negate(wanted), view);
    case Node::Kind::kIf: {
      const Truth test = EvaluateNode(condition, node.children[0], view);
      if (test == Truth::kUnknown) break;
      const NodeId branch = node.children[test == Truth::kTrue ? 1 : 2];
      return FindCulprit(condition, branch, wanted, view);
    }
    case Node::Kind::kAnd:
    case Node::Kind::kOr:
      for (const NodeId child : node.children) {
        if (EvaluateNode(condition, child, view) != wanted) {
          return FindCulprit(condition, child, wanted, view);
        }
      }
      break;
  }
  return Culprit{id, wanted};
}

}  // namespace

FactView::FactView(const Question& question, std::vector<std::string> groups)
    : known_(true),
      required_(SchemaOf(question.kind)
                    .RequiredFacts(question.direction == Direction::kReceive)) {
  question_[kFactAsOf] = question.as_of;
  question_[kFactPurpose] = std::string(PurposeName(question.purpose));
  question_[kFactDirection] = std::string(DirectionName(question.direction));
  question_[kFactOwnCountry] = question.own.ToString();
  question_[kFactPeerCountry] = question.peer.ToString();
  question_[kFactPeerGroups] = std::move(groups);
}

const FactValue* FactView::Find(FactId fact) const {
  if (fact < kQuestionFacts) return known_ ? &question_[fact] : nullptr;
  if (record_ == nullptr) return nullptr;
  const bool present = (record_->present() >> fact & 1) != 0;
  return present ? &record_->Get(fact) : nullptr;
}

Truth FactView::Has(FactId fact) const {
  if (fact < kQuestionFacts) return known_ ? Truth::kTrue : Truth::kUnknown;
  // A record without a required fact is denied before anything is evaluated.
  if ((required_ >> fact & 1) != 0) return Truth::kTrue;
  if (record_ == nullptr) return Truth::kUnknown;
  return Of((record_->present() >> fact & 1) != 0);
}

Truth EvaluateAtom(const Atom& atom, const FactView& view) {
  switch (atom.op) {
    case Atom::Op::kTrue: {
      const FactValue* value = view.Find(atom.left.fact);
      const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
      return flag == nullptr ? Truth::kUnknown : Of(*flag);
    }
    case Atom::Op::kHas:
      return view.Has(atom.left.fact);
    case Atom::Op::kCompare:
      return CompareAtom(atom, view);
    case Atom::Op::kIn:
      return InAtom(atom, view);
    case Atom::Op::kListEqual: {
      const auto* left = TextsOf(atom.left, view);
      const auto* right = TextsOf(atom.right, view);
      if (left == nullptr || right == nullptr) return Truth::kUnknown;
      return Of(*left == *right);
    }
  }
  return Truth::kUnknown;
}

Truth Evaluate(const Condition& condition, const FactView& view) {
  return EvaluateNode(condition, condition.root, view);
}

std::string FirstFailure(const Condition& condition, const FactView& view) {
  if (Evaluate(condition, view) == Truth::kTrue) return "";
  const Culprit culprit =
      FindCulprit(condition, condition.root, Truth::kTrue, view);
  const Node& node = condition.nodes[culprit.node];
  const std::string source =
      condition.source.substr(node.begin, node.end - node.begin);
  if (culprit.wanted == Truth::kTrue) return source;
  const bool plain = source.find_first_of(" &|=!<>?") == std::string::npos;
  return plain ? absl::StrCat("!", source) : absl::StrCat("!(", source, ")");
}

}  // namespace minga::policy
