#include "node/cli/anonymity_table.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/import/byte_source.h"
#include "node/exchange/import/text_input.h"
#include "policy/anonymity/table.h"

namespace minga::cli {
namespace {

using policy::anonymity::Hierarchy;
using policy::anonymity::Histogram;
using policy::anonymity::SplitCells;
using policy::anonymity::ValueId;

constexpr std::size_t kFolderFilesMax = 1000;

// A line that is longer is cut, and refused by those who read it.
constexpr std::size_t kLineBytesKept =
    policy::anonymity::kTableLineBytesMax + 2;

// Calls `take` with each line, without its end; stops when it returns false or
// an error.
absl::Status EachLine(
    const std::string& path,
    const std::function<absl::StatusOr<bool>(absl::string_view)>& take) {
  MINGA_ASSIGN_OR_RETURN(auto source, importing::OpenBytes(path));
  importing::TextInput input(std::move(source));
  std::string line;
  while (true) {
    const absl::string_view bytes = input.Peek();
    if (bytes.empty()) break;
    const std::size_t end = bytes.find('\n');
    const absl::string_view piece = bytes.substr(0, end);
    absl::StrAppend(&line, piece.substr(0, kLineBytesKept - line.size()));
    input.Skip(end == absl::string_view::npos ? bytes.size() : end + 1);
    if (end == absl::string_view::npos) continue;
    MINGA_ASSIGN_OR_RETURN(const bool more, take(line));
    if (!more) return absl::OkStatus();
    line.clear();
  }
  if (!input.status().ok()) return At(path, input.status());
  if (line.empty()) return absl::OkStatus();
  return take(line).status();
}

char SeparatorOf(absl::string_view line) {
  for (const char separator : {';', '\t'}) {
    if (absl::StrContains(line, absl::string_view(&separator, 1))) {
      return separator;
    }
  }
  return ',';
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::string text;
  MINGA_RETURN_IF_ERROR(
      EachLine(path, [&](absl::string_view line) -> absl::StatusOr<bool> {
        absl::StrAppend(&text, line, "\n");
        // Hierarchy::Parse refuses what is longer.
        return text.size() <= policy::anonymity::kHierarchyBytesMax;
      }));
  return text;
}

absl::StatusOr<Hierarchy> ReadHierarchy(const std::string& column,
                                        const std::string& path) {
  MINGA_ASSIGN_OR_RETURN(const std::string text, ReadWhole(path));
  const absl::string_view first =
      absl::string_view(text).substr(0, text.find('\n'));
  absl::StatusOr<Hierarchy> hierarchy =
      Hierarchy::Parse(column, text, SeparatorOf(first));
  if (hierarchy.ok()) return hierarchy;
  // "column:line: why" names the file instead.
  absl::string_view message = hierarchy.status().message();
  absl::ConsumePrefix(&message, column);
  return absl::InvalidArgumentError(absl::StrCat(path, message));
}

// "adult_hierarchy_age.csv.gz" is about "age"; nullopt for other files.
std::optional<std::string> ColumnOf(const std::filesystem::path& file) {
  const std::string full = file.filename().string();
  absl::string_view name = full;
  absl::ConsumeSuffix(&name, ".gz");
  if (!absl::ConsumeSuffix(&name, ".csv")) return std::nullopt;
  constexpr absl::string_view kArx = "_hierarchy_";
  const std::size_t arx = name.find(kArx);
  if (arx != absl::string_view::npos) name.remove_prefix(arx + kArx.size());
  return std::string(name);
}

using Paths = std::vector<std::pair<std::string, std::string>>;  // by column

absl::StatusOr<Paths> PathsIn(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator file(folder, error);
  Paths paths;
  for (; !error && file != std::filesystem::directory_iterator();
       file.increment(error)) {
    const std::optional<std::string> column = ColumnOf(file->path());
    if (!column.has_value()) continue;
    if (paths.size() >= kFolderFilesMax) {
      return absl::InvalidArgumentError(absl::StrCat(
          "`", folder, "` has more than ", kFolderFilesMax, " files"));
    }
    paths.emplace_back(*column, file->path().string());
  }
  if (!error) return paths;
  return absl::NotFoundError(
      absl::StrCat("the hierarchies in `", folder, "`: ", error.message()));
}

absl::StatusOr<Paths> PathsNamed(const std::vector<std::string>& named,
                                 const TableFile& table) {
  Paths paths;
  for (const std::string& word : named) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--hierarchy: expected COLUMN=FILE, found `", word, "`"));
    }
    const std::string column = word.substr(0, equals);
    if (std::find(table.columns.begin(), table.columns.end(), column) ==
        table.columns.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(table.path, ":1: no column `", column,
                       "`, for which there is a hierarchy"));
    }
    paths.emplace_back(column, word.substr(equals + 1));
  }
  return paths;
}

std::string Quoted(absl::string_view cell, char separator) {
  const bool plain = cell.find(separator) == absl::string_view::npos &&
                     cell.find('"') == absl::string_view::npos;
  if (plain) return std::string(cell);
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

// A file that appears under its name when it is complete.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_(path),
        part_(path + ".part"),
        file_(std::fopen(part_.c_str(), "w"), &std::fclose) {}
  ~NewFile() {
    if (file_ != nullptr) std::remove(part_.c_str());
  }

  absl::Status Write(absl::string_view text) {
    if (file_ == nullptr ||
        std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) {
      return Failed();
    }
    return absl::OkStatus();
  }

  absl::Status Finish() {
    if (file_ == nullptr || std::fflush(file_.get()) != 0 ||
        std::rename(part_.c_str(), path_.c_str()) != 0) {
      return Failed();
    }
    file_.reset();
    return absl::OkStatus();
  }

 private:
  absl::Status Failed() const {
    const int error = errno;
    const std::string message =
        absl::StrCat("cannot write `", path_, "`: ", std::strerror(error));
    return error == ENOSPC ? absl::ResourceExhaustedError(message)
                           : absl::FailedPreconditionError(message);
  }

  const std::string path_;
  const std::string part_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

// Lines of a table as they are shown.
class Shower {
 public:
  Shower(const TableFile& table, const Shown& shown)
      : table_(table), shown_(shown), tuple_(shown.hierarchies.size()) {}

  absl::StatusOr<std::string> Header(const std::vector<std::string>& kept) {
    std::vector<std::string> names;
    for (const Hierarchy& hierarchy : shown_.hierarchies) {
      names.push_back(hierarchy.name());
    }
    names.insert(names.end(), kept.begin(), kept.end());
    std::string line;
    for (const std::string& name : names) {
      const auto found =
          std::find(table_.columns.begin(), table_.columns.end(), name);
      if (found == table_.columns.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat(table_.path, ":1: no column `", name, "` to be kept"));
      }
      if (std::count(names.begin(), names.end(), name) > 1) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the column `", name, "` would come twice: it is generalised"));
      }
      places_.push_back(
          static_cast<std::size_t>(found - table_.columns.begin()));
      Append(name, line);
    }
    return Ended(std::move(line));
  }

  // "" for a record that is not shown. REQUIRES: Header was called.
  absl::StatusOr<std::string> Line(absl::string_view text) {
    const std::vector<std::string> cells = SplitCells(text, table_.separator);
    const auto changed = [this] {
      return absl::FailedPreconditionError(
          absl::StrCat("`", table_.path, "` has changed while it was read"));
    };
    if (cells.size() != table_.columns.size()) return changed();
    for (std::size_t i = 0; i < tuple_.size(); ++i) {
      const auto value = shown_.hierarchies[i].Find(cells[places_[i]]);
      if (!value.ok()) return changed();
      tuple_[i] = *value;
    }
    const std::optional<std::size_t> at = shown_.histogram.Find(tuple_);
    if (!at.has_value()) return changed();
    const std::uint32_t klass = shown_.standing.class_of[*at];
    if (klass == policy::anonymity::Standing::kHidden) return std::string();
    const policy::anonymity::Levels& levels =
        shown_.rungs[shown_.standing.classes[klass].rung];
    std::string line;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (i >= tuple_.size()) {
        Append(cells[places_[i]], line);
        continue;
      }
      const Hierarchy& of = shown_.hierarchies[i];
      Append(of.Label(levels[i], of.Generalise(levels[i], tuple_[i])), line);
    }
    return Ended(std::move(line));
  }

 private:
  void Append(absl::string_view cell, std::string& line) const {
    line += Quoted(cell, table_.separator);
    line.push_back(table_.separator);
  }
  // The last cell has no separator behind it.
  static std::string Ended(std::string line) {
    line.back() = '\n';
    return line;
  }

  const TableFile& table_;
  const Shown& shown_;
  std::vector<std::size_t> places_;  // of what is written, in the table
  std::vector<ValueId> tuple_;
};

}  // namespace

absl::StatusOr<TableFile> OpenTable(const std::string& path,
                                    const std::string& separator) {
  if (separator.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--separator: expected one character, found `", separator, "`"));
  }
  TableFile table;
  table.path = path;
  const auto first = [&](absl::string_view line) -> absl::StatusOr<bool> {
    absl::ConsumeSuffix(&line, "\r");
    if (line.size() > policy::anonymity::kTableLineBytesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":1: a line of more than ",
                       policy::anonymity::kTableLineBytesMax, " bytes"));
    }
    table.separator = separator.empty() ? SeparatorOf(line) : separator[0];
    table.columns = SplitCells(line, table.separator);
    return false;
  };
  MINGA_RETURN_IF_ERROR(EachLine(path, first));
  if (table.columns.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":1: expected the names of the columns"));
  }
  return table;
}

absl::StatusOr<std::vector<Hierarchy>> ReadHierarchies(
    const std::vector<std::string>& named, const std::string& folder,
    const TableFile& table) {
  MINGA_ASSIGN_OR_RETURN(Paths paths, PathsNamed(named, table));
  if (!folder.empty()) {
    MINGA_ASSIGN_OR_RETURN(const Paths more, PathsIn(folder));
    paths.insert(paths.end(), more.begin(), more.end());
  }
  std::vector<Hierarchy> hierarchies;
  for (const std::string& column : table.columns) {
    const auto of_column = [&](const auto& path) {
      return path.first == column;
    };
    const auto path = std::find_if(paths.begin(), paths.end(), of_column);
    if (path == paths.end()) continue;
    if (std::count_if(paths.begin(), paths.end(), of_column) > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("two hierarchies of `", column, "`"));
    }
    if (hierarchies.size() >= kTableHierarchiesMax) {
      return absl::InvalidArgumentError(absl::StrCat(
          "more than ", kTableHierarchiesMax, " columns with hierarchies"));
    }
    MINGA_ASSIGN_OR_RETURN(Hierarchy hierarchy,
                           ReadHierarchy(column, path->second));
    hierarchies.push_back(std::move(hierarchy));
  }
  if (!hierarchies.empty()) return hierarchies;
  return absl::NotFoundError(absl::StrCat(
      "no hierarchy for any column of `", table.path,
      "`: give --hierarchy COLUMN=FILE, or --hierarchies FOLDER with files ",
      "COLUMN.csv"));
}

absl::StatusOr<Histogram> ReadTable(const TableFile& table,
                                    std::vector<Hierarchy>& hierarchies) {
  policy::anonymity::TableReader reader(&hierarchies, table.path,
                                        table.separator);
  const auto take = [&](absl::string_view line) -> absl::StatusOr<bool> {
    MINGA_RETURN_IF_ERROR(reader.AddLine(line));
    if (reader.histogram().size() * hierarchies.size() <= kTableValuesMax) {
      return true;
    }
    return absl::ResourceExhaustedError(absl::StrCat(
        table.path, ":", reader.lines(), ": more than ", kTableValuesMax,
        " different values: take fewer quasi-identifiers"));
  };
  MINGA_RETURN_IF_ERROR(EachLine(table.path, take));
  return reader.histogram();
}

absl::Status WriteShown(const TableFile& table, const Shown& shown,
                        const std::vector<std::string>& kept,
                        const std::string& path) {
  Shower shower(table, shown);
  MINGA_ASSIGN_OR_RETURN(const std::string header, shower.Header(kept));
  NewFile file(path);
  MINGA_RETURN_IF_ERROR(file.Write(header));
  bool first = true;
  const auto take = [&](absl::string_view line) -> absl::StatusOr<bool> {
    absl::ConsumeSuffix(&line, "\r");
    if (std::exchange(first, false) || line.empty()) return true;
    MINGA_ASSIGN_OR_RETURN(const std::string text, shower.Line(line));
    MINGA_RETURN_IF_ERROR(file.Write(text));
    return true;
  };
  MINGA_RETURN_IF_ERROR(EachLine(table.path, take));
  return file.Finish();
}

}  // namespace minga::cli
