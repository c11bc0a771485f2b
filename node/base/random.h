// The seam to randomness. Keys, nonces and salts come from SystemRandom;
// simulations inject a seeded one.
#ifndef MINGA_NODE_BASE_RANDOM_H_
#define MINGA_NODE_BASE_RANDOM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/span.h"

namespace minga {

// Threads: any thread may call any method.
class Random {
 public:
  virtual ~Random() = default;
  // Fills `out`; aborts the process if the machine has no randomness left to
  // give, because every answer made without it would be a forgery.
  virtual void Fill(absl::Span<std::uint8_t> out) = 0;

  std::string Bytes(std::size_t size);
  // Uniform in [0, bound). REQUIRES: bound > 0.
  std::uint64_t Below(std::uint64_t bound);
};

// OpenSSL's CSPRNG. Each thread takes the bytes of small requests from a pool
// of its own.
class SystemRandom final : public Random {
 public:
  void Fill(absl::Span<std::uint8_t> out) override;
};

// Deterministic (xoshiro256**): for simulations and generators, never for keys.
// Threads: one.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void Fill(absl::Span<std::uint8_t> out) override;
  std::uint64_t Next();

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace minga

#endif  // MINGA_NODE_BASE_RANDOM_H_
