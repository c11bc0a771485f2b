#include "node/hierarchy_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/files.h"

namespace minga {
namespace {

// More than all hierarchies there are; a folder with so many files is another.
constexpr std::size_t kFilesMax = 100;

absl::StatusOr<std::vector<std::filesystem::path>> HierarchiesIn(
    const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator file(folder, error);
  std::vector<std::filesystem::path> found;
  for (; !error && file != std::filesystem::directory_iterator();
       file.increment(error)) {
    if (file->path().extension() != ".csv") continue;
    found.push_back(file->path());
    if (found.size() > kFilesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", folder, "` has more than ", kFilesMax,
                       " files: is it the folder of the hierarchies?"));
    }
  }
  if (error) {
    return absl::NotFoundError(
        absl::StrCat("the hierarchies in `", folder, "`: ", error.message()));
  }
  if (found.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "`", folder, "` has no hierarchies: no file in it ends ", "in `.csv`"));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const exchange::Hierarchies>> LoadHierarchies(
    const std::string& folder) {
  if (folder.empty()) return exchange::Hierarchies::BuiltIn();
  MINGA_ASSIGN_OR_RETURN(const std::vector<std::filesystem::path> paths,
                         HierarchiesIn(folder));
  std::vector<exchange::HierarchyFile> files;
  for (const std::filesystem::path& path : paths) {
    exchange::HierarchyFile file;
    file.trait = path.stem().string();
    file.name = path.string();
    MINGA_ASSIGN_OR_RETURN(
        file.text, ReadFile(file.name, policy::anonymity::kHierarchyBytesMax));
    files.push_back(std::move(file));
  }
  return exchange::Hierarchies::Parse(files);
}

}  // namespace minga
