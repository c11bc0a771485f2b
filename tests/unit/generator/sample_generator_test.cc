#include "tests/generator/sample_generator.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <ctime>
#include <map>
#include <set>
#include <string>

#include "minga/v1/pes.pb.h"
#include "node/exchange/content.h"
#include "node/exchange/validate.h"
#include "tests/generator/words.h"

namespace minga::testing {
namespace {

const absl::CivilDay kAsOf(2026, 11, 21);
constexpr char kAsOfText[] = "2026-11-21";

TEST_CASE("a seed decides a sample", "[generator]") {
  const SampleGenerator one(1, kAsOf);
  const SampleGenerator again(1, kAsOf);
  const SampleGenerator other(2, kAsOf);
  const Country country = Country::Of("EC");
  // In any order: a record does not depend on those made before it.
  const std::string tenth = one.Vacancy(country, 10).SerializeAsString();
  for (std::uint64_t n = 0; n < 20; ++n) again.Vacancy(country, n);
  CHECK(again.Vacancy(country, 10).SerializeAsString() == tenth);
  CHECK(other.Vacancy(country, 10).SerializeAsString() != tenth);
  CHECK(one.Vacancy(Country::Of("PE"), 10).SerializeAsString() != tenth);
  const SamplePerson person = one.Person(country, 4);
  CHECK(again.Person(country, 4).profile.SerializeAsString() ==
        person.profile.SerializeAsString());
  CHECK(other.Person(country, 4).profile.id() != person.profile.id());
}

TEST_CASE("samples of every country are valid records", "[generator]") {
  const SampleGenerator generator(7, kAsOf);
  int countries = 0;
  for (const CountryWords& words : Countries()) {
    const Country country = *Country::Parse(words.code);
    REQUIRE(SampleGenerator::Knows(country));
    ++countries;
    std::set<std::string> ids;
    for (std::uint64_t n = 0; n < 3 * kVacancyCycle; ++n) {
      v1::Record record;
      *record.mutable_vacancy() = generator.Vacancy(country, n);
      const auto content = exchange::ContentOf(record);
      REQUIRE(content.ok());
      const absl::Status valid =
          exchange::Validate(*content, country, exchange::Source::kOwn);
      INFO(record.ShortDebugString());
      CHECK(valid == absl::OkStatus());
      CHECK(ids.insert(record.vacancy().id()).second);
    }
    for (std::uint64_t n = 0; n < 3 * kPersonCycle; ++n) {
      SamplePerson person = generator.Person(country, n);
      v1::Record record;
      *record.mutable_profile() = person.profile;
      const auto content = exchange::ContentOf(record);
      REQUIRE(content.ok());
      INFO(record.ShortDebugString());
      CHECK(exchange::Validate(*content, country, exchange::Source::kOwn) ==
            absl::OkStatus());
      if (!person.consent.has_value()) continue;
      CHECK(exchange::ValidateConsent(*person.consent) == absl::OkStatus());
    }
  }
  CHECK(countries == 11);
  CHECK_FALSE(SampleGenerator::Knows(Country::Of("FR")));
}

TEST_CASE("each case of a vacancy shows in it", "[generator]") {
  const SampleGenerator generator(3, kAsOf);
  std::map<VacancyCase, int> seen;
  for (std::uint64_t n = 0; n < kVacancyCycle; ++n) {
    const v1::Vacancy vacancy = generator.Vacancy(Country::Of("CO"), n);
    const v1::Recruitment& recruitment = vacancy.recruitment();
    const VacancyCase which = CaseOfVacancy(n);
    ++seen[which];
    CHECK((which == VacancyCase::kFee) == !recruitment.worker_fees().empty());
    CHECK((which == VacancyCase::kDocuments) ==
          recruitment.documents_retained());
    CHECK((which == VacancyCase::kUnlicensedAgency) ==
          (recruitment.agency() && recruitment.licence().empty()));
    CHECK((which == VacancyCase::kExpiredLicence) ==
          (!recruitment.licence().empty() &&
           recruitment.licence_valid_until() < kAsOfText));
    CHECK((which == VacancyCase::kNotShared) ==
          !vacancy.sharing().cross_border());
    CHECK((which == VacancyCase::kFewCountries) ==
          !vacancy.sharing().countries().empty());
    CHECK((which == VacancyCase::kClosed) == vacancy.has_closed_at());
    CHECK((which == VacancyCase::kWithdrawn) ==
          (vacancy.status() == v1::VACANCY_STATUS_WITHDRAWN));
    CHECK((which == VacancyCase::kConfidential) ==
          vacancy.employer().confidential());
    CHECK((which == VacancyCase::kWeaponsSector) ==
          (vacancy.employer().isic() == "C2520"));
    CHECK((which == VacancyCase::kDefenceSector) ==
          (vacancy.employer().isic() == "O8422"));
    if (which == VacancyCase::kHouseholdAgency) {
      CHECK(vacancy.employer().isic() == "T9700");
      CHECK(recruitment.agency());
    }
    CHECK((which == VacancyCase::kNoWrittenContract) ==
          !recruitment.written_contract());
    const std::string& text = vacancy.texts(0).description();
    CHECK((which == VacancyCase::kContactInText) ==
          (text.find("example") != std::string::npos));
    if (which == VacancyCase::kConfidential) {
      CHECK(text.find(vacancy.employer().name()) == std::string::npos);
    }
  }
  CHECK(seen.size() == 15);
}

TEST_CASE("each case of a person shows in them", "[generator]") {
  const SampleGenerator generator(3, kAsOf);
  std::set<PersonCase> seen;
  for (std::uint64_t n = 0; n < kPersonCycle; ++n) {
    const SamplePerson person = generator.Person(Country::Of("MX"), n);
    const PersonCase which = CaseOfPerson(n);
    seen.insert(which);
    CHECK((which == PersonCase::kNoConsent) == !person.consent.has_value());
    CHECK((which == PersonCase::kInactive) ==
          (person.profile.status() == v1::PROFILE_STATUS_INACTIVE));
    CHECK((which == PersonCase::kMinor) ==
          (person.profile.identity().birth_date() > "2008-11-21"));
    if (!person.consent.has_value()) continue;
    const v1::Consent& consent = *person.consent;
    CHECK((which == PersonCase::kExpired) == (consent.expires() < kAsOfText));
    CHECK((which == PersonCase::kOtherCountry) ==
          (consent.countries_size() == 1));
    CHECK((which == PersonCase::kOtherPurpose) ==
          (consent.purposes(0) == v1::PURPOSE_STATISTICS));
    CHECK((which == PersonCase::kFewSections) ==
          (consent.sections_size() == 2));
  }
  CHECK(seen.size() == 9);
}

// What the policies show of people: two digits of ISCO-08, a band of education,
// the country.
TEST_CASE("most people are alike enough to be shown, some are not",
          "[generator]") {
  constexpr int kPeople = 400;
  constexpr int kSmallest = 5;
  const SampleGenerator generator(5, kAsOf);
  std::map<std::pair<std::string, int>, int> classes;
  for (std::uint64_t n = 0; n < kPeople; ++n) {
    const v1::Profile profile = generator.Person(Country::Of("CO"), n).profile;
    std::set<std::string> groups;
    for (const v1::Occupation& wanted : profile.desired_occupations()) {
      groups.insert(wanted.isco().substr(0, 2));
    }
    std::string name;
    for (const std::string& group : groups) name += group;
    const int level = profile.education().isced_level().min();
    ++classes[{name, level < 3 ? 0 : level < 5 ? 1 : 2}];
  }
  int shown = 0;
  for (const auto& [unused, members] : classes) {
    if (members >= kSmallest) shown += members;
  }
  CHECK(shown > kPeople * 7 / 10);
  CHECK(shown < kPeople);
}

TEST_CASE("the word lists cover ISCO-08", "[generator]") {
  std::set<char> major_groups;
  int occupations = 0;
  for (const auto list :
       {ProfessionalOccupations(), TechnicalOccupations(), ServiceOccupations(),
        CraftOccupations(), OperatorOccupations()}) {
    for (const Occupation& occupation : list) {
      ++occupations;
      major_groups.insert(occupation.isco[0]);
      CHECK(std::string(occupation.isco).size() == 4);
      CHECK(std::string(occupation.isic).size() == 5);
    }
  }
  CHECK(occupations >= 100);
  CHECK(major_groups.size() == 10);
}

TEST_CASE("a vacancy has the size of real ones", "[generator]") {
  constexpr std::uint64_t kCount = 20'000;
  const SampleGenerator generator(9, kAsOf);
  std::uint64_t bytes = 0;
  const std::clock_t start = std::clock();
  for (std::uint64_t n = 0; n < kCount; ++n) {
    bytes += generator.Vacancy(Country::Of("CO"), n).ByteSizeLong();
  }
  const double seconds =
      static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(bytes / kCount > 700);
  CHECK(bytes / kCount < 1500);
  // A figure, not a limit: machines differ.
  WARN(bytes / kCount << " bytes each, "
                      << static_cast<double>(kCount) / seconds
                      << " vacancies a second of processor time");
}

}  // namespace
}  // namespace minga::testing
