// Exit codes of `minga`, documented in the root README.
#ifndef MINGA_NODE_CLI_EXIT_CODE_H_
#define MINGA_NODE_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace minga::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,       // anything not named below
  kUsage = 2,        // wrong words on the command line
  kRefused = 3,      // the input is not valid
  kNotFound = 4,     // no such record, peer, file
  kConflict = 5,     // not in this state: exists, not in force...
  kNoNode = 6,       // no daemon answers on this data folder
  kSomeRefused = 7,  // import: good rows went in, bad ones were reported
  kCheckFailed = 8,  // audit verify, peer check: something does not hold
  kNoSpace = 9,      // disk full or over a limit
};

ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_EXIT_CODE_H_
