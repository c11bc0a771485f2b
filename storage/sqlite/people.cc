#include "storage/sqlite/people.h"

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kKey[] = "SELECT key FROM person WHERE person = ?1";
constexpr char kConsent[] = "SELECT key, consent FROM person WHERE person = ?1";
// By the index of ends, because few consents have ended and all have a person.
constexpr char kEnded[] =
    "SELECT person FROM person INDEXED BY person_by_end"
    " WHERE consent_ends < ?1 AND person > ?2 ORDER BY person LIMIT ?3";
constexpr char kInsert[] = "INSERT INTO person (person, key) VALUES (?1, ?2)";
constexpr char kSetConsent[] =
    "UPDATE person SET consent = ?2, consent_ends = ?3 WHERE person = ?1";
constexpr char kDestroy[] =
    "DELETE FROM person WHERE person = ?1 RETURNING person";

// Vault's kinds.
constexpr char kPersonKey[] = "person";
constexpr char kPersonConsent[] = "consent";

// The id is the caller's own; it never goes into an error message, which may
// reach a log that cannot forget.
absl::Status Unknown() {
  return absl::NotFoundError("person: unknown or erased");
}

std::int64_t NumberOf(absl::CivilDay day) {
  return day - absl::CivilDay(1970, 1, 1);
}

}  // namespace

absl::Status People::Prepare(Connection& connection) {
  return connection.Prepare({{&key_, kKey},
                             {&consent_, kConsent},
                             {&ended_, kEnded},
                             {&insert_, kInsert},
                             {&set_consent_, kSetConsent},
                             {&destroy_, kDestroy}});
}

absl::StatusOr<std::optional<std::string>> People::FindKey(
    absl::string_view person) const {
  Run run(key_, person);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<std::string>();
  MINGA_ASSIGN_OR_RETURN(std::string key,
                         vault_.Open(kPersonKey, person, run.View(0)));
  return std::optional<std::string>(std::move(key));
}

absl::StatusOr<std::string> People::Key(absl::string_view person) const {
  MINGA_ASSIGN_OR_RETURN(std::optional<std::string> key, FindKey(person));
  if (!key.has_value()) return Unknown();
  return *std::move(key);
}

absl::StatusOr<std::optional<std::string>> People::Consent(
    absl::string_view person) const {
  Run run(consent_, person);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return Unknown();
  if (run.IsNull(1)) return std::optional<std::string>();
  MINGA_ASSIGN_OR_RETURN(const std::string key,
                         vault_.Open(kPersonKey, person, run.View(0)));
  MINGA_ASSIGN_OR_RETURN(
      std::string consent,
      Vault::OpenUnder(key, kPersonConsent, person, run.View(1)));
  return std::optional<std::string>(std::move(consent));
}

absl::StatusOr<std::vector<PersonId>> People::ConsentsEndedBefore(
    absl::CivilDay day, absl::string_view after, int limit) const {
  std::vector<PersonId> people;
  Run run(ended_, NumberOf(day), after, limit < 0 ? 0 : limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool more, run.Next());
    if (!more) return people;
    people.push_back(run.String(0));
  }
}

absl::StatusOr<std::string> People::KeyOrNew(absl::string_view person) {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(person));
  MINGA_ASSIGN_OR_RETURN(std::optional<std::string> known, FindKey(person));
  if (known.has_value()) return *std::move(known);
  std::string key = vault_.NewKey();
  MINGA_ASSIGN_OR_RETURN(const std::string sealed,
                         vault_.Seal(kPersonKey, person, key));
  Run run(insert_, person, Bytes{sealed});
  MINGA_RETURN_IF_ERROR(run.Finish());
  return key;
}

absl::Status People::SetConsent(absl::string_view person,
                                absl::string_view consent,
                                absl::CivilDay ends) {
  MINGA_ASSIGN_OR_RETURN(const std::string key, KeyOrNew(person));
  MINGA_ASSIGN_OR_RETURN(
      const std::string sealed,
      vault_.SealUnder(key, kPersonConsent, person, consent));
  Run run(set_consent_, person, Bytes{sealed}, NumberOf(ends));
  return run.Finish();
}

absl::StatusOr<bool> People::Destroy(absl::string_view person) {
  Run run(destroy_, person);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return false;
  MINGA_RETURN_IF_ERROR(run.Finish());
  return true;
}

}  // namespace minga::storage::sqlite
