#include "absl/strings/ascii.h"
#include "minga/v1/profile.pb.h"
#include "node/exchange/checks.h"
#include "node/exchange/pseudonym.h"
#include "node/exchange/validate.h"

namespace minga::exchange {
namespace {

absl::Status CheckExperience(const v1::Experience& experience) {
  MINGA_RETURN_IF_ERROR(
      Inside("occupation", CheckOccupation(experience.occupation())));
  return Inside("months", CheckRange(experience.months(), 0, kMonthsMax));
}

absl::Status CheckEducation(const v1::Education& education) {
  constexpr std::int64_t kIscedMax = 8;
  MINGA_RETURN_IF_ERROR(
      Inside("isced_level", CheckRange(education.isced_level(), 0, kIscedMax)));
  MINGA_RETURN_IF_ERROR(
      Field("isced_field", IscedField(education.isced_field())));
  // 0 is "not said".
  constexpr std::int64_t kYearMax = 2200;
  return Inside("year", CheckRange(education.year(), 0, kYearMax));
}

absl::Status CheckAvailability(const v1::Availability& availability) {
  MINGA_RETURN_IF_ERROR(Field("from", Day(availability.from())));
  constexpr std::int64_t kNoticeDaysMax = 366;
  MINGA_RETURN_IF_ERROR(
      Inside("notice_days",
             CheckRange(availability.notice_days(), 0, kNoticeDaysMax)));
  return Inside("weekly_hours",
                CheckRange(availability.weekly_hours(), 0, kHoursOfAWeek));
}

absl::Status CheckIdentity(const v1::Identity& identity) {
  MINGA_RETURN_IF_ERROR(Field("name", Line(identity.name())));
  MINGA_RETURN_IF_ERROR(Field("document", Line(identity.document())));
  MINGA_RETURN_IF_ERROR(Field("birth_date", Day(identity.birth_date())));
  MINGA_RETURN_IF_ERROR(Field("email", Email(identity.email())));
  MINGA_RETURN_IF_ERROR(Field("phone", Phone(identity.phone())));
  return Field("address", Line(identity.address()));
}

absl::Status CheckSensitive(const v1::SensitiveData& sensitive) {
  MINGA_RETURN_IF_ERROR(Field("sex", Line(sensitive.sex())));
  MINGA_RETURN_IF_ERROR(Field("nationality", Line(sensitive.nationality())));
  MINGA_RETURN_IF_ERROR(
      Field("migration_status", Line(sensitive.migration_status())));
  MINGA_RETURN_IF_ERROR(Field("disability", Line(sensitive.disability())));
  return Field("ethnicity", Line(sensitive.ethnicity()));
}

absl::Status Forbidden(absl::string_view name, bool present) {
  if (!present) return absl::OkStatus();
  return Field(name, absl::InvalidArgumentError("must not cross a border"));
}

// What no feed may carry, whatever the peer's law says of it.
absl::Status CheckNothingPersonal(const v1::Profile& profile) {
  if (!IsPseudonym(profile.id())) {
    return Field("id", absl::InvalidArgumentError("must be a pseudonym"));
  }
  MINGA_RETURN_IF_ERROR(Forbidden("identity", profile.has_identity()));
  MINGA_RETURN_IF_ERROR(Forbidden("sensitive", profile.has_sensitive()));
  MINGA_RETURN_IF_ERROR(Forbidden("free_text", !profile.free_text().empty()));
  MINGA_RETURN_IF_ERROR(Forbidden("status", profile.status() != 0));
  return Forbidden("modified_at", profile.has_modified_at());
}

absl::Status CheckOwnParts(const v1::Profile& profile) {
  MINGA_RETURN_IF_ERROR(
      Field("status", EnumValue(v1::ProfileStatus_IsValid(profile.status()) &&
                                    profile.status() != 0,
                                profile.status())));
  MINGA_RETURN_IF_ERROR(
      Inside("modified_at", CheckTimestamp(profile.modified_at())));
  MINGA_RETURN_IF_ERROR(Inside("identity", CheckIdentity(profile.identity())));
  MINGA_RETURN_IF_ERROR(
      Inside("sensitive", CheckSensitive(profile.sensitive())));
  return Field("free_text", Running(profile.free_text(), kDescriptionBytesMax));
}

absl::Status CheckAbilities(const v1::Profile& profile) {
  MINGA_RETURN_IF_ERROR(EachMessage(
      "desired_occupations", profile.desired_occupations(), CheckOccupation));
  MINGA_RETURN_IF_ERROR(EachValue("sectors", profile.sectors(), IsicCode));
  MINGA_RETURN_IF_ERROR(
      EachMessage("experience", profile.experience(), CheckExperience));
  MINGA_RETURN_IF_ERROR(
      Inside("education", CheckEducation(profile.education())));
  MINGA_RETURN_IF_ERROR(EachMessage("skills", profile.skills(), CheckSkill));
  MINGA_RETURN_IF_ERROR(
      EachMessage("languages", profile.languages(), CheckLanguageSkill));
  return EachValue("driving_licences", profile.driving_licences(),
                   [](absl::string_view value) { return Line(value); });
}

}  // namespace

absl::Status ValidateProfile(const v1::Profile& profile, Country origin,
                             Source source) {
  MINGA_RETURN_IF_ERROR(CheckAbilities(profile));
  MINGA_RETURN_IF_ERROR(Inside(
      "residence", CheckLocation(profile.residence(), origin.ToString())));
  MINGA_RETURN_IF_ERROR(Inside(
      "mobility",
      EachValue("countries", profile.mobility().countries(), CountryCode)));
  MINGA_RETURN_IF_ERROR(
      Inside("availability", CheckAvailability(profile.availability())));
  MINGA_RETURN_IF_ERROR(
      Field("contract_wanted",
            EnumValue(v1::ContractType_IsValid(profile.contract_wanted()),
                      profile.contract_wanted())));
  MINGA_RETURN_IF_ERROR(
      Field("recognition",
            EnumValue(v1::RecognitionState_IsValid(profile.recognition()),
                      profile.recognition())));
  return source == Source::kPeer ? CheckNothingPersonal(profile)
                                 : CheckOwnParts(profile);
}

}  // namespace minga::exchange
