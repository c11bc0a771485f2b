// What a simulated country knows that it has done: its records, consents and
// law, kept beside the node and apart from it. From this alone the checks say
// what each peer may see.
#ifndef MINGA_TESTS_SIMULATION_REGION_LEDGER_H_
#define MINGA_TESTS_SIMULATION_REGION_LEDGER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "minga/v1/pes.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/ids.h"
#include "tests/simulation/region/law.h"

namespace minga::region {

// Stands in every text of a person that never leaves.
inline constexpr absl::string_view kSecret = "s3cr3t";

struct Vacancy {
  std::string title;  // tells one version from every other
  bool open = true;
  bool fee = false;
  absl::CivilDay closing;
  absl::CivilDay created;

  friend bool operator==(const Vacancy&, const Vacancy&) = default;
};

struct Consent {
  std::set<Country> countries;
  absl::CivilDay given;
  absl::CivilDay expires;

  friend bool operator==(const Consent&, const Consent&) = default;
};

struct Person {
  std::string occupation;   // ISCO-08
  std::string subdivision;  // ISO 3166-2
  bool active = true;
  std::optional<Consent> consent;

  friend bool operator==(const Person&, const Person&) = default;
};

// What a peer sees of a vacancy.
struct SeenVacancy {
  std::string title;
  bool pay = false;
  bool fee = false;

  friend bool operator==(const SeenVacancy&, const SeenVacancy&) = default;
};

struct Ledger {
  Country own;
  const Law* law = nullptr;
  std::map<std::string, Vacancy> vacancies;
  std::map<std::string, Person> people;
  std::map<Country, bool> peers;  // active?
  // Since when a law has asked for short stays abroad, if any ever did.
  std::optional<absl::CivilDay> short_stays_since;

  bool IsActive(Country peer) const;
  // What `peer` may see on `day`, by id.
  std::map<std::string, SeenVacancy> VacanciesFor(Country peer,
                                                  absl::CivilDay day) const;
  std::set<std::string> PeopleFor(Country peer, absl::CivilDay day) const;
  // True if our law lets this in from a peer.
  bool Admits(const SeenVacancy& vacancy) const;
};

v1::Record RecordOf(Country own, const std::string& id, const Vacancy& vacancy);
v1::Record RecordOf(Country own, const std::string& id, const Person& person);
v1::Consent MessageOf(const Consent& consent);
// The inverse of these, of an own profile and its consent as they are stored.
absl::StatusOr<Person> PersonIn(const v1::Profile& profile,
                                const std::optional<std::string>& consent);
// What a message that crossed shows.
SeenVacancy SeenIn(const v1::Vacancy& vacancy);

}  // namespace minga::region

#endif  // MINGA_TESTS_SIMULATION_REGION_LEDGER_H_
