#include "tests/unit/exchange/samples.h"

#include <set>

#include "absl/strings/str_cat.h"

namespace minga::exchange {
namespace {

constexpr char kBoth[] = "directions: [DIRECTION_SEND, DIRECTION_RECEIVE] ";
constexpr char kMatching[] = "level: LEVEL_RAW purposes: PURPOSE_JOB_MATCHING ";

std::string Cited(absl::string_view statute, absl::string_view article) {
  return absl::StrCat("citations { statute: '", statute, "' article: '",
                      article, "' certainty: CERTAINTY_VERIFIED }");
}

std::string VacancyRules() {
  return absl::StrCat(
      "rules { id: 'co.vacancy' effect: EFFECT_PERMIT directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_VACANCY fields: '*' ",
      kMatching,
      "when: \"vacancy.cross_border && (vacancy.countries == [] || "
      "peer.country in vacancy.countries)\" ",
      Cited("Ley 1636/2013", "art. 31"),
      "}\n"
      "rules { id: 'co.fee-asked' effect: EFFECT_FORBID directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_VACANCY fields: '*' "
      "when: \"",
      kFeeAsked, "\" ", Cited("Ley 1636/2013", "art. 36"),
      "}\n"
      "rules { id: 'co.receive' effect: EFFECT_PERMIT directions: "
      "DIRECTION_RECEIVE kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE] "
      "fields: '*' ",
      kMatching, "when: \"!record.imported\" ",
      Cited("Ley 1636/2013", "art. 37"), "}\n");
}

std::string ProfileRules() {
  return absl::StrCat(
      "rules { id: 'co.profile' effect: EFFECT_PERMIT directions: "
      "DIRECTION_SEND kinds: RECORD_KIND_PROFILE fields: ['pseudonym', "
      "'occupations', 'region', 'skills', 'contactable'] ",
      kMatching, "when: \"profile.active\" obligations { min_k: 3 } ",
      Cited("Ley 1581/2012", "art. 26"), "}\n");
}

void FillField(google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor& field) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& set = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      FillEverything(many ? *set.AddMessage(&message, &field)
                          : *set.MutableMessage(&message, &field));
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      many ? set.AddString(&message, &field, field.name())
           : set.SetString(&message, &field, field.name());
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      set.SetBool(&message, &field, true);
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      set.SetInt32(&message, &field, 2003);
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      set.SetInt64(&message, &field, 3);
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      many ? set.AddEnumValue(&message, &field, 1)
           : set.SetEnumValue(&message, &field, 1);
      return;
    default:
      return;
  }
}

}  // namespace

v1::Vacancy SampleVacancy(absl::string_view id) {
  v1::Vacancy vacancy;
  vacancy.set_id(std::string(id));
  vacancy.set_status(v1::VACANCY_STATUS_OPEN);
  v1::LocalizedText& text = *vacancy.add_texts();
  text.set_language("es");
  text.set_title("Soldador de estructuras");
  text.set_description("Taller de Bogotá busca soldador.\nTurno de día.");
  vacancy.mutable_employer()->set_name("Taller Andino");
  vacancy.mutable_employer()->set_isic("C2511");
  v1::Location& location = *vacancy.add_locations();
  location.set_country("CO");
  location.set_subdivision("CO-DC");
  location.set_municipality("Bogotá");
  vacancy.mutable_occupation()->set_isco("7212");
  vacancy.set_openings(2);
  vacancy.mutable_pay()->set_min_hundredths(180000000);
  vacancy.mutable_pay()->set_currency("COP");
  vacancy.mutable_pay()->set_interval(v1::PAY_INTERVAL_MONTH);
  vacancy.set_closing_date("2026-12-31");
  vacancy.mutable_sharing()->set_cross_border(true);
  vacancy.mutable_created_at()->set_seconds(1793491200);  // 2026-11-01
  vacancy.set_provenance("sisemp");
  return vacancy;
}

v1::Profile SampleProfile(absl::string_view id, absl::string_view isco,
                          absl::string_view subdivision) {
  v1::Profile profile;
  profile.set_id(std::string(id));
  profile.set_status(v1::PROFILE_STATUS_ACTIVE);
  profile.add_desired_occupations()->set_isco(std::string(isco));
  profile.mutable_residence()->set_country("CO");
  profile.mutable_residence()->set_subdivision(std::string(subdivision));
  profile.mutable_residence()->set_municipality("Leticia");
  profile.set_contactable(true);
  profile.mutable_identity()->set_name(absl::StrCat("Ana ", id));
  profile.mutable_sensitive()->set_nationality("VE");
  profile.set_free_text("Busco trabajo.");
  return profile;
}

v1::Consent SampleConsent() {
  v1::Consent consent;
  for (const char* section :
       {"availability", "basic", "education", "experience", "languages",
        "licences", "mobility", "occupation", "recognition", "region",
        "skills"}) {
    consent.add_sections(section);
  }
  consent.add_countries("EC");
  consent.add_countries("PE");
  consent.add_purposes(v1::PURPOSE_JOB_MATCHING);
  consent.set_given_on("2026-11-01");
  consent.set_expires("2027-10-31");
  return consent;
}

v1::Record Wrap(const v1::Vacancy& vacancy) {
  v1::Record record;
  *record.mutable_vacancy() = vacancy;
  return record;
}

v1::Record Wrap(const v1::Profile& profile) {
  v1::Record record;
  *record.mutable_profile() = profile;
  return record;
}

policy::DocumentSource SampleNational() {
  return {"co.textproto", absl::StrCat("national_policy {\ncountry: 'CO'\n",
                                       VacancyRules(), ProfileRules(), "}\n")};
}

policy::DocumentSource VacanciesOnly() {
  return {"co-2.textproto", absl::StrCat("national_policy {\ncountry: 'CO'\n",
                                         VacancyRules(), "}\n")};
}

policy::DocumentSource SampleMou(absl::string_view other) {
  return {absl::StrCat("co-", other, ".textproto"),
          absl::StrCat("mou {\nparties: ['CO', '", other,
                       "']\nvalid_from: '2026-01-01'\n"
                       "valid_until: '2027-06-30'\n"
                       "rules { id: 'mou.all' effect: EFFECT_PERMIT ",
                       kBoth,
                       "kinds: [RECORD_KIND_VACANCY, RECORD_KIND_PROFILE] "
                       "fields: '*' ",
                       kMatching, Cited("Memorando", "cláusula 1"), "}\n}\n")};
}

void FillEverything(google::protobuf::Message& message) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    FillField(message, *type.field(i));
  }
}

std::vector<std::string> PathsSet(const google::protobuf::Message& message,
                                  const std::string& prefix) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const google::protobuf::Reflection& get = *message.GetReflection();
  get.ListFields(message, &fields);
  std::set<std::string> paths;
  for (const google::protobuf::FieldDescriptor* field : fields) {
    const std::string path = absl::StrCat(prefix, field->name());
    if (field->cpp_type() !=
        google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      paths.insert(path);
      continue;
    }
    const int count = field->is_repeated() ? get.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const google::protobuf::Message& child =
          field->is_repeated() ? get.GetRepeatedMessage(message, field, i)
                               : get.GetMessage(message, field);
      for (std::string& inner : PathsSet(child, path + ".")) {
        paths.insert(std::move(inner));
      }
    }
  }
  return {paths.begin(), paths.end()};
}

}  // namespace minga::exchange
