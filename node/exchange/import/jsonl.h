// JSON Lines: one record per line in protobuf's JSON mapping. A line is
//   {"vacancy": {...}}   or   {"profile": {...}, "consent": {...}}
// (a minga.v1.Record with the consent beside it), or a bare record if the
// caller says of which kind. Unknown fields are refused.
#ifndef MINGA_NODE_EXCHANGE_IMPORT_JSONL_H_
#define MINGA_NODE_EXCHANGE_IMPORT_JSONL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "node/exchange/import/byte_source.h"
#include "node/exchange/import/reader.h"

namespace minga::importing {

// Lines of white space only are passed over. A line longer than
// kImportLineBytesMax is a bad row, skipped in bounded memory.
// `bare_kind` is kUnspecified, kVacancy or kProfile.
std::unique_ptr<RecordSource> ReadJsonLines(std::unique_ptr<ByteSource> source,
                                            RecordKind bare_kind);

// Fills `row.record` and `row.consent` from one line, or says in `row.status`
// why not. Returns `row.status`.
absl::Status ParseRecordLine(absl::string_view line, RecordKind bare_kind,
                             Row& row);

// The line (without its end) that reads back as this row: INTERNAL if a string
// in it is not UTF-8. `consent` may be null.
absl::StatusOr<std::string> FormatRecordLine(const v1::Record& record,
                                             const v1::Consent* consent);

}  // namespace minga::importing

#endif  // MINGA_NODE_EXCHANGE_IMPORT_JSONL_H_
