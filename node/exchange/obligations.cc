#include "node/exchange/obligations.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>

#include "absl/numeric/int128.h"
#include "minga/v1/vacancy.pb.h"

namespace minga::exchange {
namespace {

constexpr std::int64_t kDaySeconds = 24 * 60 * 60;

void RoundToDay(google::protobuf::Timestamp& time) {
  std::int64_t seconds = time.seconds() % kDaySeconds;
  if (seconds < 0) seconds += kDaySeconds;  // before 1970
  time.set_seconds(time.seconds() - seconds);
  time.set_nanos(0);
}

void RoundTimes(v1::Vacancy& vacancy) {
  if (vacancy.has_created_at()) RoundToDay(*vacancy.mutable_created_at());
  if (vacancy.has_modified_at()) RoundToDay(*vacancy.mutable_modified_at());
  if (vacancy.has_closed_at()) RoundToDay(*vacancy.mutable_closed_at());
}

void CutDescriptions(int characters, v1::Vacancy& vacancy) {
  for (v1::LocalizedText& text : *vacancy.mutable_texts()) {
    const absl::string_view whole = text.description();
    const absl::string_view cut = FirstCharacters(whole, characters);
    if (cut.size() < whole.size()) text.set_description(std::string(cut));
  }
}

void LeaveThePes(v1::Vacancy& vacancy) {
  if (!vacancy.has_apply()) return;
  vacancy.mutable_apply()->Clear();
  vacancy.mutable_apply()->set_through_pes(true);
}

// 128 bits hold any amount times any factor of this file.
using Wide = absl::int128;

// `amount` for one `interval` as so many for `per` months: amount * times /
// per.
struct Monthly {
  Wide times = 0;
  Wide per = 1;
};

// Nullopt if a month of it is not known.
std::optional<Monthly> MonthOf(const v1::Vacancy& vacancy) {
  constexpr int kWeeksOfYear = 52;
  constexpr int kMonthsOfYear = 12;
  switch (vacancy.pay().interval()) {
    case v1::PAY_INTERVAL_MONTH:
      return Monthly{1, 1};
    case v1::PAY_INTERVAL_YEAR:
      return Monthly{1, kMonthsOfYear};
    case v1::PAY_INTERVAL_WEEK:
      return Monthly{kWeeksOfYear, kMonthsOfYear};
    case v1::PAY_INTERVAL_HOUR: {
      const int hours = vacancy.weekly_hours().min();
      if (hours <= 0) return std::nullopt;
      return Monthly{Wide(kWeeksOfYear) * hours, kMonthsOfYear};
    }
    default:  // How many days are worked is not said.
      return std::nullopt;
  }
}

}  // namespace

Terms TermsOf(const policy::Obligations& obligations) {
  return {obligations.retention_days, obligations.retention_until,
          obligations.no_onward_transfer};
}

Terms Stricter(const Terms& one, const Terms& other) {
  Terms both = one;
  if (other.retention_days > 0 &&
      (both.retention_days == 0 ||
       other.retention_days < both.retention_days)) {
    both.retention_days = other.retention_days;
  }
  both.retention_until = std::min(one.retention_until, other.retention_until);
  both.no_onward_transfer = one.no_onward_transfer || other.no_onward_transfer;
  return both;
}

std::optional<absl::CivilDay> KeepUntil(const Terms& terms,
                                        absl::CivilDay day) {
  absl::CivilDay last = terms.retention_until;
  if (terms.retention_days > 0) {
    last = std::min(last, day + terms.retention_days);
  }
  if (last == absl::CivilDay::max()) return std::nullopt;
  return last;
}

absl::string_view FirstCharacters(absl::string_view text, int characters) {
  std::size_t at = 0;
  for (int seen = 0; seen < characters && at < text.size(); ++seen) {
    ++at;
    // The bytes 10xxxxxx go on with the character that they follow.
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  }
  return text.substr(0, at);
}

void Transform(const policy::Obligations& obligations, v1::Vacancy& vacancy) {
  using Operation = policy::Transform::Operation;
  for (const policy::Transform& one : obligations.transforms) {
    switch (one.operation) {
      case Operation::kRoundToDay:
        RoundTimes(vacancy);
        break;
      case Operation::kTruncateText:
        CutDescriptions(one.max_characters, vacancy);
        break;
      case Operation::kThroughPesOnly:
        LeaveThePes(vacancy);
        break;
    }
  }
}

bool SaysTerms(const v1::Recruitment& recruitment) {
  return recruitment.has_documents_retained() ||
         !recruitment.worker_fees().empty();
}

bool AsksTooMuch(const v1::Vacancy& vacancy, int percent_max) {
  const auto& fees = vacancy.recruitment().worker_fees();
  if (fees.empty()) return false;
  if (percent_max <= 0) return true;
  const v1::Pay& pay = vacancy.pay();
  const std::optional<Monthly> month = MonthOf(vacancy);
  if (pay.min_hundredths() <= 0 || pay.currency().empty() ||
      !month.has_value()) {
    return true;
  }
  Wide asked = 0;
  for (const v1::Fee& fee : fees) {
    if (fee.amount_hundredths() <= 0 || fee.currency() != pay.currency()) {
      return true;
    }
    asked += fee.amount_hundredths();
  }
  // asked / (pay * times / per) > percent / 100, without fractions.
  constexpr int kWhole = 100;
  return asked * kWhole * month->per >
         Wide(pay.min_hundredths()) * month->times * percent_max;
}

absl::string_view NotReceivable(const policy::Obligations& obligations,
                                const Content& content, absl::CivilDay today) {
  if (obligations.hold_for_officer) {
    return "hold_for_officer: what comes in cannot be held";
  }
  if (obligations.retention_until < today) {
    return "retention_until: has passed";
  }
  if (obligations.fee_percent_max < 0 || content.kind != RecordKind::kVacancy) {
    return "";
  }
  if (!SaysTerms(content.vacancy().recruitment())) {
    return "fee_rule: what the worker is asked for is not said";
  }
  if (AsksTooMuch(content.vacancy(), obligations.fee_percent_max)) {
    return "fee_rule: the worker is asked for too much";
  }
  return "";
}

}  // namespace minga::exchange
