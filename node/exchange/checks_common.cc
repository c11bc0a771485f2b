// Checks of the messages that all records share (common.proto).
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <initializer_list>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "minga/v1/common.pb.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/exchange/checks.h"

namespace minga::exchange {
namespace {

// ISO 3166-2: the country, a hyphen, one to three letters or digits.
absl::Status CheckSubdivision(absl::string_view value,
                              absl::string_view country) {
  bool form = value.size() >= 4 && value.size() <= 6 && value[2] == '-';
  for (std::size_t i = 3; form && i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    form = absl::ascii_isupper(c) || absl::ascii_isdigit(c);
  }
  if (!form) {
    return Bad("must be an ISO 3166-2 code such as `EC-P`, is", value);
  }
  if (country.empty() || value.substr(0, 2) == country) return absl::OkStatus();
  return Bad(absl::StrCat("must be of `", country, "`, is"), value);
}

bool IsCefr(absl::string_view value) {
  if (value.empty() || value == "native") return true;
  return value.size() == 2 && value[0] >= 'A' && value[0] <= 'C' &&
         (value[1] == '1' || value[1] == '2');
}

// The fields of each type within `roots` that hold messages: few of many, and a
// descriptor is slow to ask. Descriptors live as long as the program.
class MessageFields {
 public:
  using List = std::vector<const google::protobuf::FieldDescriptor*>;

  explicit MessageFields(
      std::initializer_list<const google::protobuf::Descriptor*> roots) {
    for (const google::protobuf::Descriptor* root : roots) Add(*root);
  }

  // `type` is within the roots.
  const List& Of(const google::protobuf::Descriptor& type) const {
    return fields_.at(&type);
  }

 private:
  void Add(const google::protobuf::Descriptor& type) {
    const auto [at, added] = fields_.try_emplace(&type);
    if (!added) return;
    List list;
    for (int i = 0; i < type.field_count(); ++i) {
      const google::protobuf::FieldDescriptor& field = *type.field(i);
      if (field.message_type() != nullptr) list.push_back(&field);
    }
    at->second = list;
    for (const auto* field : list) Add(*field->message_type());
  }

  absl::flat_hash_map<const google::protobuf::Descriptor*, List> fields_;
};

absl::Status CheckChild(const google::protobuf::FieldDescriptor& field,
                        const google::protobuf::Message& child) {
  return Inside(field.name(), CheckNoUnknownFields(child));
}

}  // namespace

absl::Status CheckRange(const v1::Range& range, std::int64_t min,
                        std::int64_t max) {
  MINGA_RETURN_IF_ERROR(Field("min", Between(range.min(), min, max)));
  MINGA_RETURN_IF_ERROR(Field("max", Between(range.max(), min, max)));
  if (range.min() <= range.max()) return absl::OkStatus();
  return Field(
      "max", Bad(absl::StrCat("must not be below min `", range.min(), "`, is"),
                 range.max()));
}

absl::Status CheckTimestamp(const google::protobuf::Timestamp& time) {
  // 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, as timestamp.proto says.
  MINGA_RETURN_IF_ERROR(
      Field("seconds", Between(time.seconds(), -62135596800, 253402300799)));
  return Field("nanos", Between(time.nanos(), 0, 999999999));
}

absl::Status CheckLocation(const v1::Location& location,
                           absl::string_view origin) {
  MINGA_RETURN_IF_ERROR(Field("country", CountryCode(location.country())));
  if (!location.country().empty() && location.country() != origin) {
    return Field("country",
                 Bad(absl::StrCat("must be the origin's, `", origin, "`, is"),
                     location.country()));
  }
  if (!location.subdivision().empty()) {
    MINGA_RETURN_IF_ERROR(
        Field("subdivision", CheckSubdivision(location.subdivision(), origin)));
  }
  return Field("municipality", Line(location.municipality()));
}

absl::Status CheckOccupation(const v1::Occupation& occupation) {
  MINGA_RETURN_IF_ERROR(Field("isco", IscoCode(occupation.isco())));
  MINGA_RETURN_IF_ERROR(
      Field("national_scheme", Line(occupation.national_scheme())));
  MINGA_RETURN_IF_ERROR(
      Field("national_code", Line(occupation.national_code())));
  MINGA_RETURN_IF_ERROR(Field("esco_uri", Url(occupation.esco_uri())));
  return Field("text", Line(occupation.text(), kTitleBytesMax));
}

absl::Status CheckSkill(const v1::Skill& skill) {
  if (skill.uri().empty()) {
    MINGA_RETURN_IF_ERROR(Field("label", Required(skill.label())));
  }
  MINGA_RETURN_IF_ERROR(Field("uri", Url(skill.uri())));
  return Field("label", Line(skill.label()));
}

absl::Status CheckLanguageSkill(const v1::LanguageSkill& skill) {
  MINGA_RETURN_IF_ERROR(Field("language", Required(skill.language())));
  MINGA_RETURN_IF_ERROR(Field("language", LanguageCode(skill.language())));
  if (IsCefr(skill.cefr())) return absl::OkStatus();
  return Field("cefr", Bad("must be A1..C2 or `native`, is", skill.cefr()));
}

absl::Status CheckText(const v1::LocalizedText& text) {
  MINGA_RETURN_IF_ERROR(Field("language", LanguageCode(text.language())));
  MINGA_RETURN_IF_ERROR(Field("title", Line(text.title(), kTitleBytesMax)));
  return Field("description",
               Running(text.description(), kDescriptionBytesMax));
}

absl::Status CheckNoUnknownFields(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::UnknownFieldSet& unknown =
      reflection.GetUnknownFields(message);
  if (!unknown.empty()) {
    return Field("unknown field", Bad("is not in the schema, number",
                                      unknown.field(0).number()));
  }
  static const auto* const fields = new MessageFields(
      {v1::Vacancy::descriptor(), v1::Profile::descriptor(),
       v1::RightsNotice::descriptor(), v1::Consent::descriptor()});
  for (const auto* const at : fields->Of(*message.GetDescriptor())) {
    const google::protobuf::FieldDescriptor& field = *at;
    if (!field.is_repeated()) {
      if (!reflection.HasField(message, &field)) continue;
      MINGA_RETURN_IF_ERROR(
          CheckChild(field, reflection.GetMessage(message, &field)));
      continue;
    }
    const int size = reflection.FieldSize(message, &field);
    for (int k = 0; k < size; ++k) {
      MINGA_RETURN_IF_ERROR(
          CheckChild(field, reflection.GetRepeatedMessage(message, &field, k)));
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
