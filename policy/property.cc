#include "policy/property.h"

namespace minga::policy {

const std::string& CompiledProperty::Statement(
    const std::string& language) const {
  for (const auto& [tag, text] : statements) {
    if (tag == language) return text;
  }
  return statements.empty() ? id : statements.front().second;
}

}  // namespace minga::policy
