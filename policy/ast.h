// The syntax tree of a condition: what the parser builds and the type checker
// completes. Internal to this room.
#ifndef MINGA_POLICY_AST_H_
#define MINGA_POLICY_AST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "policy/schema.h"

namespace minga::policy {

// A mistake in a condition. `offset` counts bytes from the start of the
// condition's text; the document loader turns it into a line and a column.
struct ConditionError {
  std::size_t offset = 0;
  std::string message;
};

// bool, int, string, date, or a list of one of them. The empty list literal is
// a list of kNothing, which fits every list.
struct Type {
  enum class Base : std::uint8_t { kBool, kInt, kString, kDate, kNothing };

  Base base = Base::kNothing;
  bool list = false;

  friend bool operator==(const Type&, const Type&) = default;
  // "bool", "list of string", "empty list".
  std::string ToString() const;
};

enum class Compare : std::uint8_t { kEq, kNe, kLt, kLe, kGt, kGe };

// True if a three-way result (<0, 0, >0) satisfies `op`.
bool Satisfies(Compare op, int three_way);
// What `a op b` is when its sides change places.
Compare Mirrored(Compare op);

struct Expr {
  enum class Kind : std::uint8_t {
    kLiteral,  // bool, int, date in `number`; string in `text`
    kFact,     // `text` is the dotted name, `fact` its id after checking
    kHas,      // the same, of a has()
    kList,     // children: the items
    kNot,      // one child
    kAnd,      // two or more children
    kOr,       // two or more children
    kIf,       // condition, then, else
    kCompare,  // two children, `compare`
    kIn,       // item, list
  };

  Kind kind = Kind::kLiteral;
  Compare compare = Compare::kEq;
  FactId fact = 0;
  Type type;
  // Days since 1970-01-01 for a date; 0 or 1 for a bool.
  std::int64_t number = 0;
  std::string text;
  std::vector<std::unique_ptr<Expr>> children;
  // The bytes of the condition's text that this was read from.
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_AST_H_
