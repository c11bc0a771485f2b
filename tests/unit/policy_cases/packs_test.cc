// The cases of every pack in deploy/policy pass, cover their document and would
// notice its changes.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "policy/cases/cases.h"

namespace minga::policy::cases {
namespace {

namespace fs = std::filesystem;

DocumentSource Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  INFO(path.string());
  REQUIRE(file.good());
  return {path.filename().string(), text.str()};
}

// Documents with the cases beside them.
std::vector<std::pair<fs::path, fs::path>> Packs() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  const fs::path folder =
      fs::path(root == nullptr ? "." : root) / "deploy" / "policy";
  std::vector<std::pair<fs::path, fs::path>> packs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "national.textproto")) {
      packs.emplace_back(entry.path() / "national.textproto",
                         entry.path() / "cases.textproto");
    }
  }
  for (const auto& entry : fs::directory_iterator(folder / "mou")) {
    const std::string name = entry.path().filename().string();
    if (!absl::EndsWith(name, ".textproto") ||
        absl::EndsWith(name, ".cases.textproto")) {
      continue;
    }
    packs.emplace_back(
        entry.path(),
        entry.path().parent_path() /
            absl::StrReplaceAll(name, {{".textproto", ".cases.textproto"}}));
  }
  return packs;
}

TEST_CASE("packs pass their cases", "[cases][packs]") {
  const auto packs = Packs();
  REQUIRE(packs.size() >= 14);
  for (const auto& [document, cases] : packs) {
    INFO(document.string());
    const auto report = TestPolicy(Read(document), Read(cases));
    INFO(report.status());
    REQUIRE(report.ok());
    CHECK(report->cases >= 30);
    CHECK(report->mutants >= report->rules);
    for (const Failure& failure : report->failures) {
      FAIL_CHECK(failure.id << " at " << failure.place << ": "
                            << failure.message);
    }
    for (const std::string& line : report->uncovered) FAIL_CHECK(line);
    for (const std::string& line : report->survivors) FAIL_CHECK(line);
    CHECK(report->ok());
  }
}

}  // namespace
}  // namespace minga::policy::cases
