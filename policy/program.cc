#include "policy/program.h"

namespace minga::policy {
namespace {

// Labels beyond all code.
constexpr Program::Label kExitFalse = 0xFFFFFFFE;
constexpr Program::Label kExitTrue = 0xFFFFFFFF;

std::vector<ResidualId> Together(std::vector<ResidualId> a,
                                 const std::vector<ResidualId>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

Program::Program(const KindSchema& schema, const ResidualPool& pool,
                 const std::vector<ResidualId>& roots,
                 const std::vector<ResidualId>& watched)
    : signer_(schema, pool, Together(roots, watched)) {
  for (const ResidualId root : roots) {
    entries_.push_back(Emit(pool, root, kExitTrue, kExitFalse));
  }
  emitted_.clear();
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
      label = EmitAtom(item.atom, on_true, on_false);
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

Program::Label Program::EmitAtom(std::uint32_t atom, Label on_true,
                                 Label on_false) {
  const Signer::Place place = signer_.PlaceOf(atom);
  code_.push_back(
      Instruction{place.needs, place.word, place.bit, on_true, on_false});
  return static_cast<Label>(code_.size() - 1);
}

Program::Answer Program::Run(Label begin, const Record& record) const {
  Label at = begin;
  while (at < code_.size()) {
    const Instruction& in = code_[at];
    if ((record[kPresentWord] & in.needs) != in.needs) return Answer::kError;
    at = (record[in.word] >> in.bit & 1) != 0 ? in.on_true : in.on_false;
  }
  return at == kExitTrue ? Answer::kTrue : Answer::kFalse;
}

std::size_t Program::bytes() const {
  return signer_.bytes() + code_.size() * sizeof(Instruction) +
         entries_.size() * sizeof(Label);
}

}  // namespace minga::policy
