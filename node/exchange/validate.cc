#include "node/exchange/validate.h"

#include <google/protobuf/message.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/exchange/checks.h"
#include "policy/schema.h"

namespace minga::exchange {
namespace {

absl::Status CheckSection(absl::string_view section) {
  const std::vector<absl::string_view>& known = policy::ConsentSections();
  if (std::binary_search(known.begin(), known.end(), section)) {
    return absl::OkStatus();
  }
  return Bad("must be a consent section such as `occupation`, is", section);
}

absl::Status CheckPurpose(int purpose) {
  return EnumValue(
      v1::Purpose_IsValid(purpose) && purpose != v1::PURPOSE_UNSPECIFIED,
      purpose);
}

absl::Status CheckConsentCountry(absl::string_view country) {
  MINGA_RETURN_IF_ERROR(Required(country));
  return CountryCode(country);
}

template <typename Items>
absl::Status NotEmpty(const Items& items) {
  if (items.size() > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("must not be empty");
}

absl::Status CheckTerm(const v1::Consent& consent) {
  MINGA_RETURN_IF_ERROR(Field("given_on", Required(consent.given_on())));
  MINGA_RETURN_IF_ERROR(Field("given_on", Day(consent.given_on())));
  MINGA_RETURN_IF_ERROR(Field("expires", Required(consent.expires())));
  MINGA_RETURN_IF_ERROR(Field("expires", Day(consent.expires())));
  MINGA_RETURN_IF_ERROR(
      Field("expires", DaysInOrder(consent.given_on(), consent.expires(),
                                   "must not be before given_on, is")));
  const absl::CivilDay given = *ParseDay(consent.given_on());
  // A year later by the calendar; 29 February ends on 1 March.
  const absl::CivilDay latest(given.year() + 1, given.month(), given.day());
  if (*ParseDay(consent.expires()) <= latest) return absl::OkStatus();
  return Field("expires", Bad("must be at most a year after given_on, is",
                              consent.expires()));
}

}  // namespace

absl::Status Validate(const Content& content, Country origin, Source source) {
  const std::size_t size = content.message->ByteSizeLong();
  if (size > kRecordBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("record: must have at most ",
                                                   kRecordBytesMax,
                                                   " bytes, has `", size, "`"));
  }
  MINGA_RETURN_IF_ERROR(CheckNoUnknownFields(*content.message));
  MINGA_RETURN_IF_ERROR(Field("id", ValidateRecordId(content.id())));
  if (content.kind == RecordKind::kVacancy) {
    return ValidateVacancy(content.vacancy(), origin, source);
  }
  if (content.kind == RecordKind::kProfile) {
    return ValidateProfile(content.profile(), origin, source);
  }
  return ValidateRightsNotice(content.rights_notice());
}

absl::Status ValidateConsent(const v1::Consent& consent) {
  MINGA_RETURN_IF_ERROR(CheckNoUnknownFields(consent));
  MINGA_RETURN_IF_ERROR(Field("sections", NotEmpty(consent.sections())));
  MINGA_RETURN_IF_ERROR(
      EachValue("sections", consent.sections(), CheckSection));
  MINGA_RETURN_IF_ERROR(Field("countries", NotEmpty(consent.countries())));
  MINGA_RETURN_IF_ERROR(
      EachValue("countries", consent.countries(), CheckConsentCountry));
  MINGA_RETURN_IF_ERROR(Field("purposes", NotEmpty(consent.purposes())));
  MINGA_RETURN_IF_ERROR(
      EachValue("purposes", consent.purposes(), CheckPurpose));
  MINGA_RETURN_IF_ERROR(CheckTerm(consent));
  return Field("evidence", Line(consent.evidence()));
}

absl::Status ValidateRightsNotice(const v1::RightsNotice& notice) {
  MINGA_RETURN_IF_ERROR(Field(
      "topic",
      EnumValue(v1::RightsTopic_IsValid(notice.topic()) && notice.topic() != 0,
                notice.topic())));
  MINGA_RETURN_IF_ERROR(Field("texts", NotEmpty(notice.texts())));
  MINGA_RETURN_IF_ERROR(EachMessage("texts", notice.texts(), CheckText));
  MINGA_RETURN_IF_ERROR(
      Field("source_citation", Line(notice.source_citation())));
  MINGA_RETURN_IF_ERROR(Field("source_url", Url(notice.source_url())));
  MINGA_RETURN_IF_ERROR(Field("verified_on", Day(notice.verified_on())));
  MINGA_RETURN_IF_ERROR(Field("valid_from", Day(notice.valid_from())));
  MINGA_RETURN_IF_ERROR(Field("valid_until", Day(notice.valid_until())));
  MINGA_RETURN_IF_ERROR(Field(
      "valid_until", DaysInOrder(notice.valid_from(), notice.valid_until(),
                                 "must not be before valid_from, is")));
  return Field("version", NotNegative(notice.version()));
}

}  // namespace minga::exchange
