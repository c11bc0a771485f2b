// LogFolder takes an export of the log into a folder, file by file, so that it
// can be cut off at any moment and goes on where it was.
#ifndef MINGA_NODE_CLI_LOG_FOLDER_H_
#define MINGA_NODE_CLI_LOG_FOLDER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::cli {

// While an export is not whole, the file `unfinished` says how many bundles are
// safe on disk; no folder with it passes for a log.
class LogFolder {
 public:
  // Makes the folder, or takes up one that an earlier export has left.
  //   FAILED_PRECONDITION  there is something in it that is no export.
  static absl::StatusOr<LogFolder> Open(const std::string& root);

  // Full bundles, with the tiles that end with them, that are safe on disk.
  std::uint64_t bundles() const { return bundles_; }

  // Writes one file whole or not at all. `path` is checked: only files of a log
  // are taken.
  absl::Status Put(absl::string_view path, absl::string_view content);
  // The last file, `checkpoint`, is there: syncs everything, removes what
  // belonged to the log's earlier end only.
  //   DATA_LOSS  the folder holds more entries: the node's log was cut back.
  absl::Status Finish(std::uint64_t size, absl::string_view checkpoint);

 private:
  explicit LogFolder(std::string root) : root_(std::move(root)) {}
  absl::Status Sync() const;
  absl::Status SayUnfinished(std::uint64_t bundles);
  absl::Status RemoveStale(std::uint64_t size) const;

  std::string root_;
  std::uint64_t bundles_ = 0;
  std::uint64_t entries_ = 0;  // of the export that was there
  std::uint64_t put_ = 0;      // bundles put since then
  bool cosigned_ = false;      // this export has a file `cosigned`
};

}  // namespace minga::cli

#endif  // MINGA_NODE_CLI_LOG_FOLDER_H_
