#include "node/base/random.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace minga {
namespace {

// Gives the words it was made with, then ones.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::vector<std::uint64_t> words)
      : words_(std::move(words)) {}
  void Fill(absl::Span<std::uint8_t> out) override {
    const std::uint64_t word = used_ < words_.size() ? words_[used_] : 1;
    ++used_;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
  }
  std::size_t used() const { return used_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t used_ = 0;
};

TEST_CASE("a seed repeats its sequence, another seed does not",
          "[base][random]") {
  SeededRandom a(42);
  SeededRandom b(42);
  SeededRandom c(43);
  const std::string first = a.Bytes(100);
  CHECK(first == b.Bytes(100));
  CHECK(first != c.Bytes(100));
  CHECK(first != a.Bytes(100));
}

TEST_CASE("xoshiro256** is the published one", "[base][random]") {
  // First outputs of the authors' C code with its state from splitmix64(0).
  SeededRandom random(0);
  CHECK(random.Next() == 0x99ec5f36cb75f2b4U);
  CHECK(random.Next() == 0xbf6e1f784956452aU);
  CHECK(random.Next() == 0x1a5f849d4933e6e0U);
}

TEST_CASE("any size is filled to its last byte", "[base][random]") {
  SystemRandom system;
  SeededRandom seeded(1);
  for (Random* const random :
       {static_cast<Random*>(&system), static_cast<Random*>(&seeded)}) {
    CHECK(random->Bytes(0).empty());
    for (std::size_t size = 1; size <= 33; ++size) {
      // A byte that is never written would stay zero in all 64 tries.
      std::string seen(size, '\0');
      for (int i = 0; i < 64; ++i) {
        const std::string bytes = random->Bytes(size);
        REQUIRE(bytes.size() == size);
        for (std::size_t k = 0; k < size; ++k) {
          seen[k] = static_cast<char>(seen[k] | bytes[k]);
        }
      }
      CHECK(seen.find('\0') == std::string::npos);
    }
  }
}

TEST_CASE("Below stays below and reaches everything", "[base][random]") {
  SeededRandom random(7);
  for (const std::uint64_t bound : {1, 2, 3, 10, 17}) {
    std::vector<int> counts(bound, 0);
    constexpr int kDraws = 17'000;
    for (int i = 0; i < kDraws; ++i) ++counts.at(random.Below(bound));
    const double expected = kDraws / static_cast<double>(bound);
    for (const int count : counts) {
      // Five standard deviations: the seed is fixed, so this is no gamble.
      CHECK(std::abs(count - expected) <= 5 * std::sqrt(expected));
    }
  }
  const std::uint64_t huge = (std::uint64_t{1} << 63) + 1;
  for (int i = 0; i < 100; ++i) CHECK(random.Below(huge) < huge);
}

TEST_CASE("Below draws again where the remainder would be biased",
          "[base][random]") {
  // 2^64 mod 3 is 1: only the word 0 is one too many.
  ScriptedRandom random({0, 0, 5});
  CHECK(random.Below(3) == 2);
  CHECK(random.used() == 3);
  // 2^64 is a multiple of 4: every word serves.
  ScriptedRandom even({0});
  CHECK(even.Below(4) == 0);
  CHECK(even.used() == 1);
}

}  // namespace
}  // namespace minga
