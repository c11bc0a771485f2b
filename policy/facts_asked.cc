// Which facts the conditions of a policy set ask at all.
#include "policy/condition.h"
#include "policy/policy_set_impl.h"

namespace minga::policy {
namespace {

std::uint64_t Bit(const Operand& operand) {
  return operand.kind == Operand::Kind::kFact ? std::uint64_t{1} << operand.fact
                                              : 0;
}

}  // namespace

std::uint64_t PolicySetImpl::FactsAsked(RecordKind kind) const {
  const KindSchema& schema = SchemaOf(kind);
  std::uint64_t bits = 0;
  if (schema.about_person()) {
    // The layer of consent asks what only the origin knows.
    for (std::size_t i = 0; i < schema.facts.size(); ++i) {
      if (schema.facts[i].origin_only) bits |= std::uint64_t{1} << i;
    }
  }
  for (const CompiledDocument& document : documents_) {
    for (const CompiledRule& rule : document.rules) {
      const RulePart* const part = rule.PartOf(kind);
      if (part == nullptr || !part->when.has_value()) continue;
      for (const Atom& atom : part->when->atoms) {
        bits |= Bit(atom.left) | Bit(atom.right);
      }
    }
  }
  return bits;
}

}  // namespace minga::policy
