#include "node/exchange/import/json_check.h"

#include <cstddef>
#include <utility>

#include "node/exchange/import/json_scanner.h"

namespace minga::importing {

absl::Status CheckJson(absl::string_view text) {
  JsonScanner scanner(text);
  if (scanner.Begin() && scanner.SkipValue(0)) scanner.End();
  return scanner.status();
}

absl::StatusOr<std::vector<JsonMember>> JsonMembers(absl::string_view text) {
  std::vector<JsonMember> members;
  JsonScanner scanner(text);
  const auto member = [&](const std::string& name) {
    const std::size_t begin = scanner.position();
    if (!scanner.SkipValue(1)) return false;
    members.push_back({name, scanner.From(begin)});
    return true;
  };
  if (!scanner.Begin() || !scanner.Object(0, member) || !scanner.End()) {
    return scanner.status();
  }
  return members;
}

}  // namespace minga::importing
