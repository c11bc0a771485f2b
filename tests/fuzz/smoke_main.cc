// Stands in for libFuzzer where the compiler has none: runs the target on every
// seed file, on the empty input, and on a fixed number of mutations of each,
// from a fixed seed, so that a failure can be repeated.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "node/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

constexpr int kMutationsPerSeed = 2000;
constexpr int kRandomInputs = 2000;
constexpr std::size_t kRandomBytesMax = 512;

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()),
                         input.size());
}

// One to eight edits: flip, insert, delete, duplicate a stretch, truncate.
std::string Mutate(std::string text, minga::SeededRandom& random) {
  const std::uint64_t edits = 1 + random.Below(8);
  for (std::uint64_t i = 0; i < edits; ++i) {
    const std::size_t at = text.empty() ? 0 : random.Below(text.size());
    switch (random.Below(5)) {
      case 0:
        if (!text.empty()) {
          text[at] = static_cast<char>(text[at] ^ (1 << random.Below(8)));
        }
        break;
      case 1:
        text.insert(at, 1, static_cast<char>(random.Below(256)));
        break;
      case 2:
        if (!text.empty()) text.erase(at, 1 + random.Below(16));
        break;
      case 3:
        text.insert(at, text.substr(at, 1 + random.Below(64)));
        break;
      default:
        if (random.Below(4) == 0) text.resize(at);
    }
  }
  return text;
}

std::vector<std::string> Seeds(int argc, char** argv) {
  std::vector<std::string> seeds = {""};
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) continue;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      seeds.emplace_back(std::istreambuf_iterator<char>(file),
                         std::istreambuf_iterator<char>());
    }
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  minga::SeededRandom random(20261121);
  const std::vector<std::string> seeds = Seeds(argc, argv);
  for (const std::string& seed : seeds) {
    Run(seed);
    for (int i = 0; i < kMutationsPerSeed; ++i) Run(Mutate(seed, random));
  }
  for (int i = 0; i < kRandomInputs; ++i) {
    Run(random.Bytes(random.Below(kRandomBytesMax)));
  }
  std::printf("%zu seeds, %zu inputs\n", seeds.size(),
              seeds.size() * (kMutationsPerSeed + 1) + kRandomInputs);
  return 0;
}
