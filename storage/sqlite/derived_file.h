// Files that hold nothing of their own: an index is lost without harm, and made
// again from what it indexes. So they are written without waiting for the disk.
// A process that dies loses nothing by that; a machine that stops may leave
// pages of different times, and a mark beside the file tells then that it is
// not to be trusted.
#ifndef MINGA_STORAGE_SQLITE_DERIVED_FILE_H_
#define MINGA_STORAGE_SQLITE_DERIVED_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// A derived file, and its mark: `<path>-boot` names the run of the machine
// during which the file was opened, and is blank once it was closed in order.
class DerivedFile {
 public:
  explicit DerivedFile(std::string path);

  // Sets the mark, durably, and removes the file before if it was open when the
  // machine stopped, or if that cannot be known. FAILED_PRECONDITION if the
  // mark cannot be written.
  absl::Status Begin() const;

  // The file, made if there is none, to be written without waiting for the
  // disk. Begin comes first. Errors as of Connection::Open.
  absl::StatusOr<std::unique_ptr<Connection>> Open() const;

  // Empties the WAL into the file, waits for the disk and blanks the mark,
  // which stays if something fails.
  void End(Connection& connection) const;

  // Removes what there is of it but the mark.
  void Remove() const;

 private:
  const std::string path_;
  const std::string mark_;
};

// Returns `open(file)`. A file that is damaged, or of a newer program, is
// removed first: what is opened then is empty.
template <typename Open>
auto OpenDerived(const DerivedFile& file, const Open& open)
    -> decltype(open(file)) {
  absl::Status begun = file.Begin();
  if (!begun.ok()) return begun;
  auto opened = open(file);
  if (absl::IsDataLoss(opened.status()) ||
      absl::IsFailedPrecondition(opened.status())) {
    file.Remove();
    opened = open(file);
  }
  return opened;
}

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_DERIVED_FILE_H_
