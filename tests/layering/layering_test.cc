// Holds every #include of the product against layers.txt.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace {

namespace fs = std::filesystem;

fs::path SourceDir() {
  const char* dir = std::getenv("MINGA_SOURCE_DIR");
  REQUIRE(dir != nullptr);
  return dir;
}

struct Layers {
  std::map<std::string, std::set<std::string>> folders;
  std::map<std::string, std::set<std::string>> headers;
};

Layers ReadLayers(std::istream& in) {
  Layers layers;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    const std::vector<std::string> head =
        absl::StrSplit(parts[0], ' ', absl::SkipEmpty());
    REQUIRE(head.size() == 2);
    const std::string name(absl::StripSuffix(head[1], ":"));
    std::set<std::string> allowed;
    if (parts.size() == 2) {
      allowed = absl::StrSplit(parts[1], ' ', absl::SkipEmpty());
    }
    (head[0] == "folder" ? layers.folders : layers.headers)[name] = allowed;
  }
  return layers;
}

// The folder that an include belongs to: generated headers count as "proto",
// and those that policy documents are made of as "proto/policy". Empty for
// headers of libraries.
std::string FolderOf(const std::string& include) {
  if (absl::StartsWith(include, "minga/v1/")) {
    return include == "minga/v1/policy.pb.h" ||
                   include == "minga/v1/common.pb.h"
               ? "proto/policy"
               : "proto";
  }
  static const std::set<std::string> kRooms = {"node", "federation", "storage",
                                               "policy", "tests"};
  const fs::path path(include);
  if (path.empty() || kRooms.count(path.begin()->string()) == 0) return "";
  return path.parent_path().string();
}

bool HeaderMatches(const std::string& pattern, const std::string& include) {
  return pattern[0] == '*' ? absl::EndsWith(include, pattern.substr(1))
                           : absl::StartsWith(include, pattern);
}

std::vector<std::string> Violations(const Layers& layers,
                                    const std::string& folder,
                                    const std::string& file,
                                    std::istream& text) {
  std::vector<std::string> found;
  const auto self = layers.folders.find(folder);
  if (self == layers.folders.end()) {
    return {absl::StrCat(file, ": folder `", folder,
                         "` is not named in layers.txt")};
  }
  int number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    absl::string_view rest(line);
    if (!absl::ConsumePrefix(&rest, "#include ") || rest.size() < 3) continue;
    const bool quoted = rest[0] == '"';
    const std::string include(
        rest.substr(1, rest.find(quoted ? '"' : '>', 1) - 1));
    const std::string place = absl::StrCat(file, ":", number, ": ");
    for (const auto& [pattern, users] : layers.headers) {
      if (HeaderMatches(pattern, include) && users.count(folder) == 0) {
        found.push_back(
            absl::StrCat(place, "`", folder, "` may not include ", include));
      }
    }
    const std::string target = FolderOf(include);
    if (!quoted || target.empty() || target == folder) continue;
    const bool all_proto =
        target == "proto/policy" && self->second.count("proto") > 0;
    if (!all_proto && self->second.count(target) == 0) {
      found.push_back(
          absl::StrCat(place, "`", folder, "` may not include `", target, "`"));
    }
  }
  return found;
}

TEST_CASE("includes follow the dependency directions", "[layering]") {
  std::ifstream file(SourceDir() / "tests/layering/layers.txt");
  REQUIRE(file.good());
  const Layers layers = ReadLayers(file);
  REQUIRE(layers.folders.size() >= 10);

  int files = 0;
  for (const char* room : {"node", "federation", "storage", "policy"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(SourceDir() / room)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h") continue;
      ++files;
      const fs::path relative = fs::relative(entry.path(), SourceDir());
      std::ifstream source(entry.path());
      for (const std::string& violation :
           Violations(layers, relative.parent_path().string(),
                      relative.string(), source)) {
        FAIL_CHECK(violation);
      }
    }
  }
  CHECK(files > 30);
}

TEST_CASE("a forbidden include is found", "[layering]") {
  std::istringstream rules(
      "folder policy: node/base proto/policy\n"
      "folder storage: policy\n"
      "header sqlite3.h: storage/sqlite\n");
  const Layers layers = ReadLayers(rules);
  const auto check = [&](const std::string& folder, const std::string& line) {
    std::istringstream text(line);
    return Violations(layers, folder, "f.cc", text).size();
  };
  CHECK(check("policy", "#include \"node/base/ids.h\"") == 0);
  CHECK(check("policy", "#include \"minga/v1/policy.pb.h\"") == 0);
  CHECK(check("policy", "#include \"minga/v1/audit.pb.h\"") == 1);
  CHECK(check("policy", "#include \"storage/database.h\"") == 1);
  CHECK(check("storage", "#include <sqlite3.h>") == 1);
  CHECK(check("cellar", "") == 1);
}

TEST_CASE("rooms stay small", "[layering]") {
  for (const char* room :
       {"node", "federation", "storage", "policy", "tests"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(SourceDir() / room)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h") continue;
      std::ifstream source(entry.path());
      const auto lines = std::count(std::istreambuf_iterator<char>(source),
                                    std::istreambuf_iterator<char>(), '\n');
      INFO(entry.path().string());
      CHECK(lines <= 400);
    }
  }
}

}  // namespace
