// A streaming reader of comma-separated values (RFC 4180): quoted fields with
// line ends and doubled quotes, LF or CRLF, a byte-order mark, other delimiters
// and encodings.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_CSV_H_
#define MINGA_NODE_EXCHANGE_IMPORT_CSV_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/exchange/import/byte_source.h"
#include "node/exchange/import/text_input.h"

namespace minga::importing {

enum class Encoding { kUtf8, kLatin1, kWindows1252 };

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  Encoding encoding = Encoding::kUtf8;
};

// One row. `fields` are UTF-8 whatever the file's encoding.
struct CsvRow {
  std::uint64_t line = 0;  // where the row begins, from 1
  // INVALID_ARGUMENT: the row is longer than kImportLineBytesMax, has more
  // columns than kImportColumnsMax, a stray or unclosed quote, or bytes that
  // are not its encoding; `fields` means nothing then, and the next row can
  // still be read.
  absl::Status status;
  std::vector<std::string> fields;
};

// Memory: kImportLineBytesMax for the row and a buffer of the input. A row that
// is too long is passed over to its own end: quotes are followed, so that text
// inside a quoted field never becomes a row.
// Threads: one.
class CsvReader {
 public:
  CsvReader(std::unique_ptr<ByteSource> source, const CsvDialect& dialect);

  // Reads the next row into `row`, reusing its memory; false at the end. Lines
  // without any byte are not rows. An error (DATA_LOSS, UNKNOWN, or
  // INVALID_ARGUMENT for a file in UTF-16 or UTF-32) ends the reading.
  absl::StatusOr<bool> Next(CsvRow& row);

  Progress progress() const { return input_.progress(); }

 private:
  TextInput input_;
  const CsvDialect dialect_;
  std::uint64_t line_ = 1;
};

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_CSV_H_
