// The atoms and the `&&` and `||` of a condition, as places in its text: what
// coverage counts and mutation changes. Internal to this room.
#ifndef MINGA_POLICY_CASES_ATOMS_H_
#define MINGA_POLICY_CASES_ATOMS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "policy/schema.h"

namespace minga::policy::cases {

// Bytes of the text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend auto operator<=>(const Span&, const Span&) = default;
};

struct ConditionShape {
  // The smallest parts of the text that are bools: a fact, has(), a comparison,
  // `in`. A `? :` within a comparison has atoms of its own.
  std::vector<Span> atoms;
  // A chain of one operator: the places of its operators.
  struct Chain {
    bool is_and = false;
    Span all;
    std::vector<Span> operators;
  };
  std::vector<Chain> chains;
};

// REQUIRES: `text` is a condition of `schema` or of receiving records of it.
// Nothing if it is not.
ConditionShape ShapeOf(const std::string& text, const KindSchema& schema);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_ATOMS_H_
