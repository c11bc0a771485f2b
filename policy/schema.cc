#include "policy/schema.h"

#include <algorithm>
#include <array>

namespace minga::policy {
namespace {

constexpr FactDef Required(absl::string_view name, FactType type) {
  return FactDef{name, type, /*optional=*/false, /*origin_only=*/false};
}
constexpr FactDef Optional(absl::string_view name, FactType type) {
  return FactDef{name, type, /*optional=*/true, /*origin_only=*/false};
}
constexpr FactDef Consent(absl::string_view name, FactType type,
                          bool optional = false) {
  return FactDef{name, type, optional, /*origin_only=*/true};
}

// A field that is shown whole or not at all.
constexpr FieldDef Whole(absl::string_view name, bool required = false) {
  return FieldDef{name, 0, required, "", false};
}
constexpr FieldDef Personal(absl::string_view name, absl::string_view section,
                            int generalise_steps = 0) {
  return FieldDef{name, generalise_steps, false, section, false};
}
// Of a record about a person, what is not about the person.
constexpr FieldDef Impersonal(absl::string_view name, bool required = false) {
  return FieldDef{name, 0, required, "", false, true};
}

std::vector<FactDef> WithCommon(std::vector<FactDef> own) {
  std::vector<FactDef> facts = {
      Required("as_of", FactType::kDate),
      Required("purpose", FactType::kString),
      Required("direction", FactType::kString),
      Required("own.country", FactType::kString),
      Required("peer.country", FactType::kString),
      Required("peer.groups", FactType::kStringList),
      // The node that sends is not the origin of the record.
      Required("record.imported", FactType::kBool),
  };
  facts.insert(facts.end(), own.begin(), own.end());
  return facts;
}

std::vector<FactDef> WithConsent(std::vector<FactDef> own) {
  const std::vector<FactDef> consent = {
      Consent("consent.given", FactType::kBool),
      Consent("consent.countries", FactType::kStringList),
      Consent("consent.purposes", FactType::kStringList),
      Consent("consent.sections", FactType::kStringList),
      Consent("consent.expires", FactType::kDate, /*optional=*/true),
  };
  own.insert(own.end(), consent.begin(), consent.end());
  return WithCommon(std::move(own));
}

std::vector<FieldDef> VacancyFields() {
  return {
      Whole("title", true),
      Whole("description"),
      Whole("status", true),
      Whole("language"),
      Whole("employer.name"),
      Whole("employer.legal_id"),
      Whole("employer.sector"),
      Whole("employer.size"),
      Whole("location.country", true),
      Whole("location.subdivision"),
      Whole("location.municipality"),
      Whole("openings"),
      // Four digits of ISCO-08, then three, two, one, any.
      FieldDef{"occupation.isco", 4, false, "", false},
      Whole("occupation.national"),
      Whole("occupation.esco"),
      Whole("contract"),
      Whole("hours"),
      Whole("skills"),
      Whole("languages"),
      Whole("education"),
      Whole("experience"),
      Whole("licences"),
      Whole("pay"),
      Whole("benefits"),
      Whole("period"),
      Whole("closing_date"),
      Whole("right_to_work"),
      Whole("quota_notice"),
      Whole("apply_method"),
      Whole("recruiter"),
      Whole("contract_terms"),
      Whole("timestamps"),
  };
}

std::vector<FactDef> VacancyFacts() {
  return WithCommon({
      Required("vacancy.status", FactType::kString),  // open closed withdrawn
      Required("vacancy.country", FactType::kString),
      Optional("vacancy.subdivision", FactType::kString),     // ISO 3166-2
      Optional("vacancy.sector", FactType::kString),          // ISIC: "B0510"
      Optional("vacancy.sector_section", FactType::kString),  // "B"
      Optional("vacancy.occupation", FactType::kString),      // ISCO-08
      Required("vacancy.employer_confidential", FactType::kBool),
      // The employer's choice to share across borders (EURES flag).
      Required("vacancy.cross_border", FactType::kBool),
      // Countries it is shared with; empty: all.
      Required("vacancy.countries", FactType::kStringList),
      // Any fee, deposit or cost is asked of the worker. Absent on receipt if
      // the origin does not show its terms.
      Optional("vacancy.fee_charged", FactType::kBool),
      Optional("vacancy.documents_retained", FactType::kBool),
      Optional("vacancy.written_contract", FactType::kBool),
      Optional("vacancy.licensed_recruiter", FactType::kBool),
      // Absent on receipt if the origin does not show who recruits.
      Optional("vacancy.is_agency", FactType::kBool),
      Optional("vacancy.age_days", FactType::kInt),
      Optional("vacancy.closing_date", FactType::kDate),
      Required("vacancy.pay_stated", FactType::kBool),
      Required("vacancy.remote", FactType::kBool),
  });
}

std::vector<FieldDef> ProfileFields() {
  return {
      FieldDef{"pseudonym", 0, true, "basic", true},
      Personal("occupations", "occupation", 4),  // 4, 3, 2, 1 digits, any
      Personal("sectors", "occupation"),
      Personal("experience", "experience", 2),  // months, bracket, any
      Personal("education", "education", 2),    // ISCED level, band, any
      Personal("skills", "skills"),
      Personal("languages", "languages"),
      Personal("licences", "licences"),
      Personal("region", "region", 2),      // ISO 3166-2, country, any
      Personal("mobility", "mobility", 1),  // countries, yes or no
      Personal("availability", "availability", 1),
      Personal("contract", "availability"),
      Personal("recognition", "recognition"),
      Personal("contactable", "basic"),
      // No consent section covers what follows, so it never leaves in a
      // profile; it has names so that documents can forbid it and proofs can
      // speak of it.
      Whole("identity.name"),
      Whole("identity.document"),
      Whole("identity.birth_date"),
      Whole("identity.contact"),
      Whole("sensitive.sex"),
      Whole("sensitive.nationality"),
      Whole("sensitive.migration_status"),
      Whole("sensitive.disability"),
      Whole("sensitive.ethnicity"),
      Whole("free_text"),
  };
}

std::vector<FactDef> ProfileFacts() {
  return WithConsent({
      Required("profile.active", FactType::kBool),
      Optional("profile.minor", FactType::kBool),
      Optional("profile.region", FactType::kString),  // ISO 3166-2
  });
}

// What a person sends with an application, to the one country of the vacancy.
std::vector<FieldDef> ApplicationFields() {
  return {
      FieldDef{"vacancy", 0, true, "basic", false},
      FieldDef{"history", 0, true, "basic", false},
      Personal("identity.name", "identity"),
      Personal("identity.document", "document"),
      Personal("identity.birth_date", "birth_date"),
      Personal("identity.contact", "contact"),
      Personal("profile", "profile"),
      Personal("cover_text", "cover_text"),
      // No section covers what is sensitive.
      Whole("sensitive"),
  };
}

std::vector<FactDef> ApplicationFacts() {
  return WithConsent({
      // ISO 3166-1 alpha-2 of the country that it is for.
      Required("message.addressee", FactType::kString),
      // sent received in_review interview offered accepted declined withdrawn
      Required("application.status", FactType::kString),
  });
}

// An employer's request, and the answer, in which a grant shows who it is.
std::vector<FieldDef> ContactRequestFields() {
  return {
      Impersonal("pseudonym", true),
      Impersonal("employer.name"),
      Impersonal("employer.legal_id"),
      Impersonal("vacancy"),
      Impersonal("reason"),
      Impersonal("decision", true),
      Personal("identity.name", "identity"),
      Personal("identity.document", "document"),
      Personal("identity.birth_date", "birth_date"),
      Personal("identity.contact", "contact"),
  };
}

std::vector<FactDef> ContactRequestFacts() {
  return WithConsent({
      Required("message.addressee", FactType::kString),
      Required("contact.decision", FactType::kString),  // pending granted...
  });
}

std::vector<FieldDef> RightsNoticeFields() {
  return {
      Whole("topic", true), Whole("texts", true), Whole("source"),
      Whole("verified_on"), Whole("validity"),    Whole("version"),
  };
}

std::vector<FactDef> RightsNoticeFacts() {
  return WithCommon({
      // contract pay hours fees residence_and_work_permits social_security
      // recognition complaints
      Required("notice.topic", FactType::kString),
      Required("notice.sourced", FactType::kBool),
      Optional("notice.verified_on", FactType::kDate),
      Optional("notice.valid_from", FactType::kDate),
      Optional("notice.valid_until", FactType::kDate),
  });
}

std::array<KindSchema, kRecordKinds> AllSchemas() {
  std::array<KindSchema, kRecordKinds> schemas;
  for (int i = 0; i < kRecordKinds; ++i) {
    KindSchema& schema = schemas[static_cast<std::size_t>(i)];
    schema.kind = static_cast<RecordKind>(i);
    schema.facts = WithCommon({});
  }
  KindSchema& vacancy = schemas[static_cast<int>(RecordKind::kVacancy)];
  vacancy.fields = VacancyFields();
  vacancy.facts = VacancyFacts();
  KindSchema& profile = schemas[static_cast<int>(RecordKind::kProfile)];
  profile.fields = ProfileFields();
  profile.facts = ProfileFacts();
  KindSchema& application = schemas[static_cast<int>(RecordKind::kApplication)];
  application.fields = ApplicationFields();
  application.facts = ApplicationFacts();
  KindSchema& contact = schemas[static_cast<int>(RecordKind::kContactRequest)];
  contact.fields = ContactRequestFields();
  contact.facts = ContactRequestFacts();
  KindSchema& notice = schemas[static_cast<int>(RecordKind::kRightsNotice)];
  notice.fields = RightsNoticeFields();
  notice.facts = RightsNoticeFacts();
  return schemas;
}

}  // namespace

absl::string_view FactTypeName(FactType type) {
  switch (type) {
    case FactType::kBool:
      return "bool";
    case FactType::kInt:
      return "int";
    case FactType::kString:
      return "string";
    case FactType::kDate:
      return "date";
    case FactType::kStringList:
      break;
  }
  return "list of string";
}

std::optional<FieldId> KindSchema::FindField(absl::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<FieldId>(i);
  }
  return std::nullopt;
}

std::optional<FactId> KindSchema::FindFact(absl::string_view name) const {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].name == name) return static_cast<FactId>(i);
  }
  return std::nullopt;
}

bool KindSchema::about_person() const {
  return std::any_of(fields.begin(), fields.end(), [](const FieldDef& field) {
    return !field.consent_section.empty();
  });
}

std::uint64_t KindSchema::RequiredFacts(bool receiving) const {
  std::uint64_t bits = 0;
  for (std::size_t i = kQuestionFacts; i < facts.size(); ++i) {
    const FactDef& fact = facts[i];
    if (fact.optional || (receiving && fact.origin_only)) continue;
    bits |= std::uint64_t{1} << i;
  }
  return bits;
}

const KindSchema& SchemaOf(RecordKind kind) {
  static const auto* const schemas =
      new std::array<KindSchema, kRecordKinds>(AllSchemas());
  const auto index = static_cast<std::size_t>(kind);
  return (*schemas)[index < schemas->size() ? index : 0];
}

const std::vector<absl::string_view>& ConsentSections(RecordKind kind) {
  using Sections = std::vector<absl::string_view>;
  static const auto* const all = [] {
    auto* by_kind = new std::array<Sections, kRecordKinds>;
    for (std::size_t i = 0; i < by_kind->size(); ++i) {
      Sections& sections = (*by_kind)[i];
      for (const FieldDef& field :
           SchemaOf(static_cast<RecordKind>(i)).fields) {
        if (!field.consent_section.empty()) {
          sections.push_back(field.consent_section);
        }
      }
      std::sort(sections.begin(), sections.end());
      sections.erase(std::unique(sections.begin(), sections.end()),
                     sections.end());
    }
    return by_kind;
  }();
  const auto index = static_cast<std::size_t>(kind);
  return (*all)[index < all->size() ? index : 0];
}

}  // namespace minga::policy
