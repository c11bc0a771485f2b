// What was found in a text, by kind: for reports, logs and answers. Counts,
// never values.
#ifndef MINGA_POLICY_REDACTION_COUNTS_H_
#define MINGA_POLICY_REDACTION_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "policy/redaction/finding.h"

namespace minga::policy::redaction {

struct Counts {
  std::array<std::uint64_t, kKinds> found{};
  std::uint64_t kept = 0;  // published business contacts

  std::uint64_t& Of(Kind kind) { return found[static_cast<std::size_t>(kind)]; }
  std::uint64_t Of(Kind kind) const {
    return found[static_cast<std::size_t>(kind)];
  }
  std::uint64_t total() const;  // without those kept
  Counts& operator+=(const Counts& other);

  friend bool operator==(const Counts&, const Counts&) = default;
};

// "12 e-mails, 3 phones, 1 identifier", without kinds of which there are none;
// "nothing" for none at all. What is kept is not in it.
std::string CountsText(const Counts& counts);

}  // namespace minga::policy::redaction

#endif  // MINGA_POLICY_REDACTION_COUNTS_H_
