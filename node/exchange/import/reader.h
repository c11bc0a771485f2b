// Records from a file, one by one: what `minga import` and uploads read. A bad
// row is a value with its reason, and reading goes on; only a file that cannot
// be read further is an error.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_READER_H_
#define MINGA_NODE_EXCHANGE_IMPORT_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/ids.h"
#include "node/exchange/import/byte_source.h"

namespace minga::v1 {
class Consent;
class Record;
}  // namespace minga::v1

// The folder is `import`, but that word is a keyword of C++20 modules.
namespace minga::importing {

struct Mapping;

struct Row {
  Row();
  Row(Row&&) noexcept;
  Row& operator=(Row&&) noexcept;
  ~Row();

  std::uint64_t line = 0;  // where the row begins in the file, from 1
  // INVALID_ARGUMENT or RESOURCE_EXHAUSTED: why this row is not a record,
  // naming the column or the field.
  absl::Status status;
  std::unique_ptr<v1::Record> record;    // set exactly if `status` is OK
  std::unique_ptr<v1::Consent> consent;  // of a profile, if the row has one
};

// Threads: one.
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // The next row, good or bad; nullopt at the end. An error ends the reading:
  //   DATA_LOSS         gzip data is damaged or ends early.
  //   INVALID_ARGUMENT  the file as a whole is not what was announced: no
  //                     header, a mapped column is missing, UTF-16.
  //   UNKNOWN           the machine could not read.
  virtual absl::StatusOr<std::optional<Row>> Next() = 0;

  virtual Progress progress() const = 0;
};

struct ReadOptions {
  // Set: the file is what the mapping says (CSV). Null: JSON Lines.
  std::shared_ptr<const Mapping> mapping;
  // JSON Lines only: lines are bare records of this kind (vacancy or profile)
  // instead of {"vacancy": {...}} or {"profile": {...}, "consent": {...}}.
  RecordKind bare_kind = RecordKind::kUnspecified;
};

// Opens a plain or gzip file. Errors of OpenBytes, and INVALID_ARGUMENT for a
// `bare_kind` that cannot be imported.
absl::StatusOr<std::unique_ptr<RecordSource>> OpenRecords(
    const std::string& path, const ReadOptions& options);

// The same for bytes that come from elsewhere.
absl::StatusOr<std::unique_ptr<RecordSource>> ReadRecords(
    std::unique_ptr<ByteSource> source, const ReadOptions& options);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_READER_H_
