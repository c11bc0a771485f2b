// Here and not beside the other Random, because OpenSSL stays in this folder.
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "node/base/random.h"

namespace minga {
namespace {

// RAND_bytes counts in int.
constexpr std::size_t kChunkBytesMax = std::size_t{1} << 30;

void AskOpenssl(absl::Span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), kChunkBytesMax);
    if (RAND_bytes(out.data(), static_cast<int>(size)) != 1) {
      std::fputs("fatal: the system has no randomness left to give\n", stderr);
      std::abort();
    }
    out.remove_prefix(size);
  }
}

// Forks so far of the processes that led to this one.
std::atomic<unsigned> pool_generation{0};

// Each call of OpenSSL costs more than the bytes of a key or a nonce: so a
// thread asks for many at once. What was given out is wiped here.
class Pool {
 public:
  // The most that is taken from a pool; more comes from OpenSSL.
  static constexpr std::size_t kBytesMax = 64;

  Pool() {
    // A child process must not give the same bytes again.
    static const int registered = pthread_atfork(nullptr, nullptr, [] {
      pool_generation.fetch_add(1, std::memory_order_relaxed);
    });
    static_cast<void>(registered);
  }
  ~Pool() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void Take(absl::Span<std::uint8_t> out) {
    const unsigned generation = pool_generation.load(std::memory_order_relaxed);
    if (generation != generation_ || left_ < out.size()) {
      AskOpenssl(absl::MakeSpan(bytes_));
      left_ = bytes_.size();
      generation_ = generation;
    }
    left_ -= out.size();
    std::memcpy(out.data(), bytes_.data() + left_, out.size());
    OPENSSL_cleanse(bytes_.data() + left_, out.size());
  }

 private:
  std::array<std::uint8_t, 2048> bytes_{};
  std::size_t left_ = 0;
  unsigned generation_ = 0;
};

}  // namespace

void SystemRandom::Fill(absl::Span<std::uint8_t> out) {
  thread_local Pool pool;
  if (out.size() > Pool::kBytesMax) return AskOpenssl(out);
  pool.Take(out);
}

}  // namespace minga
