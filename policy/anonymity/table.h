// Tables of records as text, one line each, and what they look like
// generalised. For the search on files; a node's own records come from its
// store.
#ifndef MINGA_POLICY_ANONYMITY_TABLE_H_
#define MINGA_POLICY_ANONYMITY_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"

namespace minga::policy::anonymity {

// Bytes of one line of a table.
inline constexpr std::size_t kTableLineBytesMax = std::size_t{1} << 20;

// Splits one line at `separator`; a cell that begins with `"` ends with it, may
// hold the separator, and a quote in it is doubled.
std::vector<std::string> SplitCells(absl::string_view line, char separator);

// Reads a table line by line. The first line names the columns; those that have
// a hierarchy of their name are the quasi-identifiers, the others are ignored.
class TableReader {
 public:
  // `hierarchies` outlive the reader.
  TableReader(const std::vector<Hierarchy>& hierarchies, std::string name,
              char separator);

  // Values that are not in a hierarchy that is a rule are taken into it.
  TableReader(std::vector<Hierarchy>* hierarchies, std::string name,
              char separator);

  // A line without its end. INVALID_ARGUMENT "name:line: ..." for a header
  // without one of the hierarchies' columns, a line of another length than the
  // header, or a value that its hierarchy does not have. Such a line counts for
  // nothing: after a refused header the next line is read as one.
  absl::Status AddLine(absl::string_view line);
  // Lines read so far, with the header.
  std::uint64_t lines() const { return line_; }

  const Histogram& histogram() const { return histogram_; }

 private:
  absl::Status Header(absl::string_view line);
  absl::Status Refuse(const std::string& why) const;

  const std::vector<Hierarchy>& hierarchies_;
  std::vector<Hierarchy>* const growing_ = nullptr;
  const std::string name_;
  const char separator_;
  Histogram histogram_;
  std::uint64_t line_ = 0;
  std::size_t columns_ = 0;
  // Column of each hierarchy.
  std::vector<std::size_t> column_;
  std::vector<ValueId> tuple_;
};

}  // namespace minga::policy::anonymity

#endif  // MINGA_POLICY_ANONYMITY_TABLE_H_
