#include "node/files.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace minga {
namespace {

using testing::TemporaryFolder;

TEST_CASE("a file is replaced whole, with its mode", "[node][files]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a";
  REQUIRE(WriteFileAtomically(path, "one", 0644).ok());
  REQUIRE(WriteFileAtomically(path, "two", 0600).ok());
  CHECK(ReadFile(path, 10).value() == "two");
  CHECK(ReadSecretFile(path, 10).value() == "two");
  CHECK_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST_CASE("a temporary file of a crash is in nobody's way", "[node][files]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a";
  REQUIRE(WriteFileAtomically(path + ".tmp", "half a secr", 0644).ok());
  REQUIRE(WriteFileAtomically(path, "secret", 0600).ok());
  CHECK(ReadSecretFile(path, 10).value() == "secret");
}

TEST_CASE("what cannot be read says why", "[node][files]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a";
  CHECK(absl::IsNotFound(ReadFile(path, 10).status()));
  CHECK(absl::IsFailedPrecondition(ReadFile(folder.path(), 10).status()));
  REQUIRE(WriteFileAtomically(path, "0123456789", 0644).ok());
  CHECK(ReadFile(path, 10).value() == "0123456789");
  CHECK(absl::IsInvalidArgument(ReadFile(path, 9).status()));
  CHECK(absl::IsFailedPrecondition(ReadSecretFile(path, 10).status()));
  REQUIRE(::mkfifo((folder.path() + "/pipe").c_str(), 0600) == 0);
  CHECK(absl::IsFailedPrecondition(
      ReadFile(folder.path() + "/pipe", 10).status()));
}

TEST_CASE("a folder has one daemon", "[node][files]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/lock";
  {
    const absl::StatusOr<FolderLock> first = FolderLock::Take(path);
    REQUIRE(first.ok());
    CHECK(absl::IsFailedPrecondition(FolderLock::Take(path).status()));
  }
  CHECK(FolderLock::Take(path).ok());
}

}  // namespace
}  // namespace minga
