// First and last entries of logs from anybody: no crash, and what is accepted
// as a link continues exactly that checkpoint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "storage/evidence/log_link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const bool closes = minga::storage::ClosesLog(input);
  const auto pruned = minga::storage::SaysPruned(input);
  const auto from = minga::storage::ContinuedFrom(input);
  if (closes + pruned.has_value() + from.ok() > 1) std::abort();
  if (!from.ok()) return 0;
  if (!minga::storage::CheckContinues(input, *from).ok()) std::abort();
  auto other = *from;
  ++other.size;
  if (minga::storage::CheckContinues(input, other).ok()) std::abort();
  return 0;
}
