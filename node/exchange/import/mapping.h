// A mapping file (TOML) says how the columns of a national CSV export become
// the fields of a record. The format is described in deploy/mappings/README.md.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_MAPPING_H_
#define MINGA_NODE_EXCHANGE_IMPORT_MAPPING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/ids.h"
#include "node/exchange/import/csv.h"
#include "node/exchange/import/field_path.h"
#include "node/exchange/import/values.h"

namespace minga::v1 {
class Consent;
class Record;
}  // namespace minga::v1

namespace minga::importing {

// The file's words and the standard's codes for them.
using Table = absl::flat_hash_map<std::string, std::string>;

// How one value is written into one field.
struct Target {
  FieldPath field;
  bool in_consent = false;  // the field is of the consent, not of the record
  bool required = false;    // an empty value refuses the row
  bool clean = false;       // CleanSpaces first
  char split = 0;           // several values in one, 0 = one
  std::optional<std::string> fallback;  // stands for an empty value
  std::shared_ptr<const Table> table;   // null = the value as it is
  // A value outside the table or the range is left out instead of refused.
  bool omit_outside = false;
  NumberFormat number;
  std::int64_t scale = 1;
  bool round = false;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::vector<std::string> yes = {"true", "1", "yes"};
  std::vector<std::string> no = {"false", "0", "no"};
  std::string date;  // empty = text as it is
  absl::TimeZone zone = absl::UTCTimeZone();
};

// Columns and what becomes of them; two columns are multiplied.
struct ColumnRule {
  std::string place;  // "file:line:column", for errors found later
  std::vector<std::string> columns;
  std::vector<Target> targets;
};

struct IdRule {
  std::string place;
  std::string prefix;
  std::vector<std::string> columns;  // empty = all of the row
  // The id is a digest of the columns, with "-2", "-3"... on repetitions;
  // otherwise it is the columns themselves, joined by '-'.
  bool digest = false;
};

// Immutable once loaded. Threads: any number may read it.
struct Mapping {
  // INVALID_ARGUMENT with file:line:column and, for an unknown name, the
  // nearest known one. `file` is how errors call it.
  static absl::StatusOr<std::shared_ptr<const Mapping>> Parse(
      absl::string_view text, const std::string& file);
  // The same from a file of at most kMappingBytesMax. Errors of OpenBytes too.
  static absl::StatusOr<std::shared_ptr<const Mapping>> Load(
      const std::string& path);

  Mapping();
  ~Mapping();

  std::string file;
  RecordKind kind = RecordKind::kVacancy;  // or kProfile
  CsvDialect dialect;
  bool header = true;
  std::vector<std::string> columns;  // the columns, if there is no header
  std::vector<std::string> ignored;  // columns to pass over; "*" = all others
  IdRule id;
  std::vector<ColumnRule> rules;
  // What every record begins as: the constants.
  std::unique_ptr<v1::Record> record;
  std::unique_ptr<v1::Consent> consent;  // null if nothing writes to it
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_MAPPING_H_
