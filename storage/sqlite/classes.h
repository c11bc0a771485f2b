#ifndef MINGA_STORAGE_SQLITE_CLASSES_H_
#define MINGA_STORAGE_SQLITE_CLASSES_H_

#include "storage/class_store.h"
#include "storage/sqlite/connection.h"

namespace minga::storage::sqlite {

// ClassStore over tables `class`, which counts, and `class_member`. Threads:
// its connection's.
class Classes final : public ClassStore {
 public:
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::optional<Digest>> ClassOf(
      const PeerId& peer, absl::string_view profile) const override;
  absl::StatusOr<std::int64_t> Size(const PeerId& peer,
                                    const Digest& klass) const override;
  absl::StatusOr<std::vector<std::string>> Members(const PeerId& peer,
                                                   const Digest& klass,
                                                   absl::string_view after,
                                                   int limit) const override;

  absl::Status Join(const PeerId& peer, absl::string_view profile,
                    const Digest& klass) override;
  absl::StatusOr<bool> Leave(const PeerId& peer,
                             absl::string_view profile) override;
  absl::Status Drop(const PeerId& peer) override;

 private:
  Statement class_of_;
  Statement size_;
  Statement members_;
  Statement grow_;
  Statement shrink_;
  Statement forget_;
  Statement join_;
  Statement leave_;
  Statement drop_members_;
  Statement drop_classes_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_CLASSES_H_
