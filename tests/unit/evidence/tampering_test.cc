// Random damage to an export of 1,000 entries: all of it is found, with its
// place. MINGA_TAMPER_BITS: how many bits are flipped one after the other
// (20,000), or "all"; MINGA_SEED: which.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
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

// What is wrong with the verdict on the files with `bit` flipped; empty: it
// names a fault of that very file.
std::string WrongAbout(MemoryFiles& files, const FolderQuestion& question,
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
    for (const std::string& fault : verdict.faults) {
      if (absl::StartsWith(fault, path)) return "";
    }
    return absl::StrCat("bit ", bit, " of ", path, " flipped, faults: ",
                        absl::StrJoin(verdict.faults, " | "));
  }
  return "no such bit";
}

// Flips each of `bits` by itself, on all cores; what was wrong first.
std::string FlipAll(const MemoryFiles& files, const FolderQuestion& question,
                    const std::vector<std::uint64_t>& bits) {
  std::vector<std::string> wrong(
      std::max(1u, std::thread::hardware_concurrency()));
  std::vector<std::thread> workers;
  for (std::size_t first = 0; first < wrong.size(); ++first) {
    workers.emplace_back([&, first] {
      MemoryFiles own = files;
      for (std::size_t i = first; i < bits.size() && wrong[first].empty();
           i += wrong.size()) {
        wrong[first] = WrongAbout(own, question, bits[i]);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (const std::string& what : wrong) {
    if (!what.empty()) return what;
  }
  return "";
}

TEST_CASE("bits flipped in linked logs are found in their files",
          "[evidence][tampering]") {
  const LinkedLogs logs(300, 40);
  const MemoryFiles files = logs.Export();
  const std::uint64_t bits = BitsOf(files);
  SeededRandom random(FromEnvironment("MINGA_SEED", 6962));
  std::vector<std::uint64_t> flipped(1000);
  for (std::uint64_t& bit : flipped) bit = random.Below(bits);
  REQUIRE(FlipAll(files, logs.first.Question(), flipped) == "");
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
  const bool all = wanted != nullptr && absl::string_view(wanted) == "all";
  const std::uint64_t seed = FromEnvironment("MINGA_SEED", 6962);
  SeededRandom random(seed);
  std::vector<std::uint64_t> flipped(
      all ? bits : FromEnvironment("MINGA_TAMPER_BITS", 20'000));
  for (std::size_t i = 0; i < flipped.size(); ++i) {
    flipped[i] = all ? i : random.Below(bits);
  }
  REQUIRE(FlipAll(files, question, flipped) == "");
  WARN(flipped.size() << " of " << bits << " bits were flipped (seed " << seed
                      << "), each was found");
}

}  // namespace
}  // namespace minga::storage
