// PersonStore keeps one key per person and what the person consented to.
// Everything personal is sealed under that key, so that destroying it erases
// the person, also from backups that hold only the sealed bytes.
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

class PersonReader {
 public:
  virtual ~PersonReader() = default;
  // 32 bytes. NOT_FOUND if the person is unknown or was erased.
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
  // Returns the key, made first if the person is new.
  virtual absl::StatusOr<std::string> KeyOrNew(absl::string_view person) = 0;
  // Replaces the person's consent. `ends` is kept unsealed for the housekeeper.
  virtual absl::Status SetConsent(absl::string_view person,
                                  absl::string_view consent,
                                  absl::CivilDay ends) = 0;
  // Destroys key and consent; false if there was nothing.
  virtual absl::StatusOr<bool> Destroy(absl::string_view person) = 0;
};

}  // namespace minga::storage

#endif  // MINGA_STORAGE_PERSON_STORE_H_
