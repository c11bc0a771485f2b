// Files that hold nothing of their own: an index is lost without harm, and made
// again from what it indexes.
#ifndef MINGA_STORAGE_SQLITE_DERIVED_FILE_H_
#define MINGA_STORAGE_SQLITE_DERIVED_FILE_H_

#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace minga::storage::sqlite {

// Removes what there is of the file at `path`.
inline void RemoveDerived(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::remove(absl::StrCat(path, suffix).c_str());
  }
}

// Returns `open(path)`. A file that is damaged, or of a newer program, is
// removed first: what is opened then is empty.
template <typename Open>
auto OpenDerived(const std::string& path, const Open& open) {
  auto opened = open(path);
  if (absl::IsDataLoss(opened.status()) ||
      absl::IsFailedPrecondition(opened.status())) {
    RemoveDerived(path);
    opened = open(path);
  }
  return opened;
}

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_DERIVED_FILE_H_
