#ifndef MINGA_STORAGE_SQLITE_PEOPLE_H_
#define MINGA_STORAGE_SQLITE_PEOPLE_H_

#include "storage/person_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/vault.h"

namespace minga::storage::sqlite {

// PersonStore over table `person`. Threads: its connection's.
class People final : public PersonStore {
 public:
  // `vault` outlives this.
  explicit People(const Vault& vault) : vault_(vault) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::string> Key(absl::string_view person) const override;
  absl::StatusOr<std::optional<std::string>> Consent(
      absl::string_view person) const override;
  absl::StatusOr<std::vector<PersonId>> ConsentsEndedBefore(
      absl::CivilDay day, absl::string_view after, int limit) const override;

  absl::StatusOr<std::string> KeyOrNew(absl::string_view person) override;
  absl::Status SetConsent(absl::string_view person, absl::string_view consent,
                          absl::CivilDay ends) override;
  absl::StatusOr<bool> Destroy(absl::string_view person) override;

 private:
  absl::StatusOr<std::optional<std::string>> FindKey(
      absl::string_view person) const;

  const Vault& vault_;
  Statement key_;
  Statement consent_;
  Statement ended_;
  Statement insert_;
  Statement set_consent_;
  Statement destroy_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_PEOPLE_H_
