#include "absl/time/time.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/clock.h"
#include "node/exchange/checks.h"
#include "node/exchange/validate.h"

namespace minga::exchange {
namespace {

absl::Status CheckStatus(v1::VacancyStatus status, Source source) {
  if (source == Source::kPeer && status != v1::VACANCY_STATUS_OPEN) {
    return Bad("must be open when received, is", status);
  }
  return EnumValue(v1::VacancyStatus_IsValid(status) &&
                       status != v1::VACANCY_STATUS_UNSPECIFIED,
                   status);
}

absl::Status CheckTexts(const v1::Vacancy& vacancy, Source source) {
  if (vacancy.texts().empty()) {
    return Field("texts", absl::InvalidArgumentError("must not be empty"));
  }
  const auto check = [source](const v1::LocalizedText& text) {
    MINGA_RETURN_IF_ERROR(CheckText(text));
    MINGA_RETURN_IF_ERROR(Field("title", Required(text.title())));
    if (source == Source::kPeer) return absl::OkStatus();
    return Field("language", Required(text.language()));
  };
  MINGA_RETURN_IF_ERROR(EachMessage("texts", vacancy.texts(), check));
  for (int i = 1; i < vacancy.texts_size(); ++i) {
    const std::string& language = vacancy.texts(i).language();
    for (int k = 0; k < i && !language.empty(); ++k) {
      if (vacancy.texts(k).language() != language) continue;
      return Item("texts", i, Bad("must be the only one in", language));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEmployer(const v1::Employer& employer) {
  MINGA_RETURN_IF_ERROR(Field("name", Line(employer.name())));
  MINGA_RETURN_IF_ERROR(Field("legal_id", Line(employer.legal_id())));
  MINGA_RETURN_IF_ERROR(Field("isic", IsicCode(employer.isic())));
  constexpr std::int64_t kEmployeesMax = 100'000'000;
  return Inside("size", CheckRange(employer.size(), 0, kEmployeesMax));
}

absl::Status CheckLocations(const v1::Vacancy& vacancy,
                            absl::string_view origin) {
  if (vacancy.locations().empty()) {
    return Field("locations", absl::InvalidArgumentError("must not be empty"));
  }
  return EachMessage(
      "locations", vacancy.locations(), [&](const v1::Location& location) {
        MINGA_RETURN_IF_ERROR(Field("country", Required(location.country())));
        return CheckLocation(location, origin);
      });
}

absl::Status CheckPay(const v1::Pay& pay) {
  MINGA_RETURN_IF_ERROR(
      Field("min_hundredths", NotNegative(pay.min_hundredths())));
  MINGA_RETURN_IF_ERROR(
      Field("max_hundredths", NotNegative(pay.max_hundredths())));
  if (pay.max_hundredths() > 0 && pay.max_hundredths() < pay.min_hundredths()) {
    return Field("max_hundredths",
                 Bad(absl::StrCat("must not be below min_hundredths `",
                                  pay.min_hundredths(), "`, is"),
                     pay.max_hundredths()));
  }
  if (pay.min_hundredths() > 0 || pay.max_hundredths() > 0) {
    MINGA_RETURN_IF_ERROR(Field("currency", Required(pay.currency())));
  }
  MINGA_RETURN_IF_ERROR(Field("currency", CurrencyCode(pay.currency())));
  return Field("interval", EnumValue(v1::PayInterval_IsValid(pay.interval()),
                                     pay.interval()));
}

absl::Status CheckFee(const v1::Fee& fee) {
  MINGA_RETURN_IF_ERROR(Field(
      "category",
      EnumValue(v1::FeeCategory_IsValid(fee.category()), fee.category())));
  MINGA_RETURN_IF_ERROR(
      Field("amount_hundredths", NotNegative(fee.amount_hundredths())));
  return Field("currency", CurrencyCode(fee.currency()));
}

absl::Status CheckRecruitment(const v1::Recruitment& recruitment) {
  MINGA_RETURN_IF_ERROR(
      Field("recruiter_id", Line(recruitment.recruiter_id())));
  MINGA_RETURN_IF_ERROR(
      Field("recruiter_name", Line(recruitment.recruiter_name())));
  MINGA_RETURN_IF_ERROR(Field("licence", Line(recruitment.licence())));
  MINGA_RETURN_IF_ERROR(
      Field("licence_valid_until", Day(recruitment.licence_valid_until())));
  MINGA_RETURN_IF_ERROR(
      EachMessage("worker_fees", recruitment.worker_fees(), CheckFee));
  return Field("contract_language",
               LanguageCode(recruitment.contract_language()));
}

absl::Status CheckBenefits(const v1::Benefits& benefits) {
  MINGA_RETURN_IF_ERROR(
      EachValue("items", benefits.items(),
                [](absl::string_view item) { return Line(item); }));
  return Field("travel_paid_by",
               EnumValue(v1::TravelPaidBy_IsValid(benefits.travel_paid_by()),
                         benefits.travel_paid_by()));
}

absl::Status CheckNotice(const v1::LegalNotice& notice) {
  MINGA_RETURN_IF_ERROR(
      Field("citation", Running(notice.citation(), kParagraphBytesMax)));
  return Field("text", Running(notice.text(), kParagraphBytesMax));
}

absl::Status CheckApply(const v1::ApplyMethod& apply) {
  MINGA_RETURN_IF_ERROR(Field("url", Url(apply.url())));
  MINGA_RETURN_IF_ERROR(Field("email", Email(apply.email())));
  MINGA_RETURN_IF_ERROR(Field("phone", Phone(apply.phone())));
  return Field("instructions",
               Running(apply.instructions(), kParagraphBytesMax));
}

absl::Status CheckSharing(const v1::Vacancy& vacancy, Source source) {
  if (source == Source::kPeer) {
    if (vacancy.has_sharing()) {
      return Field("sharing",
                   absl::InvalidArgumentError("must not cross a border"));
    }
    if (!vacancy.provenance().empty()) {
      return Field("provenance",
                   absl::InvalidArgumentError("must not cross a border"));
    }
    return absl::OkStatus();
  }
  MINGA_RETURN_IF_ERROR(Inside(
      "sharing",
      EachValue("countries", vacancy.sharing().countries(), CountryCode)));
  MINGA_RETURN_IF_ERROR(Field("sharing.reason_not_shared",
                              Line(vacancy.sharing().reason_not_shared())));
  return Field("provenance", Line(vacancy.provenance()));
}

absl::Status NotBefore(absl::string_view name,
                       const google::protobuf::Timestamp& earlier,
                       const google::protobuf::Timestamp& later) {
  if (later.seconds() >= earlier.seconds()) return absl::OkStatus();
  return Field(name,
               absl::InvalidArgumentError("must not be before created_at"));
}

absl::Status CheckTimes(const v1::Vacancy& vacancy) {
  MINGA_RETURN_IF_ERROR(Field("start_date", Day(vacancy.start_date())));
  MINGA_RETURN_IF_ERROR(Field("closing_date", Day(vacancy.closing_date())));
  MINGA_RETURN_IF_ERROR(Field(
      "duration_months", Between(vacancy.duration_months(), 0, kMonthsMax)));
  MINGA_RETURN_IF_ERROR(
      Inside("created_at", CheckTimestamp(vacancy.created_at())));
  MINGA_RETURN_IF_ERROR(
      Inside("modified_at", CheckTimestamp(vacancy.modified_at())));
  MINGA_RETURN_IF_ERROR(
      Inside("closed_at", CheckTimestamp(vacancy.closed_at())));
  if (!vacancy.has_created_at()) return absl::OkStatus();
  const google::protobuf::Timestamp& created = vacancy.created_at();
  const std::string day =
      FormatDay(DayOf(absl::FromUnixSeconds(created.seconds())));
  MINGA_RETURN_IF_ERROR(
      Field("closing_date", DaysInOrder(day, vacancy.closing_date(),
                                        "must not be before created_at, is")));
  if (vacancy.has_modified_at()) {
    MINGA_RETURN_IF_ERROR(
        NotBefore("modified_at", created, vacancy.modified_at()));
  }
  if (!vacancy.has_closed_at()) return absl::OkStatus();
  return NotBefore("closed_at", created, vacancy.closed_at());
}

absl::Status CheckRequirements(const v1::Vacancy& vacancy) {
  MINGA_RETURN_IF_ERROR(EachMessage("skills", vacancy.skills(), CheckSkill));
  MINGA_RETURN_IF_ERROR(
      EachMessage("languages", vacancy.languages(), CheckLanguageSkill));
  constexpr int kIscedMax = 8;
  MINGA_RETURN_IF_ERROR(
      Field("isced_level", Between(vacancy.isced_level(), 0, kIscedMax)));
  MINGA_RETURN_IF_ERROR(
      Field("isced_field", IscedField(vacancy.isced_field())));
  MINGA_RETURN_IF_ERROR(
      Field("experience_months",
            Between(vacancy.experience_months(), 0, kMonthsMax)));
  return EachValue("driving_licences", vacancy.driving_licences(),
                   [](absl::string_view value) { return Line(value); });
}

absl::Status CheckJob(const v1::Vacancy& vacancy) {
  MINGA_RETURN_IF_ERROR(Field("openings", NotNegative(vacancy.openings())));
  MINGA_RETURN_IF_ERROR(
      Inside("occupation", CheckOccupation(vacancy.occupation())));
  MINGA_RETURN_IF_ERROR(
      Field("contract_type",
            EnumValue(v1::ContractType_IsValid(vacancy.contract_type()),
                      vacancy.contract_type())));
  MINGA_RETURN_IF_ERROR(Field(
      "schedule",
      EnumValue(v1::Schedule_IsValid(vacancy.schedule()), vacancy.schedule())));
  return Inside("weekly_hours",
                CheckRange(vacancy.weekly_hours(), 0, kHoursOfAWeek));
}

}  // namespace

absl::Status ValidateVacancy(const v1::Vacancy& vacancy, Country origin,
                             Source source) {
  MINGA_RETURN_IF_ERROR(Field("status", CheckStatus(vacancy.status(), source)));
  MINGA_RETURN_IF_ERROR(CheckTexts(vacancy, source));
  MINGA_RETURN_IF_ERROR(Inside("employer", CheckEmployer(vacancy.employer())));
  MINGA_RETURN_IF_ERROR(CheckLocations(vacancy, origin.ToString()));
  MINGA_RETURN_IF_ERROR(CheckJob(vacancy));
  MINGA_RETURN_IF_ERROR(CheckRequirements(vacancy));
  MINGA_RETURN_IF_ERROR(Inside("pay", CheckPay(vacancy.pay())));
  MINGA_RETURN_IF_ERROR(Inside("benefits", CheckBenefits(vacancy.benefits())));
  MINGA_RETURN_IF_ERROR(Field(
      "right_to_work", Running(vacancy.right_to_work(), kParagraphBytesMax)));
  MINGA_RETURN_IF_ERROR(EachMessage("notices", vacancy.notices(), CheckNotice));
  MINGA_RETURN_IF_ERROR(Inside("apply", CheckApply(vacancy.apply())));
  MINGA_RETURN_IF_ERROR(
      Inside("recruitment", CheckRecruitment(vacancy.recruitment())));
  MINGA_RETURN_IF_ERROR(CheckTimes(vacancy));
  return CheckSharing(vacancy, source);
}

}  // namespace minga::exchange
