#include "tests/simulation/region/ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::region {

bool Ledger::IsActive(Country peer) const {
  const auto found = peers.find(peer);
  return found != peers.end() && found->second;
}

std::map<std::string, SeenVacancy> Ledger::VacanciesFor(
    Country peer, absl::CivilDay day) const {
  std::map<std::string, SeenVacancy> seen;
  if (!IsActive(peer) || !law->vacancies || !SendsTo(*law, peer, day)) {
    return seen;
  }
  for (const auto& [id, vacancy] : vacancies) {
    if (!vacancy.open || vacancy.closing < day) continue;
    if (vacancy.fee && !law->fees) continue;
    seen[id] = {vacancy.title, law->pay, vacancy.fee};
  }
  return seen;
}

std::set<std::string> Ledger::PeopleFor(Country peer,
                                        absl::CivilDay day) const {
  std::set<std::string> seen;
  if (!IsActive(peer) || !law->people || !SendsTo(*law, peer, day)) return seen;
  for (const auto& [id, person] : people) {
    if (!person.active || !person.consent.has_value()) continue;
    const Consent& consent = *person.consent;
    if (!consent.countries.contains(peer)) continue;
    if (day < consent.given || day > consent.expires) continue;
    seen.insert(id);
  }
  return seen;
}

bool Ledger::Admits(const SeenVacancy& vacancy) const {
  return law->admits && (law->fees || !vacancy.fee);
}

v1::Record RecordOf(Country own, const std::string& id,
                    const Vacancy& vacancy) {
  v1::Record record;
  v1::Vacancy& message = *record.mutable_vacancy();
  message.set_id(id);
  message.set_status(vacancy.open ? v1::VACANCY_STATUS_OPEN
                                  : v1::VACANCY_STATUS_CLOSED);
  v1::LocalizedText& text = *message.add_texts();
  text.set_language("es");
  text.set_title(vacancy.title);
  text.set_description("Taller busca soldador.");
  message.mutable_employer()->set_name("Taller Andino");
  message.add_locations()->set_country(own.ToString());
  message.mutable_occupation()->set_isco("7212");
  message.set_openings(2);
  v1::Pay& pay = *message.mutable_pay();
  pay.set_min_hundredths(180000000);
  pay.set_currency("USD");
  pay.set_interval(v1::PAY_INTERVAL_MONTH);
  message.set_closing_date(FormatDay(vacancy.closing));
  message.mutable_sharing()->set_cross_border(true);
  message.mutable_created_at()->set_seconds(absl::ToUnixSeconds(
      absl::FromCivil(vacancy.created, absl::UTCTimeZone())));
  v1::Recruitment& terms = *message.mutable_recruitment();
  terms.set_agency(false);
  terms.set_documents_retained(false);
  if (vacancy.fee) {
    v1::Fee& fee = *terms.add_worker_fees();
    fee.set_category(v1::FEE_CATEGORY_MEDICAL);
    fee.set_amount_hundredths(1000);
    fee.set_currency("USD");
  }
  return record;
}

v1::Record RecordOf(Country own, const std::string& id, const Person& person) {
  v1::Record record;
  v1::Profile& profile = *record.mutable_profile();
  profile.set_id(id);
  profile.set_status(person.active ? v1::PROFILE_STATUS_ACTIVE
                                   : v1::PROFILE_STATUS_INACTIVE);
  profile.add_desired_occupations()->set_isco(person.occupation);
  profile.mutable_residence()->set_country(own.ToString());
  profile.mutable_residence()->set_subdivision(person.subdivision);
  profile.mutable_residence()->set_municipality(std::string(kSecret));
  profile.set_contactable(true);
  profile.mutable_identity()->set_name(absl::StrCat(kSecret, " ", id));
  profile.set_free_text(std::string(kSecret));
  return record;
}

v1::Consent MessageOf(const Consent& consent) {
  v1::Consent message;
  for (const char* section : {"basic", "occupation", "region", "skills"}) {
    message.add_sections(section);
  }
  for (const Country country : consent.countries) {
    message.add_countries(country.ToString());
  }
  message.add_purposes(v1::PURPOSE_JOB_MATCHING);
  message.set_given_on(FormatDay(consent.given));
  message.set_expires(FormatDay(consent.expires));
  return message;
}

absl::StatusOr<Person> PersonIn(const v1::Profile& profile,
                                const std::optional<std::string>& consent) {
  Person person;
  person.occupation = profile.desired_occupations(0).isco();
  person.subdivision = profile.residence().subdivision();
  person.active = profile.status() == v1::PROFILE_STATUS_ACTIVE;
  v1::Consent message;
  if (!consent.has_value() || consent->empty()) return person;
  if (!message.ParseFromString(*consent)) {
    return absl::DataLossError("a stored consent is none");
  }
  Consent& known = person.consent.emplace();
  for (const std::string& code : message.countries()) {
    MINGA_ASSIGN_OR_RETURN(const Country country, Country::Parse(code));
    known.countries.insert(country);
  }
  MINGA_ASSIGN_OR_RETURN(known.given, ParseDay(message.given_on()));
  MINGA_ASSIGN_OR_RETURN(known.expires, ParseDay(message.expires()));
  return person;
}

SeenVacancy SeenIn(const v1::Vacancy& vacancy) {
  SeenVacancy seen;
  if (vacancy.texts_size() > 0) seen.title = vacancy.texts(0).title();
  seen.pay = vacancy.has_pay();
  seen.fee = vacancy.recruitment().worker_fees_size() > 0;
  return seen;
}

}  // namespace minga::region
