#include "node/files.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace minga {
namespace {

struct Folder {
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "minga-files-XXXXXX")
            .string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

TEST_CASE("a file is replaced whole, with its mode", "[node][files]") {
  const Folder folder;
  const std::string path = folder.path + "/a";
  REQUIRE(WriteFileAtomically(path, "one", 0644).ok());
  REQUIRE(WriteFileAtomically(path, "two", 0600).ok());
  CHECK(ReadFile(path, 10).value() == "two");
  CHECK(ReadSecretFile(path, 10).value() == "two");
  CHECK_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST_CASE("a temporary file of a crash is in nobody's way", "[node][files]") {
  const Folder folder;
  const std::string path = folder.path + "/a";
  REQUIRE(WriteFileAtomically(path + ".tmp", "half a secr", 0644).ok());
  REQUIRE(WriteFileAtomically(path, "secret", 0600).ok());
  CHECK(ReadSecretFile(path, 10).value() == "secret");
}

TEST_CASE("what cannot be read says why", "[node][files]") {
  const Folder folder;
  const std::string path = folder.path + "/a";
  CHECK(absl::IsNotFound(ReadFile(path, 10).status()));
  CHECK(absl::IsFailedPrecondition(ReadFile(folder.path, 10).status()));
  REQUIRE(WriteFileAtomically(path, "0123456789", 0644).ok());
  CHECK(ReadFile(path, 10).value() == "0123456789");
  CHECK(absl::IsInvalidArgument(ReadFile(path, 9).status()));
  CHECK(absl::IsFailedPrecondition(ReadSecretFile(path, 10).status()));
  REQUIRE(::mkfifo((folder.path + "/pipe").c_str(), 0600) == 0);
  CHECK(
      absl::IsFailedPrecondition(ReadFile(folder.path + "/pipe", 10).status()));
}

TEST_CASE("a folder has one daemon", "[node][files]") {
  const Folder folder;
  const std::string path = folder.path + "/lock";
  {
    const absl::StatusOr<FolderLock> first = FolderLock::Take(path);
    REQUIRE(first.ok());
    CHECK(absl::IsFailedPrecondition(FolderLock::Take(path).status()));
  }
  CHECK(FolderLock::Take(path).ok());
}

}  // namespace
}  // namespace minga
