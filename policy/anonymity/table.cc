#include "policy/anonymity/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/status.h"
#include "node/base/strings.h"

namespace minga::policy::anonymity {

std::vector<std::string> SplitCells(absl::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back().push_back('"');
      ++i;
    } else if (c == '"' && (quoted || cells.back().empty())) {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      cells.emplace_back();
    } else {
      cells.back().push_back(c);
    }
  }
  return cells;
}

TableReader::TableReader(const std::vector<Hierarchy>& hierarchies,
                         std::string name, char separator)
    : hierarchies_(hierarchies),
      name_(std::move(name)),
      separator_(separator),
      histogram_(std::max<std::size_t>(1, hierarchies.size())),
      tuple_(hierarchies.size()) {}

TableReader::TableReader(std::vector<Hierarchy>* hierarchies, std::string name,
                         char separator)
    : hierarchies_(*hierarchies),
      growing_(hierarchies),
      name_(std::move(name)),
      separator_(separator),
      histogram_(std::max<std::size_t>(1, hierarchies->size())),
      tuple_(hierarchies->size()) {}

absl::Status TableReader::Refuse(const std::string& why) const {
  return absl::InvalidArgumentError(absl::StrCat(name_, ":", line_, ": ", why));
}

absl::Status TableReader::Header(absl::string_view line) {
  absl::ConsumePrefix(&line, "\xEF\xBB\xBF");
  const std::vector<std::string> names = SplitCells(line, separator_);
  std::vector<std::size_t> places;
  for (const Hierarchy& hierarchy : hierarchies_) {
    const auto found = std::find(names.begin(), names.end(), hierarchy.name());
    if (found == names.end()) {
      return Refuse(absl::StrCat("no column `", Printable(hierarchy.name(), 80),
                                 "` in the first line"));
    }
    places.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  columns_ = names.size();
  column_ = std::move(places);
  return absl::OkStatus();
}

absl::Status TableReader::AddLine(absl::string_view line) {
  ++line_;
  absl::ConsumeSuffix(&line, "\r");
  if (line.size() > kTableLineBytesMax) {
    return Refuse(absl::StrCat("a line of ", line.size(), " bytes; at most ",
                               kTableLineBytesMax));
  }
  if (columns_ == 0) return Header(line);
  if (line.empty()) return absl::OkStatus();
  const std::vector<std::string> cells = SplitCells(line, separator_);
  if (cells.size() != columns_) {
    return Refuse(
        absl::StrCat("expected ", columns_, " columns, found ", cells.size()));
  }
  for (std::size_t i = 0; i < hierarchies_.size(); ++i) {
    const std::string& cell = cells[column_[i]];
    const absl::StatusOr<ValueId> value = growing_ == nullptr
                                              ? hierarchies_[i].Find(cell)
                                              : (*growing_)[i].FindOrAdd(cell);
    if (!value.ok()) return Refuse(std::string(value.status().message()));
    tuple_[i] = *value;
  }
  histogram_.Add(tuple_);
  return absl::OkStatus();
}

}  // namespace minga::policy::anonymity
