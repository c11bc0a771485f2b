// Personal identifiers of the region in a text. Internal to this room.
#ifndef MINGA_POLICY_REDACTION_IDENTIFIERS_H_
#define MINGA_POLICY_REDACTION_IDENTIFIERS_H_

#include <optional>

#include "policy/redaction/finding.h"
#include "policy/redaction/number_run.h"
#include "policy/redaction/words.h"

namespace minga::policy::redaction {

// True if `run` is an identifier: one whose check digit is right in the way it
// is written, or one without a check digit next to a word that announces it.
std::optional<Finding> IdentifierIn(Context& context, const NumberRun& run);

// Identifiers with letters: CURP, RFC, CNPJ, RIF, and those of Panama. `at` is
// a digit inside of it.
std::optional<Finding> LetteredIdentifierAt(Context& context, std::size_t at);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_IDENTIFIERS_H_
