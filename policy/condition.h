// A condition after parsing and type checking, lowered to boolean nodes over
// atoms: each atom asks one thing of one or two facts. What is compiled,
// explained and proved is this form. Internal to this room.
#ifndef MINGA_POLICY_CONDITION_H_
#define MINGA_POLICY_CONDITION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/ast.h"
#include "policy/checker.h"
#include "policy/facts.h"
#include "policy/schema.h"

namespace minga::policy {

using NodeId = std::uint32_t;

// One side of an atom. Ints and dates (days since 1970-01-01) are numbers.
struct Operand {
  enum class Kind : std::uint8_t { kFact, kNumber, kText, kNumbers, kTexts };

  Kind kind = Kind::kNumber;
  FactId fact = 0;
  std::int64_t number = 0;
  std::string text;
  std::vector<std::int64_t> numbers;  // sorted, unique
  std::vector<std::string> texts;     // sorted and unique right of `in`

  friend bool operator==(const Operand&, const Operand&) = default;
};

struct Atom {
  enum class Op : std::uint8_t {
    kTrue,       // the bool fact `left`
    kHas,        // the fact `left` is present
    kCompare,    // left `compare` right; int, date or string
    kIn,         // left in right; right is a list fact, numbers or texts
    kListEqual,  // list fact or texts on both sides
  };

  Op op = Op::kTrue;
  Compare compare = Compare::kEq;
  Operand left;
  Operand right;

  friend bool operator==(const Atom&, const Atom&) = default;
};

struct Node {
  enum class Kind : std::uint8_t { kConst, kAtom, kNot, kAnd, kOr, kIf };

  Kind kind = Kind::kConst;
  bool value = false;            // of kConst
  std::uint32_t atom = 0;        // of kAtom
  std::vector<NodeId> children;  // smaller than the node's own id
  std::uint32_t begin = 0;       // bytes of the source
  std::uint32_t end = 0;
};

// Nodes may be shared, so walks that build something keep a memo.
struct Condition {
  std::string source;
  std::vector<Node> nodes;
  std::vector<Atom> atoms;
  NodeId root = 0;
  // The dates that the text names, as days: an answer may change on them.
  std::vector<std::int64_t> dates;
};

// Parses, checks and lowers `text`. Nullopt with `error` set if it is not a
// condition of `scope`, if it grows beyond kConditionNodesMax by lowering, or
// if it is constantly false.
std::optional<Condition> CompileCondition(absl::string_view text,
                                          const CheckScope& scope,
                                          ConditionError& error);

// Lowering makes one atom of each pair of branches that `? :` compares.
inline constexpr std::size_t kConditionNodesMax = 8192;

// Lowers a checked tree. False with `error` set if it grows too large.
bool Lower(const Expr& expr, Condition& condition, ConditionError& error);

}  // namespace minga::policy

#endif  // MINGA_POLICY_CONDITION_H_
