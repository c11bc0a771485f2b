// Entry bundles from other logs: no crash, and the entries of an accepted one
// make the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto entries = minga::storage::SplitBundle(input);
  if (!entries.ok()) return 0;
  std::string again;
  for (const std::string& entry : *entries) {
    again.push_back(static_cast<char>(entry.size() >> 8));
    again.push_back(static_cast<char>(entry.size() & 0xff));
    again += entry;
  }
  if (again != input) std::abort();
  return 0;
}
