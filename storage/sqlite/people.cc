#include "storage/sqlite/people.h"

#include "absl/strings/str_cat.h"
#include "node/base/status.h"

namespace minga::storage::sqlite {
namespace {

constexpr char kNumber[] = "SELECT key FROM person WHERE subject = ?1";
constexpr char kConsent[] =
    "SELECT key, consent FROM person WHERE subject = ?1";
// By the index of ends, because few consents have ended and all have a person.
constexpr char kEnded[] =
    "SELECT s.id FROM person p INDEXED BY person_by_end"
    " CROSS JOIN subject s ON s.subject = p.subject"
    " WHERE p.consent_ends < ?1 AND s.id > ?2 ORDER BY s.id LIMIT ?3";
constexpr char kInsert[] =
    "INSERT INTO person (key, subject, consent, consent_ends)"
    " VALUES (?1, ?2, ?3, ?4)";
constexpr char kSetConsent[] =
    "UPDATE person SET consent = ?2, consent_ends = ?3 WHERE key = ?1";
constexpr char kDestroy[] = "DELETE FROM person WHERE key = ?1";
constexpr char kScan[] =
    "SELECT s.id, p.key FROM subject s CROSS JOIN person p"
    " ON p.subject = s.subject"
    " WHERE s.country = ?1 AND s.kind = ?2 AND s.id > ?3"
    " ORDER BY s.id LIMIT ?4";
constexpr char kHas[] = "SELECT 1 FROM person WHERE key = ?1";

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
  return connection.Prepare({{&number_, kNumber},
                             {&consent_, kConsent},
                             {&ended_, kEnded},
                             {&insert_, kInsert},
                             {&set_consent_, kSetConsent},
                             {&destroy_, kDestroy},
                             {&scan_, kScan},
                             {&has_, kHas}});
}

absl::StatusOr<std::optional<People::Held>> People::Find(
    absl::string_view person) const {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject,
                         subjects_.Find(KeyOf(person)));
  if (subject == 0) return std::optional<Held>();
  Run run(number_, subject);
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return std::optional<Held>();
  const PersonKeys::Number number = run.Int(0);
  MINGA_ASSIGN_OR_RETURN(std::optional<std::string> key,
                         keys_.Find(number, person));
  if (!key.has_value()) return std::optional<Held>();
  return std::optional<Held>({number, *std::move(key)});
}

absl::StatusOr<std::string> People::Key(absl::string_view person) const {
  MINGA_ASSIGN_OR_RETURN(std::optional<Held> held, Find(person));
  if (!held.has_value()) return Unknown();
  return std::move(held->key);
}

absl::StatusOr<std::optional<std::string>> People::Consent(
    absl::string_view person) const {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject,
                         subjects_.Find(KeyOf(person)));
  Run run(consent_, subject);  // 0 is nobody's
  MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
  if (!found) return Unknown();
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> key,
                         keys_.Find(run.Int(0), person));
  if (!key.has_value()) return Unknown();
  if (run.IsNull(1)) return std::optional<std::string>();
  MINGA_ASSIGN_OR_RETURN(std::string consent,
                         OpenConsent(*key, person, run.View(1)));
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

absl::StatusOr<std::string> People::KeyOrNew(const PersonDraft& draft) {
  MINGA_RETURN_IF_ERROR(ValidateRecordId(draft.person));
  MINGA_ASSIGN_OR_RETURN(std::optional<Held> known, Find(draft.person));
  if (known.has_value()) return std::move(known->key);
  if (!draft.key.empty()) return Add(draft);
  MINGA_ASSIGN_OR_RETURN(
      const PersonDraft complete,
      DraftPerson(vault_, draft.person, "", draft.consent_ends));
  return Add(complete);
}

absl::StatusOr<std::string> People::Add(const PersonDraft& draft) {
  MINGA_ASSIGN_OR_RETURN(Subjects::Number subject,
                         subjects_.FindOrMake(KeyOf(draft.person)));
  if (!subjects_.IsNew(subject)) {
    // Someone without a key who comes before FindKeyless did: begins anew.
    MINGA_ASSIGN_OR_RETURN(const bool destroyed, Destroy(draft.person));
    if (destroyed) {
      MINGA_ASSIGN_OR_RETURN(subject,
                             subjects_.FindOrMake(KeyOf(draft.person)));
    }
  }
  const Held added = keys_.Add(draft);
  if (draft.sealed_consent.empty()) {
    MINGA_RETURN_IF_ERROR(
        Run::Once(insert_, added.number, subject, nullptr, nullptr));
  } else {
    MINGA_RETURN_IF_ERROR(Run::Once(insert_, added.number, subject,
                                    Bytes{draft.sealed_consent},
                                    NumberOf(draft.consent_ends)));
  }
  return added.key;
}

absl::Status People::SetConsent(absl::string_view person,
                                absl::string_view consent,
                                absl::CivilDay ends) {
  MINGA_ASSIGN_OR_RETURN(std::optional<Held> held, Find(person));
  if (!held.has_value()) {
    MINGA_ASSIGN_OR_RETURN(const PersonDraft draft,
                           DraftPerson(vault_, person, consent, ends));
    return KeyOrNew(draft).status();
  }
  MINGA_ASSIGN_OR_RETURN(const std::string sealed,
                         SealConsent(vault_, held->key, person, consent));
  return Run::Once(set_consent_, held->number, Bytes{sealed}, NumberOf(ends));
}

absl::StatusOr<bool> People::Destroy(absl::string_view person) {
  MINGA_ASSIGN_OR_RETURN(const Subjects::Number subject,
                         subjects_.Find(KeyOf(person)));
  if (subject == 0) return false;
  PersonKeys::Number number = 0;
  {
    Run run(number_, subject);
    MINGA_ASSIGN_OR_RETURN(const bool found, run.Next());
    if (!found) return false;
    number = run.Int(0);
  }
  MINGA_RETURN_IF_ERROR(Run::Once(destroy_, number));
  keys_.Destroy(number);
  MINGA_RETURN_IF_ERROR(subjects_.Release(subject));
  return true;
}

absl::StatusOr<KeylessPeople> People::FindKeyless(absl::string_view after,
                                                  int limit) {
  KeylessPeople found;
  if (keys_.in_step()) return found;
  int looked_at = 0;
  Run run(scan_, own_, RecordKind::kProfile, after, limit < 0 ? 0 : limit);
  while (true) {
    MINGA_ASSIGN_OR_RETURN(const bool next, run.Next());
    if (!next) break;
    ++looked_at;
    found.last = run.String(0);
    MINGA_ASSIGN_OR_RETURN(const bool has, keys_.Exists(run.Int(1)));
    if (!has) found.people.push_back(found.last);
  }
  found.more = looked_at == limit;
  return found;
}

absl::StatusOr<bool> People::DestroyStrayKeys(int limit) {
  if (keys_.in_step()) return false;
  MINGA_ASSIGN_OR_RETURN(const std::vector<PersonKeys::Number> numbers,
                         keys_.Numbers(keys_.looked(), limit < 0 ? 0 : limit));
  for (const PersonKeys::Number number : numbers) {
    Run run(has_, number);
    MINGA_ASSIGN_OR_RETURN(const bool has, run.Next());
    if (!has) keys_.Destroy(number);
    keys_.Looked(number);
  }
  if (!numbers.empty()) return true;
  keys_.NoteInStep();
  return false;
}

}  // namespace minga::storage::sqlite
