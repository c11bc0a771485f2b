#include "node/exchange/validate.h"

#include <catch2/catch.hpp>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/publications.pb.h"
#include "tests/unit/exchange/office.h"
#include "tests/unit/exchange/samples.h"

namespace minga::exchange {
namespace {

absl::Status Check(const v1::Vacancy& vacancy, Source source = Source::kOwn) {
  return Validate({RecordKind::kVacancy, &vacancy}, kColombia, source);
}

absl::Status Check(const v1::Profile& profile, Source source = Source::kOwn) {
  return Validate({RecordKind::kProfile, &profile}, kColombia, source);
}

template <typename Message>
struct Case {
  std::function<void(Message&)> spoil;
  std::string error;
};

TEST_CASE("samples are valid") {
  CHECK(Check(SampleVacancy("v1")).message() == "");
  CHECK(Check(SampleProfile("p1", "7212", "CO-AMA")).message() == "");
  CHECK(ValidateConsent(SampleConsent()).message() == "");
}

TEST_CASE("a spoilt vacancy names the field and the value") {
  using V = v1::Vacancy;
  const std::vector<Case<V>> cases = {
      {[](V& v) { v.set_id("a b"); }, "id: "},
      {[](V& v) { v.set_id(std::string(65, 'a')); }, "id: "},
      {[](V& v) { v.clear_status(); }, "status: must be a known value, is `0`"},
      {[](V& v) { v.set_status(static_cast<v1::VacancyStatus>(9)); },
       "status: must be a known value, is `9`"},
      {[](V& v) { v.clear_texts(); }, "texts: must not be empty"},
      {[](V& v) { v.mutable_texts(0)->set_title("a\nb"); }, "texts[0].title: "},
      {[](V& v) { v.mutable_texts(0)->set_title(std::string(501, 'a')); },
       "texts[0].title: must have at most 500 bytes, has `501`"},
      {[](V& v) { v.mutable_texts(0)->set_language("spa"); },
       "texts[0].language: must be a language code such as `es`, is `spa`"},
      {[](V& v) { *v.add_texts() = v.texts(0); },
       "texts[1]: must be the only one in `es`"},
      {[](V& v) { v.mutable_employer()->set_isic("2511"); }, "employer.isic: "},
      {[](V& v) { v.mutable_employer()->mutable_size()->set_min(5); },
       "employer.size.max: must not be below min `5`, is `0`"},
      {[](V& v) { v.clear_locations(); }, "locations: must not be empty"},
      {[](V& v) { v.mutable_locations(0)->set_country("co"); },
       "locations[0].country: must be a country code"},
      {[](V& v) { v.mutable_locations(0)->set_country("EC"); },
       "locations[0].country: must be the origin's, `CO`, is `EC`"},
      {[](V& v) { v.mutable_locations(0)->set_subdivision("EC-P"); },
       "locations[0].subdivision: must be of `CO`, is `EC-P`"},
      {[](V& v) { v.mutable_locations(0)->set_subdivision("Bogotá"); },
       "locations[0].subdivision: must be an ISO 3166-2 code"},
      {[](V& v) { v.set_openings(-1); }, "openings: must not be negative"},
      {[](V& v) { v.mutable_occupation()->set_isco("72125"); },
       "occupation.isco: must be 1 to 4 digits"},
      {[](V& v) { v.mutable_occupation()->set_esco_uri("esco"); },
       "occupation.esco_uri: must be a web address"},
      {[](V& v) { v.mutable_weekly_hours()->set_max(169); },
       "weekly_hours.max: must be in 0..168, is `169`"},
      {[](V& v) { v.add_skills(); }, "skills[0].label: must not be empty"},
      {[](V& v) { v.add_languages()->set_language("es"); }, ""},
      {[](V& v) {
         v.add_languages()->set_language("es");
         v.mutable_languages(0)->set_cefr("D1");
       },
       "languages[0].cefr: must be A1..C2"},
      {[](V& v) { v.set_isced_level(9); }, "isced_level: must be in 0..8"},
      {[](V& v) { v.set_isced_field("7"); }, "isced_field: "},
      {[](V& v) { v.mutable_pay()->set_min_hundredths(-5); },
       "pay.min_hundredths: must not be negative, is `-5`"},
      {[](V& v) { v.mutable_pay()->set_max_hundredths(1); },
       "pay.max_hundredths: must not be below min_hundredths"},
      {[](V& v) { v.mutable_pay()->set_currency("pesos"); },
       "pay.currency: must be a currency code"},
      {[](V& v) { v.mutable_pay()->clear_currency(); },
       "pay.currency: must not be empty"},
      {[](V& v) { v.set_start_date("2026-02-30"); },
       "start_date: `2026-02-30` is not a day"},
      {[](V& v) { v.set_closing_date("2026-10-31"); },
       "closing_date: must not be before created_at, is `2026-10-31`"},
      {[](V& v) { v.mutable_modified_at()->set_seconds(1); },
       "modified_at: must not be before created_at"},
      {[](V& v) { v.mutable_closed_at()->set_nanos(-1); }, "closed_at.nanos: "},
      {[](V& v) { v.mutable_sharing()->add_countries("Peru"); },
       "sharing.countries[0]: must be a country code"},
      {[](V& v) { v.mutable_apply()->set_email("no address"); },
       "apply.email: must be an e-mail address"},
      {[](V& v) {
         v.mutable_recruitment()->add_worker_fees()->set_amount_hundredths(-1);
       },
       "recruitment.worker_fees[0].amount_hundredths: must not be negative"},
      {[](V& v) { v.mutable_recruitment()->set_licence_valid_until("soon"); },
       "recruitment.licence_valid_until: "},
      {[](V& v) {
         for (int i = 0; i < 101; ++i) v.add_driving_licences("B");
       },
       "driving_licences: must have at most 100 items, has `101`"},
      {[](V& v) {
         for (int i = 0; i < 5; ++i) {
           v1::LocalizedText& text = *v.add_texts();
           text.set_language(std::string("a") + static_cast<char>('a' + i));
           text.set_title("t");
           text.set_description(std::string(32000, 'd'));
         }
       },
       "record: must have at most 131072 bytes"},
  };
  for (const Case<V>& one : cases) {
    v1::Vacancy vacancy = SampleVacancy("v1");
    one.spoil(vacancy);
    const std::string message(Check(vacancy).message());
    CAPTURE(message, one.error);
    CHECK(absl::StartsWith(message, one.error));
    CHECK(message.empty() == one.error.empty());
  }
}

TEST_CASE("a spoilt profile names the field and the value") {
  using P = v1::Profile;
  const std::vector<Case<P>> cases = {
      {[](P& p) { p.clear_status(); }, "status: "},
      {[](P& p) { p.add_sectors("c"); }, "sectors[0]: "},
      {[](P& p) { p.add_experience()->mutable_months()->set_min(-1); },
       "experience[0].months.min: must be in 0..1200, is `-1`"},
      {[](P& p) { p.mutable_education()->mutable_isced_level()->set_max(9); },
       "education.isced_level.max: must be in 0..8"},
      {[](P& p) { p.mutable_residence()->set_country("VE"); },
       "residence.country: must be the origin's"},
      {[](P& p) { p.mutable_mobility()->add_countries("Chile"); },
       "mobility.countries[0]: "},
      {[](P& p) { p.mutable_availability()->set_from("tomorrow"); },
       "availability.from: "},
      {[](P& p) { p.mutable_identity()->set_birth_date("1990-13-01"); },
       "identity.birth_date: "},
      {[](P& p) { p.mutable_sensitive()->set_sex("\x01"); }, "sensitive.sex: "},
      {[](P& p) { p.set_contract_wanted(static_cast<v1::ContractType>(77)); },
       "contract_wanted: must be a known value, is `77`"},
  };
  for (const Case<P>& one : cases) {
    v1::Profile profile = SampleProfile("p1", "7212", "CO-AMA");
    one.spoil(profile);
    const std::string message(Check(profile).message());
    CAPTURE(message);
    CHECK(absl::StartsWith(message, one.error));
  }
}

TEST_CASE("a consent holds together") {
  using C = v1::Consent;
  const std::vector<Case<C>> cases = {
      {[](C& c) { c.clear_sections(); }, "sections: must not be empty"},
      {[](C& c) { c.add_sections("identity"); }, "sections[11]: "},
      {[](C& c) { c.clear_countries(); }, "countries: must not be empty"},
      {[](C& c) { c.add_countries(""); }, "countries[2]: must not be empty"},
      {[](C& c) { c.clear_purposes(); }, "purposes: must not be empty"},
      {[](C& c) { c.add_purposes(v1::PURPOSE_UNSPECIFIED); }, "purposes[1]: "},
      {[](C& c) { c.clear_expires(); }, "expires: must not be empty"},
      {[](C& c) { c.set_expires("2026-10-31"); },
       "expires: must not be before given_on"},
      {[](C& c) { c.set_expires("2027-11-02"); },
       "expires: must be at most a year after given_on, is `2027-11-02`"},
      {[](C& c) { c.set_expires("2027-11-01"); }, ""},
  };
  for (const Case<C>& one : cases) {
    v1::Consent consent = SampleConsent();
    one.spoil(consent);
    const std::string message(ValidateConsent(consent).message());
    CAPTURE(message);
    CHECK(absl::StartsWith(message, one.error));
    CHECK(message.empty() == one.error.empty());
  }
}

TEST_CASE("rights notices") {
  v1::RightsNotice notice;
  notice.set_id("n1");
  notice.set_topic(v1::RIGHTS_TOPIC_PAY);
  notice.add_texts()->set_title("Salario mínimo");
  notice.set_valid_from("2026-01-01");
  const auto check = [&notice] {
    return std::string(
        Validate({RecordKind::kRightsNotice, &notice}, kColombia, Source::kOwn)
            .message());
  };
  CHECK(check() == "");
  notice.set_valid_until("2025-12-31");
  CHECK(absl::StartsWith(check(), "valid_until: must not be before"));
  notice.clear_valid_until();
  notice.set_topic(v1::RIGHTS_TOPIC_UNSPECIFIED);
  CHECK(absl::StartsWith(check(), "topic: "));
}

TEST_CASE("unknown fields are refused at every depth") {
  v1::Vacancy vacancy = SampleVacancy("v1");
  vacancy.GetReflection()->MutableUnknownFields(&vacancy)->AddVarint(99, 1);
  CHECK(Check(vacancy).message() ==
        "unknown field: is not in the schema, number `99`");
  vacancy = SampleVacancy("v1");
  v1::Range& size = *vacancy.mutable_employer()->mutable_size();
  size.GetReflection()->MutableUnknownFields(&size)->AddVarint(7, 1);
  CHECK(absl::StartsWith(Check(vacancy).message(),
                         "employer.size.unknown field: "));
  vacancy = SampleVacancy("v1");
  v1::LocalizedText& text = *vacancy.mutable_texts(0);
  text.GetReflection()->MutableUnknownFields(&text)->AddVarint(7, 1);
  CHECK_FALSE(Check(vacancy).ok());
}

// Calls `visit` with a function that sets one string field, for each there is.
void EachString(const google::protobuf::Message& type, const std::string& path,
                const std::function<void(const std::string&)>& visit) {
  const google::protobuf::Descriptor& descriptor = *type.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *descriptor.field(i);
    using google::protobuf::FieldDescriptor;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      visit(path + field.name());
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      EachString(
          *google::protobuf::MessageFactory::generated_factory()->GetPrototype(
              field.message_type()),
          path + field.name() + ".", visit);
    }
  }
}

void SetString(google::protobuf::Message& message, absl::string_view path,
               const std::string& value) {
  const std::size_t dot = path.find('.');
  const google::protobuf::Reflection& set = *message.GetReflection();
  const google::protobuf::FieldDescriptor& field =
      *message.GetDescriptor()->FindFieldByName(
          std::string(path.substr(0, dot)));
  if (dot != absl::string_view::npos) {
    google::protobuf::Message* child =
        !field.is_repeated() ? set.MutableMessage(&message, &field)
        : set.FieldSize(message, &field) > 0
            ? set.MutableRepeatedMessage(&message, &field, 0)
            : set.AddMessage(&message, &field);
    SetString(*child, path.substr(dot + 1), value);
  } else if (field.is_repeated()) {
    set.AddString(&message, &field, value);
  } else {
    set.SetString(&message, &field, value);
  }
}

TEST_CASE("no string may hold control characters or grow without bound") {
  const std::string huge(40000, 'a');
  EachString(v1::Vacancy(), "", [&](const std::string& path) {
    for (const std::string& value : {std::string("a\x01"), huge}) {
      v1::Vacancy vacancy = SampleVacancy("v1");
      SetString(vacancy, path, value);
      CAPTURE(path, value.size());
      CHECK_FALSE(Check(vacancy).ok());
    }
  });
  EachString(v1::Profile(), "", [&](const std::string& path) {
    for (const std::string& value : {std::string("a\x01"), huge}) {
      v1::Profile profile = SampleProfile("p1", "7212", "CO-AMA");
      SetString(profile, path, value);
      CAPTURE(path, value.size());
      CHECK_FALSE(Check(profile).ok());
    }
  });
}

}  // namespace
}  // namespace minga::exchange
