// Random damage to an export of 1,000 entries: all of it is found, with its
// place. MINGA_TAMPER_BITS: how many bits are flipped one after the other
// (20,000), or "all"; MINGA_SEED: which.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "tests/support/exported_log.h"

namespace minga::storage {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  std::uint64_t value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

// The bits of everything that is evidence; README.md is for people.
std::uint64_t BitsOf(const MemoryFiles& files) {
  std::uint64_t bits = 0;
  for (const auto& [path, bytes] : files.files) {
    if (path != "README.md") bits += 8 * bytes.size();
  }
  return bits;
}

void CheckFlip(MemoryFiles& files, const FolderQuestion& question,
               std::uint64_t bit) {
  for (auto& [path, bytes] : files.files) {
    if (path == "README.md") continue;
    if (bit >= 8 * bytes.size()) {
      bit -= 8 * bytes.size();
      continue;
    }
    char& byte = bytes[bit / 8];
    const char before = byte;
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
    const FolderVerdict verdict = VerifyFolder(files, question).value();
    byte = before;
    // A fault of this very file.
    bool named = false;
    for (const std::string& fault : verdict.faults) {
      named = named || absl::StartsWith(fault, path);
    }
    if (!named) {
      FAIL("bit " << bit << " of " << path << " flipped, faults: "
                  << absl::StrJoin(verdict.faults, " | "));
    }
    return;
  }
}

TEST_CASE("every bit flipped is found in its file", "[evidence][tampering]") {
  ExportedLog exported;
  exported.Grow(1000);
  MemoryFiles files = exported.Export();
  files.files["cosigned"] = exported.SignedAt(990);
  const FolderQuestion question = exported.Question();
  REQUIRE(VerifyFolder(files, question).value().faults.empty());
  const std::uint64_t bits = BitsOf(files);

  const char* wanted = std::getenv("MINGA_TAMPER_BITS");
  if (wanted != nullptr && absl::string_view(wanted) == "all") {
    for (std::uint64_t bit = 0; bit < bits; ++bit) {
      CheckFlip(files, question, bit);
    }
    WARN("all " << bits << " bits were flipped, each was found");
    return;
  }
  const std::uint64_t seed = FromEnvironment("MINGA_SEED", 6962);
  const std::uint64_t flips = FromEnvironment("MINGA_TAMPER_BITS", 20'000);
  SeededRandom random(seed);
  for (std::uint64_t i = 0; i < flips; ++i) {
    CheckFlip(files, question, random.Below(bits));
  }
  WARN(flips << " of " << bits << " bits flipped with seed " << seed
             << ", each was found");
}

}  // namespace
}  // namespace minga::storage
