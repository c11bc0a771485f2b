#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "tests/generator/sample_generator.h"
#include "tests/generator/sample_parts.h"

namespace minga::testing {
namespace {

constexpr std::uint64_t kSalt = 2;
constexpr std::int64_t kYearDays = 365;

// What the parts of a profile must agree on.
struct Life {
  bool woman = false;
  absl::CivilDay born;
  int level = 0;  // ISCED
  int left_school = 0;
};

Life DrawLife(const Setting& setting, const Occupation& job, PersonCase which,
              Draw& draw) {
  Life life;
  life.woman = draw.Percent(52);
  life.level = job.isced;
  if (draw.Percent(8)) life.level += draw.Percent(50) ? 1 : -1;
  const int highest = which == PersonCase::kMinor ? 2 : 8;
  life.level = std::clamp(life.level, 0, highest);
  // The years of school and study that a level takes, about.
  constexpr int kAgeOfLevel[] = {7, 12, 15, 18, 19, 21, 23, 25, 29};
  const int done = kAgeOfLevel[life.level];
  // Up to a third of a year less than `years`: minors are 16 or 17.
  const std::int64_t years =
      which == PersonCase::kMinor ? 17 : draw.Between(std::max(20, done), 61);
  life.born = setting.as_of - (years * 366) + draw.Between(0, 100);
  const auto school = static_cast<int>(life.born.year() + done);
  life.left_school = std::min(school, static_cast<int>(setting.as_of.year()));
  return life;
}

void SetIdentity(const Setting& setting, const Life& life, Draw& draw,
                 v1::Identity& identity) {
  const char* given = draw.Of(life.woman ? WomensNames() : MensNames());
  const char* family = draw.Of(FamilyNames());
  identity.set_name(
      absl::StrCat(given, " ", family, " ", draw.Of(FamilyNames())));
  identity.set_document(absl::StrCat(setting.country.words->document, " ",
                                     draw.Between(10'000'000, 99'999'999)));
  identity.set_birth_date(FormatDay(life.born));
  identity.set_email(
      absl::StrCat("persona", setting.seed, ".", setting.n, "@example.org"));
  identity.set_phone(absl::StrCat("+00 555 ", draw.Between(1000, 9999)));
  identity.set_address(
      absl::StrCat(draw.Of(Streets()), " ", draw.Between(1, 250)));
}

void SetSensitive(const Setting& setting, const Life& life, Draw& draw,
                  v1::SensitiveData& sensitive) {
  sensitive.set_sex(life.woman ? "F" : "M");
  const bool migrant = draw.Percent(15);
  sensitive.set_nationality(migrant ? "VE" : setting.country.words->code);
  if (migrant) sensitive.set_migration_status("residencia temporal");
  if (draw.Percent(3)) sensitive.set_disability("auditiva");
}

void SetWork(const Setting& setting, const Occupation& job, const Life& life,
             Draw& draw, v1::Profile& profile) {
  v1::Occupation& wanted = *profile.add_desired_occupations();
  wanted.set_isco(job.isco);
  wanted.set_text(job.title);
  if (draw.Percent(4)) {
    const Occupation& other = Catalog::Get().OfPerson(draw);
    v1::Occupation& second = *profile.add_desired_occupations();
    second.set_isco(other.isco);
    second.set_text(other.title);
  }
  profile.add_sectors(job.isic);
  v1::Experience& experience = *profile.add_experience();
  experience.mutable_occupation()->set_isco(job.isco);
  const std::int64_t years =
      std::clamp<std::int64_t>(setting.as_of.year() - life.left_school, 0, 15);
  const auto months = static_cast<int>(draw.Between(0, years * 12));
  experience.mutable_months()->set_min(months);
  experience.mutable_months()->set_max(months);
  for (const char* label : job.skills) {
    if (!draw.Percent(80)) continue;
    v1::Skill& skill = *profile.add_skills();
    skill.set_label(label);
  }
  if (job.licence[0] != '\0') profile.add_driving_licences(job.licence);
}

void SetEducation(const Life& life, v1::Education& education) {
  education.mutable_isced_level()->set_min(life.level);
  education.mutable_isced_level()->set_max(life.level);
  education.mutable_year()->set_min(life.left_school);
  education.mutable_year()->set_max(life.left_school);
}

void SetWishes(const Setting& setting, Draw& draw, v1::Profile& profile) {
  v1::Mobility& mobility = *profile.mutable_mobility();
  const std::vector<std::string>& others = setting.country.others;
  const std::uint64_t first = draw.Below(others.size());
  for (std::uint64_t i = 0; i < 1 + draw.Below(3); ++i) {
    mobility.add_countries(others[(first + i) % others.size()]);
  }
  mobility.set_relocate(draw.Percent(55));
  v1::Availability& availability = *profile.mutable_availability();
  availability.set_from(Day(setting, draw.Between(1, 60)));
  const int notice = draw.Percent(70) ? 0 : 30;
  availability.mutable_notice_days()->set_min(notice);
  availability.mutable_notice_days()->set_max(notice);
  const int hours =
      draw.Percent(85) ? setting.country.words->full_time_hours : 20;
  availability.mutable_weekly_hours()->set_min(hours);
  availability.mutable_weekly_hours()->set_max(hours);
  profile.set_contract_wanted(draw.Percent(70) ? v1::CONTRACT_TYPE_PERMANENT
                                               : v1::CONTRACT_TYPE_FIXED_TERM);
  profile.set_recognition(draw.Percent(80) ? v1::RECOGNITION_STATE_NONE
                                           : v1::RECOGNITION_STATE_REQUESTED);
  profile.set_contactable(draw.Percent(92));
}

void SetLanguages(const Setting& setting, Draw& draw, v1::Profile& profile) {
  v1::LanguageSkill& mother = *profile.add_languages();
  mother.set_language(setting.country.words->language);
  mother.set_cefr("native");
  if (!draw.Percent(25)) return;
  constexpr const char* kLevels[] = {"A1", "A2", "B1", "B2", "C1"};
  v1::LanguageSkill& foreign = *profile.add_languages();
  foreign.set_language("en");
  foreign.set_cefr(kLevels[draw.Below(5)]);
}

void AddSections(PersonCase which, Draw& draw, v1::Consent& consent) {
  if (which == PersonCase::kFewSections) {
    consent.add_sections("basic");
    consent.add_sections("availability");
    return;
  }
  for (const char* section :
       {"basic", "occupation", "education", "region", "experience", "skills",
        "languages", "licences", "mobility", "availability"}) {
    consent.add_sections(section);
  }
  if (draw.Percent(60)) consent.add_sections("recognition");
}

v1::Consent MakeConsent(const Setting& setting, PersonCase which, Draw& draw) {
  v1::Consent consent;
  AddSections(which, draw, consent);
  const std::vector<std::string>& others = setting.country.others;
  if (which == PersonCase::kOtherCountry) {
    consent.add_countries(others[draw.Below(others.size())]);
  } else {
    // Some leave one country out.
    const std::uint64_t left_out =
        draw.Percent(90) ? others.size() : draw.Below(others.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
      if (i != left_out) consent.add_countries(others[i]);
    }
  }
  if (which == PersonCase::kOtherPurpose) {
    consent.add_purposes(v1::PURPOSE_STATISTICS);
  } else {
    consent.add_purposes(v1::PURPOSE_JOB_MATCHING);
    if (draw.Percent(70)) consent.add_purposes(v1::PURPOSE_CONTACT);
  }
  const std::int64_t given = which == PersonCase::kExpired
                                 ? -draw.Between(kYearDays + 5, 600)
                                 : -draw.Between(1, 270);
  consent.set_given_on(Day(setting, given));
  consent.set_expires(Day(setting, given + kYearDays));
  consent.set_evidence(absl::StrCat("acta-", setting.seed, "-", setting.n));
  return consent;
}

}  // namespace

PersonCase CaseOfPerson(std::uint64_t n) {
  switch (n % kPersonCycle) {
    case 3:
    case 21:
      return PersonCase::kNoConsent;
    case 7:
      return PersonCase::kOtherCountry;
    case 11:
      return PersonCase::kExpired;
    case 13:
      return PersonCase::kOtherPurpose;
    case 17:
      return PersonCase::kInactive;
    case 19:
      return PersonCase::kMinor;
    case 23:
      return PersonCase::kFewSections;
    case 27:
      return PersonCase::kRare;
    default:
      return PersonCase::kOrdinary;
  }
}

SamplePerson SampleGenerator::Person(Country country, std::uint64_t n) const {
  const Catalog& catalog = Catalog::Get();
  const CountryCatalog* const words = catalog.Find(country.ToString());
  if (words == nullptr) std::abort();
  const Setting setting{*words, seed_, n, as_of_};
  Draw draw(SeedOf(setting, kSalt));
  const PersonCase which = CaseOfPerson(n);
  const bool rare = which == PersonCase::kRare;
  const Occupation& job =
      rare ? catalog.OfUse(Use::kRare, draw) : catalog.OfPerson(draw);

  SamplePerson person;
  v1::Profile& profile = person.profile;
  profile.set_id(absl::StrCat("p", seed_, "-", n));
  profile.set_status(which == PersonCase::kInactive
                         ? v1::PROFILE_STATUS_INACTIVE
                         : v1::PROFILE_STATUS_ACTIVE);
  const Life life = DrawLife(setting, job, which, draw);
  SetWork(setting, job, life, draw, profile);
  SetEducation(life, *profile.mutable_education());
  SetLanguages(setting, draw, profile);
  SetPlace(setting, rare ? *words->rarest : words->regions.Pick(draw), draw,
           *profile.mutable_residence());
  SetWishes(setting, draw, profile);
  SetMoment(setting, -draw.Between(1, 60), draw.Between(0, 86399),
            *profile.mutable_modified_at());
  SetIdentity(setting, life, draw, *profile.mutable_identity());
  SetSensitive(setting, life, draw, *profile.mutable_sensitive());
  if (draw.Percent(20)) profile.set_free_text(draw.Of(ProfileTexts()));
  if (which != PersonCase::kNoConsent) {
    person.consent = MakeConsent(setting, which, draw);
  }
  return person;
}

}  // namespace minga::testing
