#ifndef MINGA_STORAGE_SQLITE_PEOPLE_H_
#define MINGA_STORAGE_SQLITE_PEOPLE_H_

#include <optional>
#include <string>
#include <vector>

#include "node/base/ids.h"
#include "storage/person_store.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/person_keys.h"
#include "storage/sqlite/subjects.h"
#include "storage/sqlite/vault.h"

namespace minga::storage::sqlite {

// PersonStore over table `person`, whose rows have the numbers of their keys
// and of their profiles' subjects, and the key file. Threads: its connection's.
class People final : public PersonStore {
 public:
  // All outlive this.
  People(Country own, Subjects& subjects, const Vault& vault, PersonKeys& keys)
      : own_(own), subjects_(subjects), vault_(vault), keys_(keys) {}
  absl::Status Prepare(Connection& connection);

  absl::StatusOr<std::string> Key(absl::string_view person) const override;
  absl::StatusOr<std::optional<std::string>> Consent(
      absl::string_view person) const override;
  absl::StatusOr<std::vector<PersonId>> ConsentsEndedBefore(
      absl::CivilDay day, absl::string_view after, int limit) const override;

  absl::StatusOr<std::string> KeyOrNew(const PersonDraft& draft) override;
  absl::Status SetConsent(absl::string_view person, absl::string_view consent,
                          absl::CivilDay ends) override;
  absl::StatusOr<bool> Destroy(absl::string_view person) override;
  absl::StatusOr<KeylessPeople> FindKeyless(absl::string_view after,
                                            int limit) override;
  absl::StatusOr<bool> DestroyStrayKeys(int limit) override;

 private:
  using Held = PersonKeys::NewKey;

  RecordKey KeyOf(absl::string_view person) const {
    return {own_, RecordKind::kProfile, PersonId(person)};
  }
  // Number and key; nullopt if the person is not there or has no key.
  absl::StatusOr<std::optional<Held>> Find(absl::string_view person) const;
  // REQUIRES: the draft is complete; the person has no key.
  absl::StatusOr<std::string> Add(const PersonDraft& draft);

  const Country own_;
  Subjects& subjects_;
  const Vault& vault_;
  PersonKeys& keys_;
  Statement number_;
  Statement consent_;
  Statement ended_;
  Statement insert_;
  Statement set_consent_;
  Statement destroy_;
  Statement scan_;
  Statement has_;
};

}  // namespace minga::storage::sqlite

#endif  // MINGA_STORAGE_SQLITE_PEOPLE_H_
