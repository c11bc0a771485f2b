#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/vacancy.pb.h"
#include "tests/generator/sample_generator.h"
#include "tests/generator/sample_parts.h"

namespace minga::testing {
namespace {

constexpr std::uint64_t kSalt = 1;
constexpr std::uint64_t kEmployersOfACountry = 400;
constexpr std::int64_t kAgeDaysMax = 60;

// Who recruits, drawn first because the texts name it.
struct Firm {
  std::uint64_t number = 0;
  std::string name;
};

Firm DrawFirm(Draw& draw) {
  Firm firm;
  firm.number = draw.Below(kEmployersOfACountry);
  const auto cores = EmployerCores();
  const auto endings = EmployerEndings();
  absl::StrAppend(&firm.name, cores[firm.number % cores.size()], " ",
                  endings[firm.number / cores.size() % endings.size()]);
  return firm;
}

// Appends `sentence` with "%e", "%t" and "%c" filled in.
void AppendFilled(absl::string_view sentence, absl::string_view employer,
                  absl::string_view title, absl::string_view town,
                  std::string& out) {
  while (!sentence.empty()) {
    const std::size_t mark = sentence.find('%');
    absl::StrAppend(&out, sentence.substr(0, mark));
    if (mark == absl::string_view::npos) return;
    const char which = sentence[mark + 1];
    absl::StrAppend(&out, which == 'e'   ? employer
                          : which == 't' ? title
                                         : town);
    sentence.remove_prefix(mark + 2);
  }
}

std::string InSentence(absl::string_view title) {
  std::string text(title);
  text[0] = absl::ascii_tolower(static_cast<unsigned char>(text[0]));
  return text;
}

std::string SpanishText(const Occupation& job, absl::string_view employer,
                        absl::string_view town, VacancyCase which, Draw& draw) {
  std::string text;
  text.reserve(900);
  AppendFilled(draw.Of(Openings()), employer, InSentence(job.title), town,
               text);
  absl::StrAppend(&text, "\nFunciones: ", job.tasks[0], "; ", job.tasks[1],
                  "; ", job.tasks[2], ".\nRequisitos: ", job.requirements[0],
                  "; ", job.requirements[1], ".\n");
  // Two different ones of each.
  const std::uint64_t offer = draw.Below(Offers().size());
  const std::uint64_t closing = draw.Below(Closings().size());
  absl::StrAppend(
      &text, Offers()[offer], " ", Offers()[(offer + 2) % Offers().size()], " ",
      Closings()[closing], " ", Closings()[(closing + 1) % Closings().size()]);
  if (which == VacancyCase::kContactInText) {
    absl::StrAppend(&text, " ", draw.Of(ContactSentences()));
  }
  return text;
}

void SetTexts(const Setting& setting, const Occupation& job,
              absl::string_view employer, VacancyCase which, Draw& draw,
              v1::Vacancy& vacancy) {
  const bool portuguese =
      absl::string_view(setting.country.words->language) == "pt";
  const std::string& town = vacancy.locations(0).municipality();
  v1::LocalizedText& text = *vacancy.add_texts();
  text.set_language(setting.country.words->language);
  text.set_title(portuguese ? job.title_pt : job.title);
  const auto foreign = [&](absl::Span<const char* const> openings,
                           absl::Span<const char* const> bodies,
                           const char* title, v1::LocalizedText& into) {
    std::string body;
    AppendFilled(draw.Of(openings), employer, InSentence(title), town, body);
    absl::StrAppend(&body, " ", draw.Of(bodies));
    into.set_description(std::move(body));
  };
  if (portuguese) {
    foreign(OpeningsPt(), BodiesPt(), job.title_pt, text);
    return;
  }
  text.set_description(SpanishText(job, employer, town, which, draw));
  if (!draw.Percent(5)) return;
  const bool english = draw.Percent(60);
  v1::LocalizedText& second = *vacancy.add_texts();
  second.set_language(english ? "en" : "pt");
  second.set_title(english ? job.title_en : job.title_pt);
  if (english) {
    foreign(OpeningsEn(), BodiesEn(), job.title_en, second);
  } else {
    foreign(OpeningsPt(), BodiesPt(), job.title_pt, second);
  }
}

void SetEmployer(const Occupation& job, const Firm& firm, VacancyCase which,
                 v1::Employer& employer) {
  struct Size {
    int min;
    int max;
  };
  constexpr Size kSizes[] = {{1, 9}, {10, 49}, {50, 199}, {200, 999}};
  employer.set_name(firm.name);
  employer.set_legal_id(absl::StrCat(900'100'000 + firm.number * 137));
  employer.set_isic(job.isic);
  const Size& size = kSizes[firm.number % 4];
  employer.mutable_size()->set_min(size.min);
  employer.mutable_size()->set_max(size.max);
  employer.set_confidential(which == VacancyCase::kConfidential);
}

void SetPay(const Setting& setting, const Occupation& job, Draw& draw,
            v1::Pay& pay) {
  const CountryWords& words = *setting.country.words;
  const auto rounded = [&words](std::int64_t amount) {
    return std::max(words.lowest_pay, amount / words.pay_step * words.pay_step);
  };
  const std::int64_t middle = words.middle_pay * job.pay_percent / 100;
  const std::int64_t low = rounded(middle * draw.Between(85, 120) / 100);
  const std::int64_t high = rounded(low * draw.Between(100, 125) / 100);
  pay.set_currency(words.currency);
  pay.set_interval(v1::PAY_INTERVAL_MONTH);
  pay.set_min_hundredths(low * 100);
  pay.set_max_hundredths(high * 100);
}

void SetTerms(const Setting& setting, const Occupation& job, Draw& draw,
              v1::Vacancy& vacancy) {
  constexpr v1::ContractType kContracts[] = {
      v1::CONTRACT_TYPE_PERMANENT, v1::CONTRACT_TYPE_PERMANENT,
      v1::CONTRACT_TYPE_FIXED_TERM, v1::CONTRACT_TYPE_FIXED_TERM,
      v1::CONTRACT_TYPE_SEASONAL};
  vacancy.set_contract_type(kContracts[draw.Below(5)]);
  if (job.isic[0] == 'A') vacancy.set_contract_type(v1::CONTRACT_TYPE_SEASONAL);
  if (vacancy.contract_type() != v1::CONTRACT_TYPE_PERMANENT) {
    vacancy.set_duration_months(static_cast<int>(draw.Between(3, 12)));
  }
  const bool part_time = draw.Percent(10);
  const int hours = part_time ? 20 : setting.country.words->full_time_hours;
  vacancy.set_schedule(part_time          ? v1::SCHEDULE_PART_TIME
                       : draw.Percent(15) ? v1::SCHEDULE_SHIFTS
                                          : v1::SCHEDULE_FULL_TIME);
  vacancy.mutable_weekly_hours()->set_min(hours);
  vacancy.mutable_weekly_hours()->set_max(hours);
  if (!draw.Percent(6)) SetPay(setting, job, draw, *vacancy.mutable_pay());
  v1::Benefits& benefits = *vacancy.mutable_benefits();
  benefits.add_items(draw.Of(BenefitItems()));
  benefits.set_housing(draw.Percent(4));
  if (draw.Percent(10)) {
    benefits.set_travel_paid_by(v1::TRAVEL_PAID_BY_EMPLOYER);
  }
  vacancy.set_start_date(Day(setting, draw.Between(10, 90)));
  vacancy.set_openings(
      static_cast<int>(draw.Percent(60) ? 1 : draw.Between(2, 12)));
}

void SetRequirements(const Occupation& job, Draw& draw, v1::Vacancy& vacancy) {
  constexpr int kMonths[] = {0, 0, 6, 12, 12, 24, 36, 60};
  v1::Occupation& occupation = *vacancy.mutable_occupation();
  occupation.set_isco(job.isco);
  occupation.set_text(job.title);
  for (const char* label : job.skills) {
    v1::Skill& skill = *vacancy.add_skills();
    skill.set_label(label);
    skill.set_essential(draw.Percent(50));
  }
  const bool abroad = job.isco[0] <= '2' || draw.Percent(8);
  if (abroad && draw.Percent(40)) {
    v1::LanguageSkill& language = *vacancy.add_languages();
    language.set_language(draw.Percent(85) ? "en" : "pt");
    language.set_cefr(draw.Percent(50) ? "B1" : "B2");
  }
  vacancy.set_isced_level(job.isced);
  vacancy.set_experience_months(kMonths[draw.Below(8)]);
  if (job.licence[0] != '\0') vacancy.add_driving_licences(job.licence);
}

void SetAgency(const Setting& setting, VacancyCase which, Draw& draw,
               v1::Recruitment& recruitment) {
  const std::uint64_t number = draw.Below(AgencyNames().size());
  recruitment.set_agency(true);
  recruitment.set_recruiter_name(AgencyNames()[number]);
  recruitment.set_recruiter_id(absl::StrCat("ag-", number));
  if (which == VacancyCase::kUnlicensedAgency) return;
  recruitment.set_licence(absl::StrCat("AUT-", 1000 + number * 17));
  const std::int64_t days = which == VacancyCase::kExpiredLicence
                                ? -draw.Between(5, 200)
                                : draw.Between(90, 700);
  recruitment.set_licence_valid_until(Day(setting, days));
}

void SetRecruitment(const Setting& setting, VacancyCase which, Draw& draw,
                    v1::Recruitment& recruitment) {
  recruitment.set_contract_language(setting.country.words->language);
  recruitment.set_written_contract(which != VacancyCase::kNoWrittenContract);
  recruitment.set_documents_retained(which == VacancyCase::kDocuments);
  const bool agency = which == VacancyCase::kUnlicensedAgency ||
                      which == VacancyCase::kExpiredLicence ||
                      which == VacancyCase::kHouseholdAgency;
  if (agency || (which == VacancyCase::kOrdinary && draw.Percent(8))) {
    SetAgency(setting, which, draw, recruitment);
  }
  if (which != VacancyCase::kFee) return;
  v1::Fee& fee = *recruitment.add_worker_fees();
  fee.set_category(draw.Percent(50) ? v1::FEE_CATEGORY_RECRUITMENT
                                    : v1::FEE_CATEGORY_MEDICAL);
  fee.set_amount_hundredths(setting.country.words->lowest_pay * 10);
  fee.set_currency(setting.country.words->currency);
}

void SetSharing(const Setting& setting, VacancyCase which, Draw& draw,
                v1::Sharing& sharing) {
  sharing.set_cross_border(which != VacancyCase::kNotShared);
  if (which == VacancyCase::kNotShared) {
    sharing.set_reason_not_shared("el empleador contrata solo en la zona");
  }
  if (which != VacancyCase::kFewCountries) return;
  const std::vector<std::string>& others = setting.country.others;
  const std::uint64_t first = draw.Below(others.size());
  sharing.add_countries(others[first]);
  sharing.add_countries(others[(first + 1) % others.size()]);
}

void SetTimes(const Setting& setting, VacancyCase which, Draw& draw,
              v1::Vacancy& vacancy) {
  const std::int64_t age = draw.Between(2, kAgeDaysMax);
  const std::int64_t second = draw.Between(0, 86399);
  SetMoment(setting, -age, second, *vacancy.mutable_created_at());
  SetMoment(setting, -draw.Between(1, age), 86399,
            *vacancy.mutable_modified_at());
  vacancy.set_closing_date(Day(setting, draw.Between(5, 75)));
  vacancy.set_status(v1::VACANCY_STATUS_OPEN);
  if (which == VacancyCase::kWithdrawn) {
    vacancy.set_status(v1::VACANCY_STATUS_WITHDRAWN);
  }
  if (which != VacancyCase::kClosed) return;
  vacancy.set_status(v1::VACANCY_STATUS_CLOSED);
  *vacancy.mutable_closed_at() = vacancy.modified_at();
}

const Occupation& DrawOccupation(VacancyCase which, Draw& draw) {
  const Catalog& catalog = Catalog::Get();
  switch (which) {
    case VacancyCase::kWeaponsSector:
      return catalog.OfUse(Use::kWeapons, draw);
    case VacancyCase::kDefenceSector:
      return catalog.OfUse(Use::kDefence, draw);
    case VacancyCase::kHouseholdAgency:
      return catalog.OfUse(Use::kHousehold, draw);
    default:
      return draw.Percent(2) ? catalog.OfUse(Use::kRare, draw)
                             : catalog.OfVacancy(draw);
  }
}

}  // namespace

VacancyCase CaseOfVacancy(std::uint64_t n) {
  switch (n % kVacancyCycle) {
    case 7:
      return VacancyCase::kFee;
    case 13:
      return VacancyCase::kDocuments;
    case 19:
      return VacancyCase::kUnlicensedAgency;
    case 23:
      return VacancyCase::kExpiredLicence;
    case 29:
      return VacancyCase::kNotShared;
    case 31:
      return VacancyCase::kClosed;
    case 37:
      return VacancyCase::kWeaponsSector;
    case 41:
      return VacancyCase::kDefenceSector;
    case 43:
      return VacancyCase::kHouseholdAgency;
    case 11:
    case 47:
      return VacancyCase::kFewCountries;
    case 53:
      return VacancyCase::kWithdrawn;
    case 59:
      return VacancyCase::kNoWrittenContract;
    case 5:
    case 21:
    case 55:
      return VacancyCase::kConfidential;
    case 61:
      return VacancyCase::kContactInText;
    default:
      return VacancyCase::kOrdinary;
  }
}

v1::Vacancy SampleGenerator::Vacancy(Country country, std::uint64_t n) const {
  const CountryCatalog* const words = Catalog::Get().Find(country.ToString());
  if (words == nullptr) std::abort();
  const Setting setting{*words, seed_, n, as_of_};
  Draw draw(SeedOf(setting, kSalt));
  const VacancyCase which = CaseOfVacancy(n);
  const Occupation& job = DrawOccupation(which, draw);
  const Firm firm = DrawFirm(draw);

  v1::Vacancy vacancy;
  vacancy.set_id(absl::StrCat("v", seed_, "-", n));
  SetPlace(setting, words->regions.Pick(draw), draw, *vacancy.add_locations());
  SetTexts(setting, job,
           which == VacancyCase::kConfidential ? "Importante empresa"
                                               : absl::string_view(firm.name),
           which, draw, vacancy);
  SetEmployer(job, firm, which, *vacancy.mutable_employer());
  SetTerms(setting, job, draw, vacancy);
  SetRequirements(job, draw, vacancy);
  SetRecruitment(setting, which, draw, *vacancy.mutable_recruitment());
  SetSharing(setting, which, draw, *vacancy.mutable_sharing());
  SetTimes(setting, which, draw, vacancy);
  vacancy.set_remote(job.isic[0] == 'J' && draw.Percent(40));
  vacancy.mutable_apply()->set_through_pes(true);
  vacancy.set_provenance("minga-sample");
  return vacancy;
}

bool SampleGenerator::Knows(Country country) {
  return Catalog::Get().Find(country.ToString()) != nullptr;
}

}  // namespace minga::testing
