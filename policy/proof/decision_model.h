// What a set of documents answers, as formulas over the facts of any record:
// the meaning of DESIGN section 6, as policy/specialised.cc and consent.cc
// compute it. Internal to this room.
#ifndef MINGA_POLICY_PROOF_DECISION_MODEL_H_
#define MINGA_POLICY_PROOF_DECISION_MODEL_H_

#include <z3++.h>

#include <vector>

#include "policy/proof/symbols.h"
#include "policy/proof/translate.h"
#include "policy/rule.h"

namespace minga::policy::proof {

// Documents, and what is put for the layers that are not at hand.
struct Layers {
  std::vector<const CompiledDocument*> documents;
  // National law: permits everything.
  bool any_national = false;
  // Agreements: one that permits everything where symbols.in_force().
  bool any_agreement = false;
  // The national policy whose groups are meant where its rules are not among
  // `documents`; null: theirs, and any at all with `any_national`.
  const CompiledDocument* groups_of = nullptr;
};

class DecisionModel {
 public:
  // A rule that speaks about the kind and direction.
  struct Rule {
    const CompiledDocument* document;
    const CompiledRule* rule;
    const RulePart* part;
    z3::expr applies;
  };

  // `symbols` and the documents must outlive this. Throws z3::exception.
  DecisionModel(const Symbols& symbols, const Layers& layers);

  // The same without the rule at the place that `off` is, a number; none if
  // it is of no rule.
  DecisionModel Without(const z3::expr& off) const;

  const Symbols& symbols() const { return *symbols_; }
  const std::vector<Rule>& rules() const { return rules_; }
  const z3::expr& in_force() const { return surroundings_.in_force; }
  // Not withheld.
  const z3::expr& permitted() const { return permitted_; }
  // The record is not withheld and `field` has at least `level`, which is
  // above SUPPRESS.
  z3::expr Shown(FieldId field, Level level) const {
    return permitted_ && AtLeast(field, level);
  }
  // The field is shown at all.
  z3::expr Shown(FieldId field) const { return permitted_ && Visible(field); }
  // A rule that applies ties the record to the single obligation `demand`, or
  // to a stricter one.
  z3::expr Tied(const Obligations& demand) const;
  // The levels above SUPPRESS that `field` can have, ascending.
  std::vector<Level> LevelsOf(FieldId field) const;

  z3::expr Condition(const policy::Condition& condition) const {
    return Translate(condition, *symbols_, surroundings_);
  }

 private:
  static Surroundings SurroundingsOf(const Symbols& symbols,
                                     const Layers& layers);
  z3::expr Applies(const CompiledDocument& document, const CompiledRule& rule,
                   const RulePart& part) const;
  // Before a record is withheld for its required fields.
  z3::expr AtLeast(FieldId field, Level level) const;
  z3::expr Visible(FieldId field) const;
  // The permits of `layer` raise `field` to at least `level`.
  z3::expr Raised(Layer layer, FieldId field, Level level) const;
  z3::expr Permitted() const;

  const Symbols* symbols_;
  Layers layers_;
  Surroundings surroundings_;
  std::vector<Rule> rules_;
  z3::expr permitted_;
};

}  // namespace minga::policy::proof

#endif  // MINGA_POLICY_PROOF_DECISION_MODEL_H_
