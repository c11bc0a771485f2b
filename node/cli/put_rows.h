// Reads records from a file and puts them into the node, batch by batch: what
// `import` and `put` share.
#ifndef MINGA_NODE_CLI_PUT_ROWS_H_
#define MINGA_NODE_CLI_PUT_ROWS_H_

#include <string>

#include "absl/status/status.h"
#include "node/base/ids.h"

namespace minga::cli {

struct Context;

struct ImportOptions {
  std::string path;
  std::string mapping;  // empty: JSON Lines
  RecordKind bare_kind = RecordKind::kUnspecified;
  bool dry_run = false;
  std::string report;  // file for the bad rows; empty: only the first few
};

// Good rows go in, bad ones are reported by line with their reason; then
// context.exit_code is kSomeRefused. An error means that reading or putting
// stopped; what went in before stays.
absl::Status PutRows(Context& context, const ImportOptions& options);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_PUT_ROWS_H_
