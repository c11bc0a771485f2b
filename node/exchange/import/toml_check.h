// A look at TOML before toml++ reads it. The packaged toml++ (3.3) runs into
// undefined behaviour at most letters outside ASCII that stand neither in
// quotes nor in a comment ("México = 1"): what is an easy mistake here.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_TOML_CHECK_H_
#define MINGA_NODE_EXCHANGE_IMPORT_TOML_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace minga::importing {

// INVALID_ARGUMENT with file:line:column for a letter outside ASCII that stands
// bare, and for multi-line strings, which mappings have no use for. Anything
// else is for the parser to judge.
absl::Status CheckToml(absl::string_view text, const std::string& file);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_TOML_CHECK_H_
