#include "minga/v1/vacancy.pb.h"
#include "node/exchange/obligations.h"
#include "node/exchange/project.h"
#include "node/exchange/project_table.h"

namespace minga::exchange {
namespace {

using policy::Level;
using v1::Vacancy;

// Items of a repeated message that several fields fill keep their places.
void GrowTexts(const Vacancy& in, Vacancy& out) {
  while (out.texts_size() < in.texts_size()) out.add_texts();
}

void GrowLocations(const Vacancy& in, Vacancy& out) {
  while (out.locations_size() < in.locations_size()) out.add_locations();
}

template <void (*Copy)(const Vacancy& in, Vacancy& out)>
void Whole(const Vacancy& in, Level level, Vacancy& out) {
  if (level.raw()) Copy(in, out);
}

void Title(const Vacancy& in, Vacancy& out) {
  GrowTexts(in, out);
  for (int i = 0; i < in.texts_size(); ++i) {
    out.mutable_texts(i)->set_title(in.texts(i).title());
  }
}

void Description(const Vacancy& in, Vacancy& out) {
  GrowTexts(in, out);
  for (int i = 0; i < in.texts_size(); ++i) {
    out.mutable_texts(i)->set_description(in.texts(i).description());
  }
}

void Language(const Vacancy& in, Vacancy& out) {
  GrowTexts(in, out);
  for (int i = 0; i < in.texts_size(); ++i) {
    out.mutable_texts(i)->set_language(in.texts(i).language());
  }
}

void Status(const Vacancy& in, Vacancy& out) { out.set_status(in.status()); }

// The flag goes with the name: it says why there is none.
void EmployerName(const Vacancy& in, Vacancy& out) {
  if (!in.has_employer()) return;
  if (in.employer().confidential()) {
    out.mutable_employer()->set_confidential(true);
  } else if (!in.employer().name().empty()) {
    out.mutable_employer()->set_name(in.employer().name());
  }
}

void EmployerLegalId(const Vacancy& in, Vacancy& out) {
  if (in.employer().confidential() || in.employer().legal_id().empty()) return;
  out.mutable_employer()->set_legal_id(in.employer().legal_id());
}

void EmployerSector(const Vacancy& in, Vacancy& out) {
  if (in.employer().isic().empty()) return;
  out.mutable_employer()->set_isic(in.employer().isic());
}

void EmployerSize(const Vacancy& in, Vacancy& out) {
  if (!in.employer().has_size()) return;
  *out.mutable_employer()->mutable_size() = in.employer().size();
}

void LocationCountry(const Vacancy& in, Vacancy& out) {
  GrowLocations(in, out);
  for (int i = 0; i < in.locations_size(); ++i) {
    out.mutable_locations(i)->set_country(in.locations(i).country());
  }
  out.set_remote(in.remote());
}

void LocationSubdivision(const Vacancy& in, Vacancy& out) {
  GrowLocations(in, out);
  for (int i = 0; i < in.locations_size(); ++i) {
    out.mutable_locations(i)->set_subdivision(in.locations(i).subdivision());
  }
}

void LocationMunicipality(const Vacancy& in, Vacancy& out) {
  GrowLocations(in, out);
  for (int i = 0; i < in.locations_size(); ++i) {
    out.mutable_locations(i)->set_municipality(in.locations(i).municipality());
  }
}

void Openings(const Vacancy& in, Vacancy& out) {
  out.set_openings(in.openings());
}

// By ProjectVacancy.
void Elsewhere(const Vacancy&, Level, Vacancy&) {}

void Isco(const Vacancy& in, const policy::Decision& decision,
          const Hierarchies& hierarchies, Vacancy& out) {
  const std::optional<policy::FieldId> field =
      policy::SchemaOf(RecordKind::kVacancy).FindField("occupation.isco");
  if (!field.has_value() || decision.levels[*field].suppressed()) return;
  const absl::string_view isco =
      hierarchies.Code(Trait::kOccupation, in.occupation().isco(),
                       decision.levels[*field].generalise_step());
  if (!isco.empty()) out.mutable_occupation()->set_isco(std::string(isco));
}

void NationalOccupation(const Vacancy& in, Vacancy& out) {
  const v1::Occupation& from = in.occupation();
  if (!from.national_scheme().empty()) {
    out.mutable_occupation()->set_national_scheme(from.national_scheme());
  }
  if (!from.national_code().empty()) {
    out.mutable_occupation()->set_national_code(from.national_code());
  }
  if (!from.text().empty()) out.mutable_occupation()->set_text(from.text());
}

void Esco(const Vacancy& in, Vacancy& out) {
  if (in.occupation().esco_uri().empty()) return;
  out.mutable_occupation()->set_esco_uri(in.occupation().esco_uri());
}

void Contract(const Vacancy& in, Vacancy& out) {
  out.set_contract_type(in.contract_type());
}

void Hours(const Vacancy& in, Vacancy& out) {
  out.set_schedule(in.schedule());
  if (in.has_weekly_hours()) *out.mutable_weekly_hours() = in.weekly_hours();
}

void Skills(const Vacancy& in, Vacancy& out) {
  *out.mutable_skills() = in.skills();
}

void Languages(const Vacancy& in, Vacancy& out) {
  *out.mutable_languages() = in.languages();
}

void Education(const Vacancy& in, Vacancy& out) {
  if (in.has_isced_level()) out.set_isced_level(in.isced_level());
  out.set_isced_field(in.isced_field());
}

void ExperienceMonths(const Vacancy& in, Vacancy& out) {
  if (in.has_experience_months()) {
    out.set_experience_months(in.experience_months());
  }
}

void Licences(const Vacancy& in, Vacancy& out) {
  *out.mutable_driving_licences() = in.driving_licences();
}

void PayRange(const Vacancy& in, Vacancy& out) {
  if (in.has_pay()) *out.mutable_pay() = in.pay();
}

void BenefitsOf(const Vacancy& in, Vacancy& out) {
  if (in.has_benefits()) *out.mutable_benefits() = in.benefits();
}

void Period(const Vacancy& in, Vacancy& out) {
  out.set_start_date(in.start_date());
  out.set_duration_months(in.duration_months());
}

void ClosingDate(const Vacancy& in, Vacancy& out) {
  out.set_closing_date(in.closing_date());
}

void RightToWork(const Vacancy& in, Vacancy& out) {
  out.set_right_to_work(in.right_to_work());
}

void QuotaNotice(const Vacancy& in, Vacancy& out) {
  *out.mutable_notices() = in.notices();
}

// An employer that asked not to be named must not show through its own
// recruiting: who recruits and whom to write to would name it.
bool RecruiterIsHidden(const Vacancy& in) {
  return in.employer().confidential() && !in.recruitment().agency();
}

void Apply(const Vacancy& in, Vacancy& out) {
  if (!in.has_apply()) return;
  if (RecruiterIsHidden(in)) {
    out.mutable_apply()->set_through_pes(in.apply().through_pes());
  } else {
    *out.mutable_apply() = in.apply();
  }
}

// Says explicitly what a receiver would otherwise have to guess: that it is no
// agency's, that no fee is asked, that no documents are retained.
void Recruiter(const Vacancy& in, Vacancy& out) {
  const v1::Recruitment& from = in.recruitment();
  v1::Recruitment& to = *out.mutable_recruitment();
  to.set_agency(from.agency());
  if (RecruiterIsHidden(in)) return;
  to.set_recruiter_id(from.recruiter_id());
  to.set_recruiter_name(from.recruiter_name());
  to.set_licence(from.licence());
  to.set_licence_valid_until(from.licence_valid_until());
}

void ContractTerms(const Vacancy& in, Vacancy& out) {
  const v1::Recruitment& from = in.recruitment();
  v1::Recruitment& to = *out.mutable_recruitment();
  *to.mutable_worker_fees() = from.worker_fees();
  to.set_contract_language(from.contract_language());
  if (from.has_written_contract()) {
    to.set_written_contract(from.written_contract());
  }
  to.set_documents_retained(from.documents_retained());
}

void Timestamps(const Vacancy& in, Vacancy& out) {
  if (in.has_created_at()) *out.mutable_created_at() = in.created_at();
  if (in.has_modified_at()) *out.mutable_modified_at() = in.modified_at();
  if (in.has_closed_at()) *out.mutable_closed_at() = in.closed_at();
}

constexpr TableRow<Vacancy> kRows[] = {
    {"title", Whole<Title>},
    {"description", Whole<Description>},
    {"status", Whole<Status>},
    {"language", Whole<Language>},
    {"employer.name", Whole<EmployerName>},
    {"employer.legal_id", Whole<EmployerLegalId>},
    {"employer.sector", Whole<EmployerSector>},
    {"employer.size", Whole<EmployerSize>},
    {"location.country", Whole<LocationCountry>},
    {"location.subdivision", Whole<LocationSubdivision>},
    {"location.municipality", Whole<LocationMunicipality>},
    {"openings", Whole<Openings>},
    {"occupation.isco", Elsewhere},
    {"occupation.national", Whole<NationalOccupation>},
    {"occupation.esco", Whole<Esco>},
    {"contract", Whole<Contract>},
    {"hours", Whole<Hours>},
    {"skills", Whole<Skills>},
    {"languages", Whole<Languages>},
    {"education", Whole<Education>},
    {"experience", Whole<ExperienceMonths>},
    {"licences", Whole<Licences>},
    {"pay", Whole<PayRange>},
    {"benefits", Whole<BenefitsOf>},
    {"period", Whole<Period>},
    {"closing_date", Whole<ClosingDate>},
    {"right_to_work", Whole<RightToWork>},
    {"quota_notice", Whole<QuotaNotice>},
    {"apply_method", Whole<Apply>},
    {"recruiter", Whole<Recruiter>},
    {"contract_terms", Whole<ContractTerms>},
    {"timestamps", Whole<Timestamps>},
};

const Table<Vacancy>& VacancyTable() {
  static const auto* const table =
      new Table<Vacancy>(RecordKind::kVacancy, kRows);
  return *table;
}

// A notice that the record already brings is not said twice.
void AddNotices(const policy::Decision& decision, Vacancy& out) {
  static const std::optional<policy::FieldId> field =
      policy::SchemaOf(RecordKind::kVacancy).FindField("quota_notice");
  if (!field.has_value() || !decision.levels[*field].raw()) return;
  for (const std::string& notice : decision.obligations.notices) {
    bool said = false;
    for (const v1::LegalNotice& held : out.notices()) {
      said = said || held.citation() == notice;
    }
    if (!said) out.add_notices()->set_citation(notice);
  }
}

}  // namespace

void ProjectVacancy(const Vacancy& in, const policy::Decision& decision,
                    Vacancy& out, const Hierarchies& hierarchies) {
  VacancyTable().Apply(in, decision, out);
  Isco(in, decision, hierarchies, out);
  AddNotices(decision, out);
  Transform(decision.obligations, out);
}

std::vector<absl::string_view> VacancyFieldsProjected() {
  return VacancyTable().Fields();
}

}  // namespace minga::exchange
