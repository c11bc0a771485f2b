// PersonStore keeps one key per person and what the person consented to.
// Everything personal is sealed under that key, and the keys are kept apart
// from everything else: no backup contains them. So destroying a person's key
// erases the person, also from every backup.
#ifndef MINGA_STORAGE_PERSON_STORE_H_
#define MINGA_STORAGE_PERSON_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/ids.h"

namespace minga::storage {

// The PES's own opaque reference of a person; also the id of the person's
// profile record.
using PersonId = std::string;

// Persons who are in the database while their key is not: it was destroyed
// after this state of the database, which is an older copy put back.
struct KeylessPeople {
  std::vector<PersonId> people;
  PersonId last;  // looked at everybody up to this one
  bool more = false;
};

// Somebody who may be new, as PersonStore::KeyOrNew adds them: making a key and
// sealing under it needs no transaction (Database::Draft).
struct PersonDraft {
  PersonId person;
  std::string key;  // 32 bytes; empty: nothing is made yet
  std::string sealed_key;
  std::string sealed_consent;  // empty: none is given
  absl::CivilDay consent_ends;
};

class PersonReader {
 public:
  virtual ~PersonReader() = default;
  // 32 bytes. NOT_FOUND if the person is unknown or the key was destroyed.
  virtual absl::StatusOr<std::string> Key(absl::string_view person) const = 0;
  // Serialised consent, unsealed; nullopt if none was given. NOT_FOUND as Key.
  virtual absl::StatusOr<std::optional<std::string>> Consent(
      absl::string_view person) const = 0;
  // Persons whose consent ends on a day < `day`, by id after `after`.
  virtual absl::StatusOr<std::vector<PersonId>> ConsentsEndedBefore(
      absl::CivilDay day, absl::string_view after, int limit) const = 0;
};

class PersonStore : public PersonReader {
 public:
  // Returns the key. A person who is new is added first, with key and consent
  // of the draft; only then is anything but its person looked at.
  virtual absl::StatusOr<std::string> KeyOrNew(const PersonDraft& draft) = 0;
  // Replaces the person's consent. `ends` is kept unsealed for the housekeeper.
  virtual absl::Status SetConsent(absl::string_view person,
                                  absl::string_view consent,
                                  absl::CivilDay ends) = 0;
  // Destroys key and consent; false if there was nothing. The key is gone from
  // the disk before Database::Write returns. If that fails, Write returns the
  // error although the rest stands, and it is tried again.
  virtual absl::StatusOr<bool> Destroy(absl::string_view person) = 0;

  // After a crash, or if an older copy of the database was put back, persons
  // and keys may not belong together. These two look for what does not, and
  // cost nothing otherwise.
  //
  // Looks at `limit` persons after `after`, by id.
  virtual absl::StatusOr<KeylessPeople> FindKeyless(absl::string_view after,
                                                    int limit) = 0;
  // Destroys the keys that are nobody's, looking at `limit` keys; true if there
  // are more. False says that everything belongs together again: call it after
  // all of FindKeyless has been erased.
  virtual absl::StatusOr<bool> DestroyStrayKeys(int limit) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_PERSON_STORE_H_
