// A strict look at JSON (RFC 8259): no single quotes, bare keys, comments or
// names twice, because two readers who disagree about a record are a way past a
// check.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_JSON_CHECK_H_
#define MINGA_NODE_EXCHANGE_IMPORT_JSON_CHECK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::importing {

// Nesting beyond this is refused; a record needs six levels.
inline constexpr int kJsonDepthMax = 32;
// More names in one object are refused; a vacancy has thirty. Few enough to be
// compared one by one.
inline constexpr std::size_t kJsonNamesMax = 256;

// A member of an object: its decoded name and its value as it is written.
struct JsonMember {
  std::string name;
  absl::string_view value;
};

// OK if `text` is one JSON value, alone, well-formed UTF-8, with no name twice
// in one object; "start_date" and "startDate" are one name, because protobuf
// takes both. INVALID_ARGUMENT with the byte where it goes wrong.
absl::Status CheckJson(absl::string_view text);

// The members of the object `text`; views into it. INVALID_ARGUMENT as above,
// or if the value is not an object.
absl::StatusOr<std::vector<JsonMember>> JsonMembers(absl::string_view text);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_JSON_CHECK_H_
