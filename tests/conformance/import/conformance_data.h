// Where the public data is, if it is on this machine.
#ifndef MINGA_TESTS_CONFORMANCE_IMPORT_CONFORMANCE_DATA_H_
#define MINGA_TESTS_CONFORMANCE_IMPORT_CONFORMANCE_DATA_H_

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace minga::importing {

// The path below $MINGA_TEST_DATA; nullopt, with a line that says so, if it is
// not there.
inline std::optional<std::filesystem::path> FindData(const std::string& name) {
  const char* root = std::getenv("MINGA_TEST_DATA");
  const std::filesystem::path path =
      std::filesystem::path(root != nullptr ? root : "") / name;
  if (root != nullptr && std::filesystem::exists(path)) return path;
  WARN("SKIPPED: no data at " << path.string());
  return std::nullopt;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

}  // namespace minga::importing

#endif  // MINGA_TESTS_CONFORMANCE_IMPORT_CONFORMANCE_DATA_H_
