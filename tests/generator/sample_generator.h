// Sample vacancies and people, the same for the same seed: for the demo, tests
// and benchmarks. Everything is invented; README.md says what is in it.
#ifndef MINGA_TESTS_GENERATOR_SAMPLE_GENERATOR_H_
#define MINGA_TESTS_GENERATOR_SAMPLE_GENERATOR_H_

#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/ids.h"

namespace minga::testing {

struct SamplePerson {
  v1::Profile profile;
  std::optional<v1::Consent> consent;
};

// Why the nth record is special; the rest are ordinary. Vacancies repeat these
// every kVacancyCycle, people every kPersonCycle, so that a small sample has
// all of them.
enum class VacancyCase : std::uint8_t {
  kOrdinary,
  kFee,                // asks a fee of the worker
  kDocuments,          // documents are retained
  kUnlicensedAgency,   // no licence
  kExpiredLicence,     // a licence that ended
  kNotShared,          // not across borders, with a reason
  kFewCountries,       // shared with two countries only
  kClosed,             // with a closing time
  kWithdrawn,          // by the employer
  kConfidential,       // the employer is not to be named
  kWeaponsSector,      // ISIC C2520, excluded by the draft MoU
  kDefenceSector,      // ISIC O8422, likewise
  kHouseholdAgency,    // ISIC T9700 through an agency, likewise
  kNoWrittenContract,  // says so
  kContactInText       // phone and e-mail in the description
};
enum class PersonCase : std::uint8_t {
  kOrdinary,
  kNoConsent,
  kOtherCountry,  // consent for one country only
  kExpired,       // consent that ended
  kOtherPurpose,  // consent for statistics only
  kFewSections,   // consent that leaves the occupation out
  kInactive,      // no longer seeking
  kMinor,         // 16 or 17 years old
  kRare           // an occupation or a region that few have
};
inline constexpr std::uint64_t kVacancyCycle = 64;
inline constexpr std::uint64_t kPersonCycle = 32;

VacancyCase CaseOfVacancy(std::uint64_t n);
PersonCase CaseOfPerson(std::uint64_t n);

// Each record depends on the seed, the day, the country and its number only.
// Threads: any thread may call any method.
class SampleGenerator {
 public:
  // `as_of` is the day on which the sample looks fresh: records were made in
  // the two months before it.
  SampleGenerator(std::uint64_t seed, absl::CivilDay as_of)
      : seed_(seed), as_of_(as_of) {}

  // True for the eleven countries of the Quito Process.
  static bool Knows(Country country);

  // About 1 KB. REQUIRES: Knows(country).
  v1::Vacancy Vacancy(Country country, std::uint64_t n) const;
  SamplePerson Person(Country country, std::uint64_t n) const;

 private:
  const std::uint64_t seed_;
  const absl::CivilDay as_of_;
};

}  // namespace minga::testing

#endif  // MINGA_TESTS_GENERATOR_SAMPLE_GENERATOR_H_
