// The packs in deploy/policy keep what every country promises and what they
// promise themselves, within the time that an activation may take.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/proof/proof.h"

namespace minga::policy::proof {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> NationalPacks() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  std::vector<fs::path> packs;
  for (const auto& entry : fs::directory_iterator(
           fs::path(root == nullptr ? "." : root) / "deploy" / "policy")) {
    const fs::path file = entry.path() / "national.textproto";
    if (fs::exists(file)) packs.push_back(file);
  }
  std::sort(packs.begin(), packs.end());
  return packs;
}

std::string Text(const Report& report) {
  std::string text;
  for (const Proved& proved : report.proved) {
    absl::StrAppend(&text, "proved ", proved.id, " in ",
                    absl::FormatDuration(proved.took), "\n");
  }
  for (const Finding& finding : report.findings) {
    absl::StrAppend(&text, FindingName(finding.kind), ": ", finding.message,
                    "\n", finding.counterexample);
  }
  return text;
}

TEST_CASE("every pack is proved", "[policy][proof][packs]") {
  const std::vector<fs::path> packs = NationalPacks();
  REQUIRE(packs.size() >= 3);
  for (const fs::path& path : packs) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    const auto report = Prove(
        DocumentSource{path.parent_path().filename().string(), text.str()},
        Options());
    INFO(path << "\n" << report.status());
    REQUIRE(report.ok());
    if (std::getenv("MINGA_SHOW_PROOFS") != nullptr) {
      WARN(path.string() << "\n" << Text(*report));
    }
    INFO(Text(*report));
    CHECK(report->ok());
  }
}

}  // namespace
}  // namespace minga::policy::proof
