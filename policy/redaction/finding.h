// What a scan finds. Internal to this room but for scanner.h.
#ifndef MINGA_POLICY_REDACTION_FINDING_H_
#define MINGA_POLICY_REDACTION_FINDING_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace minga::policy::redaction {

enum class Kind : std::uint8_t {
  kIdentifier,  // of a person or taxpayer
  kPhone,
  kEmail,
};
inline constexpr int kKinds = 3;

// Bytes [begin, end) of a text.
struct Finding {
  Kind kind = Kind::kIdentifier;
  // A hint only, since schemes overlap: "EC cedula", "phone", "email".
  absl::string_view scheme;
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_FINDING_H_
