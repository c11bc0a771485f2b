#include "policy/program.h"

#include <algorithm>

#include "policy/condition_eval.h"

namespace minga::policy {
namespace {

// Labels beyond all code.
constexpr Program::Label kExitFalse = 0xFFFFFFFE;
constexpr Program::Label kExitTrue = 0xFFFFFFFF;

// A value's rank among n sorted constants: 2i + 1 if it is constant i, and the
// even number between its neighbours if it is none of them.
std::int64_t Rank(const std::vector<std::string>& constants,
                  const std::string& value) {
  const auto it = std::lower_bound(constants.begin(), constants.end(), value);
  const std::int64_t below = it - constants.begin();
  return 2 * below + (it != constants.end() && *it == value ? 1 : 0);
}

// Ranks below 64 fit the bits of one number.
constexpr std::size_t kMaskConstantsMax = 31;

bool HasText(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

int ThreeWay(std::int64_t a, std::int64_t b) {
  return static_cast<int>(a > b) - static_cast<int>(a < b);
}

}  // namespace

Program::Program(const KindSchema& schema, const ResidualPool& pool,
                 const std::vector<ResidualId>& roots)
    : schema_(&schema) {
  CollectConstants(pool, roots);
  for (const ResidualId root : roots) {
    entries_.push_back(Emit(pool, root, kExitTrue, kExitFalse));
  }
  emitted_.clear();
}

void Program::CollectConstants(const ResidualPool& pool,
                               const std::vector<ResidualId>& roots) {
  std::vector<bool> reached(pool.size());
  for (const ResidualId root : roots) reached[root] = true;
  for (std::size_t i = pool.size(); i-- > 0;) {
    if (!reached[i]) continue;
    const ResidualPool::Item& item = pool.item(static_cast<ResidualId>(i));
    for (const ResidualId child : item.children) reached[child] = true;
    if (item.kind != Node::Kind::kAtom) continue;
    const Atom& atom = pool.atoms()[item.atom];
    if (atom.op == Atom::Op::kHas || atom.op == Atom::Op::kListEqual) continue;
    for (const Operand* operand : {&atom.left, &atom.right}) {
      if (operand->kind != Operand::Kind::kFact ||
          TypeOf(operand->fact) == FactType::kStringList) {
        continue;
      }
      std::vector<std::string>& ranks = SlotOf(operand->fact).ranks;
      if (atom.right.kind == Operand::Kind::kText) {
        ranks.push_back(atom.right.text);
      }
      ranks.insert(ranks.end(), atom.right.texts.begin(),
                   atom.right.texts.end());
    }
  }
  for (Slot& slot : slots_) {
    std::sort(slot.ranks.begin(), slot.ranks.end());
    slot.ranks.erase(std::unique(slot.ranks.begin(), slot.ranks.end()),
                     slot.ranks.end());
  }
}

Program::Slot& Program::SlotOf(FactId fact) {
  for (Slot& slot : slots_) {
    if (slot.fact == fact) return slot;
  }
  slots_.push_back(Slot{fact, TypeOf(fact), {}});
  return slots_.back();
}

std::int64_t Program::RankOf(FactId fact, const std::string& text) {
  return Rank(SlotOf(fact).ranks, text);
}

// Code is laid down from its end: what a test jumps to exists before the test.
Program::Label Program::Emit(const ResidualPool& pool, ResidualId id,
                             Label on_true, Label on_false) {
  const auto key = std::make_pair(id, std::make_pair(on_true, on_false));
  if (const auto it = emitted_.find(key); it != emitted_.end()) {
    return it->second;
  }
  const ResidualPool::Item& item = pool.item(id);
  const std::vector<ResidualId>& parts = item.children;
  Label label = on_false;
  switch (item.kind) {
    case Node::Kind::kConst:
      label = id == ResidualPool::kTrue ? on_true : on_false;
      break;
    case Node::Kind::kAtom:
      label = EmitAtom(pool.atoms()[item.atom], on_true, on_false);
      break;
    case Node::Kind::kNot:
      label = Emit(pool, parts[0], on_false, on_true);
      break;
    case Node::Kind::kAnd:
      label = on_true;
      for (std::size_t i = parts.size(); i-- > 0;) {
        label = Emit(pool, parts[i], label, on_false);
      }
      break;
    case Node::Kind::kOr:
      for (std::size_t i = parts.size(); i-- > 0;) {
        label = Emit(pool, parts[i], on_true, label);
      }
      break;
    case Node::Kind::kIf: {
      const Label yes = Emit(pool, parts[1], on_true, on_false);
      const Label no = Emit(pool, parts[2], on_true, on_false);
      label = Emit(pool, parts[0], yes, no);
      break;
    }
  }
  emitted_.emplace(key, label);
  return label;
}

Program::Label Program::EmitAtom(const Atom& atom, Label on_true,
                                 Label on_false) {
  Instruction out;
  out.on_true = on_true;
  out.on_false = on_false;
  out.compare = atom.compare;
  out.left = atom.left.fact;
  out.right = atom.left.fact;
  switch (atom.op) {
    case Atom::Op::kTrue:
      out.op = Op::kFlag;
      break;
    case Atom::Op::kHas:
      out.op = Op::kHas;
      break;
    case Atom::Op::kCompare:
      EncodeCompare(atom, out);
      break;
    case Atom::Op::kIn:
      EncodeIn(atom, out);
      break;
    case Atom::Op::kListEqual:
      EncodeListEqual(atom, out);
      break;
  }
  code_.push_back(out);
  return static_cast<Label>(code_.size() - 1);
}

void Program::EncodeCompare(const Atom& atom, Instruction& out) {
  out.op = Op::kCompare;
  if (atom.right.kind == Operand::Kind::kNumber) {
    out.number = atom.right.number;
  } else if (atom.right.kind == Operand::Kind::kText) {
    out.number = RankOf(atom.left.fact, atom.right.text);
  } else {
    const bool text = TypeOf(atom.left.fact) == FactType::kString;
    out.op = text ? Op::kCompareText : Op::kCompareSlot;
    out.right = atom.right.fact;
  }
}

void Program::EncodeIn(const Atom& atom, Instruction& out) {
  if (atom.right.kind == Operand::Kind::kFact) {
    out.right = atom.right.fact;
    if (atom.left.kind == Operand::Kind::kFact) {
      out.op = Op::kFactInList;
      return;
    }
    out.op = Op::kTextInList;
    out.left = atom.right.fact;
    out.number = static_cast<std::int64_t>(texts_.size());
    texts_.push_back(atom.left.text);
    return;
  }
  std::vector<std::int64_t> numbers = atom.right.numbers;
  const bool text = TypeOf(atom.left.fact) == FactType::kString;
  for (const std::string& constant : atom.right.texts) {
    if (text) numbers.push_back(RankOf(atom.left.fact, constant));
  }
  if (text && SlotOf(atom.left.fact).ranks.size() <= kMaskConstantsMax) {
    std::uint64_t mask = 0;
    for (const std::int64_t rank : numbers) mask |= std::uint64_t{1} << rank;
    out.op = Op::kInMask;
    out.number = static_cast<std::int64_t>(mask);
    return;
  }
  std::sort(numbers.begin(), numbers.end());
  out.op = Op::kInNumbers;
  out.number = static_cast<std::int64_t>(numbers_.size());
  numbers_.push_back(std::move(numbers));
}

void Program::EncodeListEqual(const Atom& atom, Instruction& out) {
  if (atom.right.kind == Operand::Kind::kFact) {
    out.op = Op::kListSame;
    out.right = atom.right.fact;
    return;
  }
  out.op = Op::kListIs;
  out.number = static_cast<std::int64_t>(lists_.size());
  lists_.push_back(atom.right.texts);
}

void Program::Load(const Facts& facts, std::int64_t as_of,
                   Record& record) const {
  record.facts_ = &facts;
  record.present_ = facts.present() | std::uint64_t{1} << kFactAsOf;
  for (const Slot& slot : slots_) {
    std::int64_t& out = record.slots_[slot.fact];
    if (slot.fact == kFactAsOf) {
      out = as_of;
      continue;
    }
    if ((record.present_ >> slot.fact & 1) == 0) continue;
    // Facts holds only values of the schema's types.
    const FactValue& value = facts.Get(slot.fact);
    switch (slot.type) {
      case FactType::kBool:
        out = *std::get_if<bool>(&value) ? 1 : 0;
        break;
      case FactType::kInt:
        out = *std::get_if<std::int64_t>(&value);
        break;
      case FactType::kDate:
        out = DayNumber(*std::get_if<absl::CivilDay>(&value));
        break;
      case FactType::kString:
        out = Rank(slot.ranks, *std::get_if<std::string>(&value));
        break;
      case FactType::kStringList:
        break;
    }
  }
}

Program::Answer Program::Run(Label begin, const Record& record) const {
  Label at = begin;
  while (at < code_.size()) {
    const Instruction& in = code_[at];
    if (in.op == Op::kHas) {
      at = (record.present_ >> in.left & 1) != 0 ? in.on_true : in.on_false;
      continue;
    }
    if ((record.present_ >> in.left & record.present_ >> in.right & 1) == 0) {
      return Answer::kError;
    }
    at = Test(in, record) ? in.on_true : in.on_false;
  }
  return at == kExitTrue ? Answer::kTrue : Answer::kFalse;
}

bool Program::Test(const Instruction& in, const Record& record) const {
  const std::int64_t left = record.slots_[in.left];
  const auto index = static_cast<std::size_t>(in.number);
  const auto text = [&](FactId fact) -> const std::string& {
    return *std::get_if<std::string>(&record.facts_->Get(fact));
  };
  const auto list = [&](FactId fact) -> const std::vector<std::string>& {
    return *std::get_if<std::vector<std::string>>(&record.facts_->Get(fact));
  };
  switch (in.op) {
    case Op::kFlag:
      return left != 0;
    case Op::kCompare:
      return Satisfies(in.compare, ThreeWay(left, in.number));
    case Op::kCompareSlot:
      return Satisfies(in.compare, ThreeWay(left, record.slots_[in.right]));
    case Op::kCompareText:
      return Satisfies(in.compare, text(in.left).compare(text(in.right)));
    case Op::kInMask:
      return (static_cast<std::uint64_t>(in.number) >> left & 1) != 0;
    case Op::kInNumbers:
      return std::binary_search(numbers_[index].begin(), numbers_[index].end(),
                                left);
    case Op::kTextInList:
      return HasText(list(in.left), texts_[index]);
    case Op::kFactInList:
      return HasText(list(in.right), text(in.left));
    case Op::kListIs:
      return list(in.left) == lists_[index];
    case Op::kListSame:
      return list(in.left) == list(in.right);
    case Op::kHas:
      break;  // answered by Run
  }
  return false;
}

}  // namespace minga::policy
