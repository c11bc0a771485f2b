#include "policy/level.h"

#include "absl/strings/str_cat.h"

namespace minga::policy {

std::string Level::ToString() const {
  if (raw()) return "RAW";
  if (pseudonym()) return "PSEUDONYM";
  if (suppressed()) return "SUPPRESS";
  return absl::StrCat("GENERALISE(", generalise_step(), ")");
}

}  // namespace minga::policy
