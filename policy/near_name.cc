#include "policy/near_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace minga::policy {
namespace {

// Longer names are compared by their beginnings: an error message must not cost
// the square of what a peer sends.
constexpr std::size_t kComparedBytesMax = 80;

std::size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j + 1] + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Suggest(absl::string_view name,
                    const std::vector<absl::string_view>& known) {
  name = name.substr(0, kComparedBytesMax);
  absl::string_view nearest;
  // Two letters that changed places are two changes.
  const std::size_t slips = name.size() < 4 ? 1 : 2;
  std::size_t best = std::max(slips, name.size() / 3) + 1;
  for (const absl::string_view candidate : known) {
    // "sector" for "vacancy.sector": the usual slip is a missing prefix.
    const std::size_t dot = candidate.rfind('.');
    const bool tail =
        dot != absl::string_view::npos && candidate.substr(dot + 1) == name;
    const std::size_t distance =
        tail ? 0 : Distance(name, candidate.substr(0, kComparedBytesMax));
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return absl::StrCat("; did you mean `", nearest, "`?");
  if (known.empty() || known.size() > 8) return "";
  return absl::StrCat("; expected one of ", absl::StrJoin(known, ", "));
}

}  // namespace minga::policy
