// Facts as cases write them: "vacancy.status = 'open'". Internal to this room.
#ifndef MINGA_POLICY_CASES_FACT_TEXT_H_
#define MINGA_POLICY_CASES_FACT_TEXT_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "policy/ast.h"
#include "policy/facts.h"
#include "policy/schema.h"

namespace minga::policy::cases {

struct FactText {
  FactId fact = 0;
  FactValue value;  // monostate: "absent"
};

// Reads "name = literal" or "name = absent" with a literal of conditions: a
// bool, an int, a string, date("..."), or a list of strings. Nullopt with
// `error` set if the name is not a fact of `schema` that a record has, or the
// literal has another type than it.
std::optional<FactText> ParseFact(absl::string_view text,
                                  const KindSchema& schema,
                                  ConditionError& error);

}  // namespace minga::policy::cases

#endif  // MINGA_POLICY_CASES_FACT_TEXT_H_
