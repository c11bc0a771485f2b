// Here and not beside the other Random, because OpenSSL stays in this folder.
#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "node/base/random.h"

namespace minga {
namespace {

// RAND_bytes counts in int.
constexpr std::size_t kChunkBytesMax = std::size_t{1} << 30;

}  // namespace

void SystemRandom::Fill(absl::Span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), kChunkBytesMax);
    if (RAND_bytes(out.data(), static_cast<int>(size)) != 1) {
      std::fputs("fatal: the system has no randomness left to give\n", stderr);
      std::abort();
    }
    out.remove_prefix(size);
  }
}

}  // namespace minga
