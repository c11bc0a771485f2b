// The packs and drafts in deploy/policy pass their own cases, which cover every
// rule and every condition and notice every change.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/cases/cases.h"

namespace minga::policy::cases {
namespace {

namespace fs = std::filesystem;

DocumentSource Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  INFO(path);
  REQUIRE(file.good());
  return DocumentSource{path.filename().string(), text.str()};
}

// Documents and their cases.
std::vector<std::pair<fs::path, fs::path>> Delivered() {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  const fs::path folder =
      fs::path(root == nullptr ? "." : root) / "deploy" / "policy";
  std::vector<std::pair<fs::path, fs::path>> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path& path = entry.path();
    const std::string name = path.filename().string();
    if (name == "national.textproto") {
      found.emplace_back(path, path.parent_path() / "cases.textproto");
    } else if (path.parent_path().filename() == "mou" &&
               path.extension() == ".textproto" &&
               !absl::EndsWith(name, ".cases.textproto")) {
      fs::path cases = path;
      found.emplace_back(path, cases.replace_extension(".cases.textproto"));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string Text(const Report& report) {
  std::string text;
  for (const Failure& failure : report.failures) {
    absl::StrAppend(&text, failure.place, ": ", failure.id, ": ",
                    failure.message, "\n");
  }
  return absl::StrCat(text, absl::StrJoin(report.uncovered, "\n"), "\n",
                      absl::StrJoin(report.survivors, "\n"));
}

TEST_CASE("the delivered packs and drafts pass their cases", "[cases][packs]") {
  const auto delivered = Delivered();
  REQUIRE(delivered.size() >= 14);  // eleven countries, three drafts
  for (const auto& [document, cases] : delivered) {
    INFO(document);
    const auto report = TestPolicy(Read(document), Read(cases));
    INFO(report.status());
    REQUIRE(report.ok());
    INFO(Text(*report));
    CHECK(report->ok());
    CHECK(report->cases >= 38);
    CHECK(report->mutants > report->rules);
  }
}

}  // namespace
}  // namespace minga::policy::cases
