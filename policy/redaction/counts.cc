#include "policy/redaction/counts.h"

#include "absl/strings/str_cat.h"

namespace minga::policy::redaction {
namespace {

void Add(std::uint64_t count, absl::string_view one, std::string& text) {
  if (count == 0) return;
  absl::StrAppend(&text, text.empty() ? "" : ", ", count, " ", one,
                  count == 1 ? "" : "s");
}

}  // namespace

std::uint64_t Counts::total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : found) sum += count;
  return sum;
}

Counts& Counts::operator+=(const Counts& other) {
  for (std::size_t i = 0; i < found.size(); ++i) found[i] += other.found[i];
  kept += other.kept;
  return *this;
}

std::string CountsText(const Counts& counts) {
  std::string text;
  Add(counts.Of(Kind::kEmail), "e-mail", text);
  Add(counts.Of(Kind::kPhone), "phone", text);
  Add(counts.Of(Kind::kIdentifier), "identifier", text);
  return text.empty() ? "nothing" : text;
}

}  // namespace minga::policy::redaction
