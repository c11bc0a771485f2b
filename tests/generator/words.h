// The words and weights that sample data is made of, written for Minga. All
// employers, people and figures are invented; wages are only of the right order
// of magnitude.
#ifndef MINGA_TESTS_GENERATOR_WORDS_H_
#define MINGA_TESTS_GENERATOR_WORDS_H_

#include <cstdint>

#include "absl/types/span.h"

namespace minga::testing {

// Why an occupation is in the list, beside being common.
enum class Use : std::uint8_t {
  kCommon,
  kRare,      // so rare that its class of people stays below k
  kWeapons,   // ISIC C2520, which the draft MoU excludes
  kDefence,   // ISIC O8422, likewise
  kHousehold  // ISIC T9700, excluded through agencies
};

struct Occupation {
  const char* isco;     // ISCO-08 unit group
  const char* isic;     // ISIC Rev. 4 class of a usual employer
  int weight;           // how common, relative
  int pay_percent;      // of the country's middle wage
  int isced;            // usual level asked
  const char* licence;  // driving licence asked, "" = none
  Use use;
  const char* title;  // Spanish
  const char* title_pt;
  const char* title_en;
  const char* tasks[3];         // Spanish, infinitives
  const char* requirements[2];  // Spanish, noun phrases
  const char* skills[3];        // Spanish labels
};

struct Region {
  const char* subdivision;  // ISO 3166-2
  int weight;
  const char* towns[3];  // nullptr = fewer
};

struct CountryWords {
  const char* code;
  const char* name;
  const char* language;  // of its vacancies
  const char* currency;
  std::int64_t middle_pay;  // a month, whole units
  std::int64_t lowest_pay;
  std::int64_t pay_step;  // wages are multiples of it
  int full_time_hours;
  const char* document;  // what its identity document is called
  absl::Span<const Region> regions;
};

// Managers, professionals (and ISCO major group 0).
absl::Span<const Occupation> ProfessionalOccupations();
absl::Span<const Occupation> TechnicalOccupations();
// Clerks, service and sales workers.
absl::Span<const Occupation> ServiceOccupations();
// Farm workers, crafts.
absl::Span<const Occupation> CraftOccupations();
// Machine operators, elementary occupations.
absl::Span<const Occupation> OperatorOccupations();

absl::Span<const CountryWords> Countries();

// Invented names of employers are a core and an ending.
absl::Span<const char* const> EmployerCores();
absl::Span<const char* const> EmployerEndings();
absl::Span<const char* const> AgencyNames();

absl::Span<const char* const> WomensNames();
absl::Span<const char* const> MensNames();
absl::Span<const char* const> FamilyNames();
absl::Span<const char* const> Streets();

// Sentences of advertisements. "%e" employer, "%t" title, "%c" town.
absl::Span<const char* const> Openings();
absl::Span<const char* const> OpeningsPt();
absl::Span<const char* const> OpeningsEn();
absl::Span<const char* const> BodiesPt();
absl::Span<const char* const> BodiesEn();
absl::Span<const char* const> Offers();
absl::Span<const char* const> Closings();
absl::Span<const char* const> BenefitItems();
// With a phone number and an address, as people do write them although nobody
// should: for the redaction of free text.
absl::Span<const char* const> ContactSentences();
absl::Span<const char* const> ProfileTexts();

}  // namespace minga::testing

#endif  // MINGA_TESTS_GENERATOR_WORDS_H_
