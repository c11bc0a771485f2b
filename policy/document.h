// From the text of a document to its compiled form. Internal to this room.
#ifndef MINGA_POLICY_DOCUMENT_H_
#define MINGA_POLICY_DOCUMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "policy/policy_set.h"
#include "policy/rule.h"

namespace minga::policy {

struct LoadContext {
  // The layer that is expected; absent: any.
  std::optional<Layer> layer;
  // The country that must be the document's, or a party of it; empty: any.
  Country own;
  // The groups of the national policy, for overrides; null: not at hand.
  const std::map<std::string, std::vector<Country>>* groups = nullptr;
};

// Returns the document, or nullopt after appending at least one line
// "file:line:column: message" to `errors`.
std::optional<CompiledDocument> LoadDocument(const DocumentSource& source,
                                             const LoadContext& context,
                                             std::vector<std::string>& errors);

}  // namespace minga::policy

#endif  // MINGA_POLICY_DOCUMENT_H_
