// Reading and writing what `minga anonymity file` works on: a table and its
// hierarchies, plain or gzip, line by line.
#ifndef MINGA_NODE_CLI_ANONYMITY_TABLE_H_
#define MINGA_NODE_CLI_ANONYMITY_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/anonymity/hierarchy.h"
#include "policy/anonymity/histogram.h"
#include "policy/anonymity/lattice.h"
#include "policy/anonymity/standing.h"

namespace minga::cli {

// Different values of all quasi-identifiers together that are kept in memory:
// 256 MiB of them.
inline constexpr std::size_t kTableValuesMax = std::size_t{1} << 26;
// Quasi-identifiers: beyond so many no lattice is small enough to be searched.
inline constexpr std::size_t kTableHierarchiesMax = 32;

struct TableFile {
  std::string path;
  char separator = ';';
  std::vector<std::string> columns;  // of the first line
};

// Opens a table for its first line. `separator` empty: `;` if there is one in
// the first line, else a tab, else `,`.
//   NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION  as OpenBytes.
//   INVALID_ARGUMENT  no first line, or a separator of several characters.
absl::StatusOr<TableFile> OpenTable(const std::string& path,
                                    const std::string& separator);

// The hierarchies of `named` ("age=age.csv"), or of the files in `folder` whose
// names are those of columns ("age.csv", as ARX "adult_hierarchy_age.csv";
// ".gz" too), in the order of the columns.
//   INVALID_ARGUMENT  a word without `=`, a column that the table does not
//                     have or that has two, errors of Hierarchy::Parse.
//   NOT_FOUND         a file or folder, or no hierarchy for any column.
absl::StatusOr<std::vector<policy::anonymity::Hierarchy>> ReadHierarchies(
    const std::vector<std::string>& named, const std::string& folder,
    const TableFile& table);

// Counts the records. Rules take in the values that come.
//   INVALID_ARGUMENT    "file:line: ..." of TableReader.
//   RESOURCE_EXHAUSTED  more different values than kTableValuesMax.
absl::StatusOr<policy::anonymity::Histogram> ReadTable(
    const TableFile& table,
    std::vector<policy::anonymity::Hierarchy>& hierarchies);

// What is shown of a table that ReadTable has read.
struct Shown {
  const std::vector<policy::anonymity::Hierarchy>& hierarchies;
  const policy::anonymity::Histogram& histogram;
  const policy::anonymity::Standing& standing;
  const std::vector<policy::anonymity::Levels>& rungs;
};

// Writes the quasi-identifiers as they are shown, and the columns `kept` as
// they are; records that are not shown are left out. Written whole or not at
// all. Reads the table again: FAILED_PRECONDITION if it has changed.
absl::Status WriteShown(const TableFile& table, const Shown& shown,
                        const std::vector<std::string>& kept,
                        const std::string& path);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_ANONYMITY_TABLE_H_
