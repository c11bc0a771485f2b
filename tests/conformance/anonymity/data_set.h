// The public data sets of anonymity research, with their hierarchies.
#ifndef MINGA_TESTS_CONFORMANCE_ANONYMITY_DATA_SET_H_
#define MINGA_TESTS_CONFORMANCE_ANONYMITY_DATA_SET_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/exchange/import/byte_source.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/table.h"

namespace minga::policy::anonymity {

struct DataSet {
  std::vector<Hierarchy> hierarchies;
  Histogram histogram{1};
  // Columns whose file is no hierarchy, with the reason.
  std::vector<std::string> refused;
};

inline absl::StatusOr<std::string> ReadAll(const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const auto source, importing::OpenBytes(path));
  std::string all;
  std::string block(std::size_t{1} << 16, '\0');
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const std::size_t read,
                           source->Read(absl::MakeSpan(block)));
    if (read == 0) return all;
    all.append(block, 0, read);
  }
}

// The folder of data set `name`; nullopt if it is not on this machine.
inline std::optional<std::filesystem::path> FindDataSet(
    const std::string& name) {
  const char* root = std::getenv("MINGA_TEST_DATA");
  if (root == nullptr) return std::nullopt;
  const auto folder = std::filesystem::path(root) / "anonymity" / name;
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder;
}

// All columns that have a hierarchy, in the order of their names.
inline absl::StatusOr<DataSet> LoadDataSet(
    const std::filesystem::path& folder) {
  DataSet set;
  const std::string prefix =
      absl::StrCat(folder.filename().string(), "_hierarchy_");
  std::vector<std::filesystem::path> files;
  for (const auto& file :
       std::filesystem::directory_iterator(folder / "hierarchies")) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    const std::string full = file.filename().string();
    absl::string_view name = full;
    absl::ConsumePrefix(&name, prefix);
    absl::ConsumeSuffix(&name, ".gz");
    absl::ConsumeSuffix(&name, ".csv");
    MINGA_ASSIGN_OR_RETURN(const std::string text, ReadAll(file.string()));
    absl::StatusOr<Hierarchy> hierarchy =
        Hierarchy::Parse(std::string(name), text);
    if (hierarchy.ok()) {
      set.hierarchies.push_back(*std::move(hierarchy));
    } else {
      set.refused.emplace_back(hierarchy.status().message());
    }
  }
  std::string path = (folder / folder.filename()).string() + ".csv";
  if (!std::filesystem::exists(path)) path += ".gz";
  MINGA_ASSIGN_OR_RETURN(const std::string table, ReadAll(path));
  TableReader reader(set.hierarchies, folder.filename().string(), ';');
  for (const absl::string_view line : absl::StrSplit(table, '\n')) {
    MINGA_RETURN_IF_ERROR(reader.AddLine(line));
  }
  set.histogram = reader.histogram();
  return set;
}

}  // namespace minga::policy::anonymity

#endif  // MINGA_TESTS_CONFORMANCE_ANONYMITY_DATA_SET_H_
