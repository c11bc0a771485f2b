#include "node/exchange/facts.h"

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/clock.h"
#include "node/exchange/obligations.h"

namespace minga::exchange {
namespace {

using policy::FactId;
using policy::Facts;

// An id that no schema has if the name is not in it: setting such a fact does
// nothing, and an absent required fact denies.
FactId IdOf(RecordKind kind, absl::string_view name) {
  return policy::SchemaOf(kind).FindFact(name).value_or(
      static_cast<FactId>(policy::kFactsMax));
}

struct VacancyFactIds {
  FactId Id(absl::string_view name) const {
    return IdOf(RecordKind::kVacancy, name);
  }
  FactId imported = Id("record.imported");
  FactId status = Id("vacancy.status");
  FactId country = Id("vacancy.country");
  FactId subdivision = Id("vacancy.subdivision");
  FactId sector = Id("vacancy.sector");
  FactId sector_section = Id("vacancy.sector_section");
  FactId occupation = Id("vacancy.occupation");
  FactId confidential = Id("vacancy.employer_confidential");
  FactId cross_border = Id("vacancy.cross_border");
  FactId countries = Id("vacancy.countries");
  FactId fee_charged = Id("vacancy.fee_charged");
  FactId documents_retained = Id("vacancy.documents_retained");
  FactId written_contract = Id("vacancy.written_contract");
  FactId licensed_recruiter = Id("vacancy.licensed_recruiter");
  FactId is_agency = Id("vacancy.is_agency");
  FactId age_days = Id("vacancy.age_days");
  FactId closing_date = Id("vacancy.closing_date");
  FactId pay_stated = Id("vacancy.pay_stated");
  FactId remote = Id("vacancy.remote");
};

struct ProfileFactIds {
  FactId Id(absl::string_view name) const {
    return IdOf(RecordKind::kProfile, name);
  }
  FactId imported = Id("record.imported");
  FactId active = Id("profile.active");
  FactId minor = Id("profile.minor");
  FactId region = Id("profile.region");
  FactId given = Id("consent.given");
  FactId countries = Id("consent.countries");
  FactId purposes = Id("consent.purposes");
  FactId sections = Id("consent.sections");
  FactId expires = Id("consent.expires");
};

struct NoticeFactIds {
  FactId Id(absl::string_view name) const {
    return IdOf(RecordKind::kRightsNotice, name);
  }
  FactId imported = Id("record.imported");
  FactId topic = Id("notice.topic");
  FactId sourced = Id("notice.sourced");
  FactId verified_on = Id("notice.verified_on");
  FactId valid_from = Id("notice.valid_from");
  FactId valid_until = Id("notice.valid_until");
};

const char* StatusName(v1::VacancyStatus status) {
  switch (status) {
    case v1::VACANCY_STATUS_OPEN:
      return "open";
    case v1::VACANCY_STATUS_CLOSED:
      return "closed";
    default:
      return "withdrawn";
  }
}

std::vector<std::string> Strings(
    const google::protobuf::RepeatedPtrField<std::string>& items) {
  return {items.begin(), items.end()};
}

void SetIfSaid(FactId id, const std::string& value, Facts& facts) {
  if (!value.empty()) facts.Set(id, value);
}

// What nothing is said about is not known, of a peer's record: the origin may
// withhold it. `at_home` the PES that says nothing of a fee knows of none.
void SetRecruitment(const VacancyFactIds& ids,
                    const v1::Recruitment& recruitment, bool at_home,
                    absl::CivilDay today, Facts& facts) {
  if (at_home || SaysTerms(recruitment)) {
    facts.Set(ids.fee_charged, !recruitment.worker_fees().empty());
  }
  if (at_home || recruitment.has_documents_retained()) {
    facts.Set(ids.documents_retained, recruitment.documents_retained());
  }
  if (recruitment.has_written_contract()) {
    facts.Set(ids.written_contract, recruitment.written_contract());
  }
  if (at_home || recruitment.has_agency()) {
    facts.Set(ids.is_agency, recruitment.agency());
  }
  // An employer who recruits for itself needs no licence: not a fact then.
  if (!recruitment.agency()) return;
  const std::string& until = recruitment.licence_valid_until();
  const bool valid = !recruitment.licence().empty() &&
                     (until.empty() || until >= FormatDay(today));
  facts.Set(ids.licensed_recruiter, valid);
}

Facts VacancyFacts(const v1::Vacancy& vacancy, bool at_home,
                   absl::CivilDay today) {
  static const auto* const known = new VacancyFactIds;
  const VacancyFactIds& ids = *known;
  Facts facts(RecordKind::kVacancy);
  facts.Set(ids.imported, false);
  facts.Set(ids.status, std::string(StatusName(vacancy.status())));
  if (!vacancy.locations().empty()) {
    facts.Set(ids.country, vacancy.locations(0).country());
    SetIfSaid(ids.subdivision, vacancy.locations(0).subdivision(), facts);
  }
  const std::string& isic = vacancy.employer().isic();
  SetIfSaid(ids.sector, isic, facts);
  if (!isic.empty()) facts.Set(ids.sector_section, isic.substr(0, 1));
  SetIfSaid(ids.occupation, vacancy.occupation().isco(), facts);
  facts.Set(ids.confidential, vacancy.employer().confidential());
  SetRecruitment(ids, vacancy.recruitment(), at_home, today, facts);
  if (vacancy.has_created_at()) {
    const absl::CivilDay created =
        DayOf(absl::FromUnixSeconds(vacancy.created_at().seconds()));
    facts.Set(ids.age_days, static_cast<std::int64_t>(today - created));
  }
  if (!vacancy.closing_date().empty()) {
    const absl::StatusOr<absl::CivilDay> day = ParseDay(vacancy.closing_date());
    if (day.ok()) facts.Set(ids.closing_date, *day);
  }
  facts.Set(ids.pay_stated, vacancy.pay().min_hundredths() > 0 ||
                                vacancy.pay().max_hundredths() > 0);
  facts.Set(ids.remote, vacancy.remote());
  return facts;
}

const ProfileFactIds& ProfileIds() {
  static const auto* const ids = new ProfileFactIds;
  return *ids;
}

Facts ProfileFacts(const v1::Profile& profile, bool active) {
  const ProfileFactIds& ids = ProfileIds();
  Facts facts(RecordKind::kProfile);
  facts.Set(ids.imported, false);
  facts.Set(ids.active, active);
  SetIfSaid(ids.region, profile.residence().subdivision(), facts);
  return facts;
}

void SetMinor(const v1::Profile& profile, absl::CivilDay today, Facts& facts) {
  const absl::StatusOr<absl::CivilDay> born =
      ParseDay(profile.identity().birth_date());
  if (!born.ok()) return;
  constexpr int kAdultYears = 18;
  const absl::CivilDay adult(born->year() + kAdultYears, born->month(),
                             born->day());
  facts.Set(ProfileIds().minor, today < adult);
}

void SetConsent(const v1::Consent* consent, absl::CivilDay today,
                Facts& facts) {
  const ProfileFactIds& ids = ProfileIds();
  const v1::Consent& said =
      consent != nullptr ? *consent : v1::Consent::default_instance();
  // What is signed for a later day is not given yet.
  const absl::StatusOr<absl::CivilDay> since = ParseDay(said.given_on());
  facts.Set(ids.given, since.ok() && *since <= today);
  facts.Set(ids.countries, Strings(said.countries()));
  facts.Set(ids.sections, Strings(said.sections()));
  std::vector<std::string> purposes;
  for (const int purpose : said.purposes()) {
    purposes.emplace_back(
        policy::PurposeName(static_cast<policy::Purpose>(purpose)));
  }
  facts.Set(ids.purposes, std::move(purposes));
  const absl::StatusOr<absl::CivilDay> expires = ParseDay(said.expires());
  if (expires.ok()) facts.Set(ids.expires, *expires);
}

void SetDay(FactId id, const std::string& day, Facts& facts) {
  const absl::StatusOr<absl::CivilDay> parsed = ParseDay(day);
  if (parsed.ok()) facts.Set(id, *parsed);
}

// "RIGHTS_TOPIC_PAY" as "pay".
std::string TopicName(v1::RightsTopic topic) {
  constexpr absl::string_view kPrefix = "RIGHTS_TOPIC_";
  return absl::AsciiStrToLower(
      absl::StripPrefix(v1::RightsTopic_Name(topic), kPrefix));
}

// The same on the way out and in: a notice has nothing that its origin alone
// would know.
Facts NoticeFacts(const v1::RightsNotice& notice) {
  static const auto* const known = new NoticeFactIds;
  const NoticeFactIds& ids = *known;
  Facts facts(RecordKind::kRightsNotice);
  facts.Set(ids.imported, false);
  facts.Set(ids.topic, TopicName(notice.topic()));
  facts.Set(ids.sourced,
            !notice.source_citation().empty() || !notice.source_url().empty());
  SetDay(ids.verified_on, notice.verified_on(), facts);
  SetDay(ids.valid_from, notice.valid_from(), facts);
  SetDay(ids.valid_until, notice.valid_until(), facts);
  return facts;
}

}  // namespace

Facts FactsForSending(const Content& content, const v1::Consent* consent,
                      absl::CivilDay today) {
  if (content.kind == RecordKind::kVacancy) {
    const v1::Vacancy& vacancy = content.vacancy();
    Facts facts = VacancyFacts(vacancy, /*at_home=*/true, today);
    static const auto* const ids = new VacancyFactIds;
    facts.Set(ids->cross_border, vacancy.sharing().cross_border());
    facts.Set(ids->countries, Strings(vacancy.sharing().countries()));
    return facts;
  }
  if (content.kind == RecordKind::kProfile) {
    const v1::Profile& profile = content.profile();
    Facts facts =
        ProfileFacts(profile, profile.status() == v1::PROFILE_STATUS_ACTIVE);
    SetMinor(profile, today, facts);
    SetConsent(consent, today, facts);
    return facts;
  }
  if (content.kind == RecordKind::kRightsNotice) {
    return NoticeFacts(content.rights_notice());
  }
  return Facts(content.kind);
}

Facts FactsForReceiving(const Content& content, absl::CivilDay today) {
  if (content.kind == RecordKind::kVacancy) {
    Facts facts = VacancyFacts(content.vacancy(), /*at_home=*/false, today);
    static const auto* const ids = new VacancyFactIds;
    facts.Set(ids->cross_border, true);
    facts.Set(ids->countries, std::vector<std::string>());
    return facts;
  }
  if (content.kind == RecordKind::kProfile) {
    // Only active ones are shared.
    return ProfileFacts(content.profile(), /*active=*/true);
  }
  if (content.kind == RecordKind::kRightsNotice) {
    return NoticeFacts(content.rights_notice());
  }
  return Facts(content.kind);
}

policy::Purpose PurposeOf(RecordKind kind) {
  if (kind == RecordKind::kRightsNotice) {
    return policy::Purpose::kRightsInformation;
  }
  return policy::Purpose::kJobMatching;
}

}  // namespace minga::exchange
