// The packs as they are delivered, for tests.
#ifndef MINGA_TESTS_UNIT_POLICY_PACKS_H_
#define MINGA_TESTS_UNIT_POLICY_PACKS_H_

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/policy_set.h"

namespace minga::policy {

// The file `path` of deploy/policy.
inline DocumentSource Read(const std::string& path) {
  const char* root = std::getenv("MINGA_SOURCE_DIR");
  const std::string full =
      absl::StrCat(root == nullptr ? "." : root, "/deploy/policy/", path);
  std::ifstream file(full);
  std::stringstream text;
  text << file.rdbuf();
  INFO(full);
  REQUIRE(file.good());
  return DocumentSource{path, text.str()};
}

}  // namespace minga::policy

#endif  // MINGA_TESTS_UNIT_POLICY_PACKS_H_
