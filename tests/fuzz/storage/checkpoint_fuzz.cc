// Checkpoint bodies from other nodes: no crash, and what is accepted has one
// spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "storage/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto checkpoint = minga::storage::Checkpoint::Parse(input);
  if (checkpoint.ok() && checkpoint->Body() != input) std::abort();
  return 0;
}
