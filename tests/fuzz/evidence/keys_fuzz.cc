// Lists of keys from other nodes' exports: no crash, and what is accepted has
// one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "storage/evidence/log_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto keys = minga::storage::LogKeys::Parse(input);
  if (!keys.ok()) return 0;
  // Keys of the log come first when written.
  const auto again = minga::storage::LogKeys::Parse(keys->Text());
  if (!again.ok() || again->Text() != keys->Text()) std::abort();
  return 0;
}
