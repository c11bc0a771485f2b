// Bytes that may be gzip: no crash, and no more memory than asked for.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/types/span.h"
#include "node/exchange/import/byte_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  constexpr std::uint64_t kBytesMax = 16 * 1024 * 1024;
  const auto source = minga::importing::BytesOf(
      std::string(reinterpret_cast<const char*>(data), size));
  std::string part(4096, '\0');
  std::uint64_t total = 0;
  while (total < kBytesMax) {
    const auto read = source->Read(absl::MakeSpan(part));
    if (!read.ok() || *read == 0) break;
    if (*read > part.size()) std::abort();
    total += *read;
  }
  if (source->progress().read_bytes > size) std::abort();
  return 0;
}
