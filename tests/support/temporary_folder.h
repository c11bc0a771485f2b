// A fresh folder for a test, removed with its owner.
#ifndef MINGA_TESTS_SUPPORT_TEMPORARY_FOLDER_H_
#define MINGA_TESTS_SUPPORT_TEMPORARY_FOLDER_H_

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minga::testing {

class TemporaryFolder {
 public:
  // In memory, if there is such a file system: for machines that are simulated
  // and lose their programs, but never their disks.
  enum class On { kDisk, kMemory };

  explicit TemporaryFolder(On on = On::kDisk) {
    const bool in_memory =
        on == On::kMemory && ::access("/dev/shm", W_OK | X_OK) == 0;
    std::string name = absl::StrCat(
        in_memory ? "/dev/shm"
                  : std::filesystem::temp_directory_path().string(),
        "/minga-XXXXXX");
    if (::mkdtemp(name.data()) == nullptr) {
      std::perror(name.c_str());
      std::abort();
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(absl::string_view name) const {
    return absl::StrCat(path_, "/", name);
  }

 private:
  std::string path_;
};

}  // namespace minga::testing

#endif  // MINGA_TESTS_SUPPORT_TEMPORARY_FOLDER_H_
