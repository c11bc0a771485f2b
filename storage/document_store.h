// DocumentStore keeps named documents: policies, MoU notes, counters of the
// node itself, and what waits for somebody (holds, notices to persons).
#ifndef MINGA_STORAGE_DOCUMENT_STORE_H_
#define MINGA_STORAGE_DOCUMENT_STORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minga::storage {

// Stands in every backup (CopySqliteDatabase) and in no database in use: what is
// opened with it is an older copy that was put back.
inline constexpr absl::string_view kDocBackupMark = "backup-copy";

class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  // Names are paths such as "policy/national", "mou/EC".
  virtual absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view name) const = 0;
  // (name, document) of all names that begin with `prefix`, by name.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> List(
      absl::string_view prefix) const = 0;
  // The same for names > `after`, at most `limit`: for what may be many.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Page(
      absl::string_view prefix, absl::string_view after, int limit) const = 0;
};

class DocumentStore : public DocumentReader {
 public:
  virtual absl::Status Put(absl::string_view name,
                           absl::string_view document) = 0;
  // False if there was none.
  virtual absl::StatusOr<bool> Remove(absl::string_view name) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_DOCUMENT_STORE_H_
