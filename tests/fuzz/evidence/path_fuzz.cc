// Paths that auditors ask for over HTTP or that lie in a folder: no crash, and
// what is accepted has one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "storage/evidence/log_files.h"
#include "storage/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto name = minga::storage::ParseTilePath(input);
  if (name.has_value() && minga::storage::TilePath(name->level, name->index,
                                                   name->width) != input) {
    std::abort();
  }
  return 0;
}
