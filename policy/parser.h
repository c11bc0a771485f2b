// The grammar of conditions: a subset of the Common Expression Language
// (cel.dev, langdef.md); policy/README.md lists the departures. Internal to
// this room.
#ifndef MINGA_POLICY_PARSER_H_
#define MINGA_POLICY_PARSER_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "policy/ast.h"

namespace minga::policy {

// Returns the tree of `text`, or null with `error` set. Bounded by
// kConditionBytesMax, kConditionDepthMax and kConditionListItemsMax; the depth
// of the tree is bounded with the depth of the text, so that walking it by
// recursion is safe.
std::unique_ptr<Expr> ParseCondition(absl::string_view text,
                                     ConditionError& error);

}  // namespace minga::policy

#endif  // MINGA_POLICY_PARSER_H_
