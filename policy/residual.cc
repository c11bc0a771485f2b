#include "policy/residual.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace minga::policy {
namespace {

std::string KeyOf(const Operand& operand) {
  std::string key =
      absl::StrCat(static_cast<int>(operand.kind), ",", operand.fact, ",",
                   operand.number, ",", operand.text.size(), ":", operand.text);
  for (const std::int64_t number : operand.numbers) {
    absl::StrAppend(&key, ";", number);
  }
  for (const std::string& text : operand.texts) {
    absl::StrAppend(&key, ";", text.size(), ":", text);
  }
  return key;
}

std::string KeyOf(const Atom& atom) {
  return absl::StrCat("atom ", static_cast<int>(atom.op), " ",
                      static_cast<int>(atom.compare), " ", KeyOf(atom.left),
                      " ", KeyOf(atom.right));
}

std::string KeyOf(absl::string_view name,
                  const std::vector<ResidualId>& children) {
  std::string key(name);
  for (const ResidualId child : children) absl::StrAppend(&key, " ", child);
  return key;
}

// Replaces a fact of the question by its value.
void Substitute(Operand& operand, const FactView& view) {
  if (operand.kind != Operand::Kind::kFact || operand.fact == kFactAsOf ||
      operand.fact >= kQuestionFacts) {
    return;
  }
  const FactValue* value = view.Find(operand.fact);
  if (value == nullptr) return;
  if (const auto* text = std::get_if<std::string>(value)) {
    operand = Operand();
    operand.kind = Operand::Kind::kText;
    operand.text = *text;
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(value)) {
    operand = Operand();
    operand.kind = Operand::Kind::kTexts;
    operand.texts = *texts;
  }
}

}  // namespace

ResidualPool::ResidualPool() {
  Intern("false", Item());
  Intern("true", Item());
}

ResidualId ResidualPool::Fold(const Condition& condition, const FactView& view,
                              std::vector<ResidualId>* asked) {
  // Children come before their parents.
  std::vector<ResidualId> folded(condition.nodes.size(), kFalse);
  for (std::size_t i = 0; i < condition.nodes.size(); ++i) {
    const Node& node = condition.nodes[i];
    std::vector<ResidualId> parts;
    for (const NodeId child : node.children) parts.push_back(folded[child]);
    switch (node.kind) {
      case Node::Kind::kConst:
        folded[i] = node.value ? kTrue : kFalse;
        break;
      case Node::Kind::kAtom:
        folded[i] = FoldAtom(condition.atoms[node.atom], view);
        if (asked != nullptr && folded[i] > kTrue) asked->push_back(folded[i]);
        break;
      case Node::Kind::kNot:
        folded[i] = MakeNot(parts[0]);
        break;
      case Node::Kind::kAnd:
      case Node::Kind::kOr:
        folded[i] = MakeChain(node.kind, parts);
        break;
      case Node::Kind::kIf:
        folded[i] = MakeIf(parts[0], parts[1], parts[2]);
        break;
    }
  }
  return folded[condition.root];
}

ResidualId ResidualPool::Intern(const std::string& key, Item item) {
  const auto [it, fresh] =
      by_key_.emplace(key, static_cast<ResidualId>(items_.size()));
  if (fresh) items_.push_back(std::move(item));
  return it->second;
}

ResidualId ResidualPool::FoldAtom(const Atom& atom, const FactView& view) {
  const Truth truth = EvaluateAtom(atom, view);
  if (truth != Truth::kUnknown) {
    return truth == Truth::kTrue ? kTrue : kFalse;
  }
  Atom rest = atom;
  Substitute(rest.left, view);
  Substitute(rest.right, view);
  if (rest.op == Atom::Op::kIn) {
    std::sort(rest.right.texts.begin(), rest.right.texts.end());
  }
  const bool symmetric =
      rest.op == Atom::Op::kCompare || rest.op == Atom::Op::kListEqual;
  if (symmetric && rest.left.kind != Operand::Kind::kFact) {
    std::swap(rest.left, rest.right);
    rest.compare = Mirrored(rest.compare);
  }
  Item item;
  item.kind = Node::Kind::kAtom;
  item.atom = static_cast<std::uint32_t>(atoms_.size());
  const std::size_t before = items_.size();
  const ResidualId id = Intern(KeyOf(rest), std::move(item));
  if (items_.size() > before) atoms_.push_back(std::move(rest));
  return id;
}

ResidualId ResidualPool::MakeNot(ResidualId child) {
  if (child == kFalse) return kTrue;
  if (child == kTrue) return kFalse;
  if (items_[child].kind == Node::Kind::kNot) return items_[child].children[0];
  Item item;
  item.kind = Node::Kind::kNot;
  item.children = {child};
  return Intern(KeyOf("not", item.children), item);
}

ResidualId ResidualPool::MakeChain(Node::Kind kind,
                                   const std::vector<ResidualId>& parts) {
  const ResidualId decisive = kind == Node::Kind::kOr ? kTrue : kFalse;
  const ResidualId neutral = kind == Node::Kind::kOr ? kFalse : kTrue;
  std::vector<ResidualId> kept;
  // The order stays: a guard comes before what it guards.
  const auto keep = [&](ResidualId part) {
    if (std::find(kept.begin(), kept.end(), part) == kept.end()) {
      kept.push_back(part);
    }
  };
  for (const ResidualId part : parts) {
    if (part == decisive) return decisive;
    if (part == neutral) continue;
    if (items_[part].kind == kind) {
      for (const ResidualId inner : items_[part].children) keep(inner);
    } else {
      keep(part);
    }
  }
  if (kept.empty()) return neutral;
  if (kept.size() == 1) return kept[0];
  Item item;
  item.kind = kind;
  item.children = std::move(kept);
  return Intern(KeyOf(kind == Node::Kind::kOr ? "or" : "and", item.children),
                item);
}

ResidualId ResidualPool::MakeIf(ResidualId test, ResidualId yes,
                                ResidualId no) {
  if (test == kTrue) return yes;
  if (test == kFalse) return no;
  if (yes == no) return yes;
  if (yes == kTrue && no == kFalse) return test;
  if (yes == kFalse && no == kTrue) return MakeNot(test);
  Item item;
  item.kind = Node::Kind::kIf;
  item.children = {test, yes, no};
  return Intern(KeyOf("if", item.children), item);
}

}  // namespace minga::policy
