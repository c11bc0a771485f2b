// What remains of conditions once the question is known: folded, with equal
// parts stored once, so that rules with the same remainder are one group.
// Internal to this room.
#ifndef MINGA_POLICY_RESIDUAL_H_
#define MINGA_POLICY_RESIDUAL_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "policy/condition.h"
#include "policy/condition_eval.h"

namespace minga::policy {

using ResidualId = std::uint32_t;

class ResidualPool {
 public:
  static constexpr ResidualId kFalse = 0;
  static constexpr ResidualId kTrue = 1;

  struct Item {
    Node::Kind kind = Node::Kind::kConst;
    std::uint32_t atom = 0;
    // Smaller than the item's own id.
    std::vector<ResidualId> children;
  };

  ResidualPool();

  // Folds `condition` with what `view` knows. Facts of the question become
  // constants, except as_of where it meets a fact of the record. `asked`, if
  // not null, receives the atoms that the record answers, also those on which
  // the result does not depend.
  ResidualId Fold(const Condition& condition, const FactView& view,
                  std::vector<ResidualId>* asked = nullptr);

  const Item& item(ResidualId id) const { return items_[id]; }
  std::size_t size() const { return items_.size(); }
  // Facts stand on the left of a comparison with a constant.
  const std::vector<Atom>& atoms() const { return atoms_; }

 private:
  ResidualId Intern(const std::string& key, Item item);
  ResidualId FoldAtom(const Atom& atom, const FactView& view);
  ResidualId MakeNot(ResidualId child);
  ResidualId MakeChain(Node::Kind kind, const std::vector<ResidualId>& parts);
  ResidualId MakeIf(ResidualId test, ResidualId yes, ResidualId no);

  std::vector<Item> items_;
  std::vector<Atom> atoms_;
  std::map<std::string, ResidualId> by_key_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_RESIDUAL_H_
