#ifndef MINGA_STORAGE_SQLITE_DOCUMENTS_H_
#define MINGA_STORAGE_SQLITE_DOCUMENTS_H_

#include "storage/document_store.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// DocumentStore over table `document`. Threads: its connection's.
class Documents final : public DocumentStore {
 public:
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view name) const override;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> List(
      absl::string_view prefix) const override;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Page(
      absl::string_view prefix, absl::string_view after,
      int limit) const override;

  absl::Status Put(absl::string_view name, absl::string_view document) override;
  absl::StatusOr<bool> Remove(absl::string_view name) override;

 private:
  Statement get_;
  Statement list_;
  Statement page_;
  Statement put_;
  Statement remove_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_DOCUMENTS_H_
