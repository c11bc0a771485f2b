// A file that is made again when it is lost need not wait for the disk. A
// process that dies loses nothing by that; a machine that stops, or a disk that
// fails, may leave pages of different times. The mark beside the file tells
// whether that may be.
#ifndef MINGA_STORAGE_SQLITE_BOOT_MARK_H_
#define MINGA_STORAGE_SQLITE_BOOT_MARK_H_

#include <string>

#include "absl/status/status.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// `<path>-boot` names the run of the machine during which the file at `path`
// was opened, and is blank once that was closed in order. What it cannot tell:
// that a disk was taken away and brought back within one run.
class BootMark {
 public:
  explicit BootMark(std::string path);

  // Sets the mark, durably, before the file is opened. Removes the file first
  // if it was open when the machine stopped, if what was written to it cannot
  // be brought to the disk, or if none of that can be known.
  // FAILED_PRECONDITION or INTERNAL if the file cannot be removed or the mark
  // not be written.
  absl::Status Set() const;

  // Empties the WAL into the file, waits for the disk and blanks the mark. If
  // the disk fails, the file is not trusted again; if a reader is in the way,
  // only in this run of the machine.
  void Clear(Connection& connection) const;

 private:
  const std::string path_;
  const std::string mark_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_BOOT_MARK_H_
