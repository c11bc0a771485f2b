#include "node/base/random.h"

#include <algorithm>
#include <cstring>

namespace minga {
namespace {

constexpr std::uint64_t RotateLeft(std::uint64_t x, int by) {
  return (x << by) | (x >> (64 - by));
}

// Spreads one seed word over the state, as the authors of xoshiro advise: a
// state of mostly zero bits needs many steps to recover.
std::uint64_t SplitMix64(std::uint64_t& x) {
  std::uint64_t z = (x += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

std::string Random::Bytes(std::size_t size) {
  std::string bytes(size, '\0');
  Fill(absl::MakeSpan(reinterpret_cast<std::uint8_t*>(bytes.data()), size));
  return bytes;
}

std::uint64_t Random::Below(std::uint64_t bound) {
  // The lowest 2^64 mod `bound` values would make small results likelier.
  const std::uint64_t rejected = (0 - bound) % bound;
  while (true) {
    std::uint64_t word = 0;
    Fill(absl::MakeSpan(reinterpret_cast<std::uint8_t*>(&word), sizeof(word)));
    if (word >= rejected) return word % bound;
  }
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = SplitMix64(seed);
}

// xoshiro256** 1.0 by D. Blackman and S. Vigna.
std::uint64_t SeededRandom::Next() {
  const std::uint64_t result = RotateLeft(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = RotateLeft(state_[3], 45);
  return result;
}

void SeededRandom::Fill(absl::Span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::uint64_t word = Next();
    const std::size_t size = std::min(out.size(), sizeof(word));
    std::memcpy(out.data(), &word, size);
    out.remove_prefix(size);
  }
}

}  // namespace minga
