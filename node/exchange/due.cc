#include "node/exchange/due.h"

#include <algorithm>
#include <string>

#include "minga/v1/profile.pb.h"
#include "minga/v1/publications.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/clock.h"

namespace minga::exchange {
namespace {

constexpr absl::CivilDay kNever = absl::CivilDay::max();

// The day after `last`, a day as records have it; never if it is none.
absl::CivilDay DayAfter(const std::string& last) {
  const absl::StatusOr<absl::CivilDay> day = ParseDay(last);
  return day.ok() ? *day + 1 : kNever;
}

// Keeps the earliest of the days after today.
class Earliest {
 public:
  explicit Earliest(absl::CivilDay today) : today_(today) {}
  void Add(absl::CivilDay day) {
    if (day > today_) day_ = std::min(day_, day);
  }
  absl::CivilDay day() const { return day_; }

 private:
  const absl::CivilDay today_;
  absl::CivilDay day_ = kNever;
};

// Days on which facts of the record (facts.h) become others.
void AddFactDates(const Content& content, Earliest& earliest) {
  if (content.kind == RecordKind::kVacancy) {
    const v1::Recruitment& recruitment = content.vacancy().recruitment();
    if (recruitment.agency() && !recruitment.licence().empty()) {
      earliest.Add(DayAfter(recruitment.licence_valid_until()));
    }
  } else if (content.kind == RecordKind::kProfile) {
    constexpr int kAdultYears = 18;
    const absl::StatusOr<absl::CivilDay> born =
        ParseDay(content.profile().identity().birth_date());
    if (!born.ok()) return;
    earliest.Add(
        absl::CivilDay(born->year() + kAdultYears, born->month(), born->day()));
  }
}

// The day on which an own record is over, whatever the policy says.
void AddEnd(const Content& content, Earliest& earliest) {
  if (content.kind == RecordKind::kVacancy) {
    earliest.Add(DayAfter(content.vacancy().closing_date()));
  } else if (content.kind == RecordKind::kRightsNotice) {
    earliest.Add(DayAfter(content.rights_notice().valid_until()));
  }
}

absl::CivilDay BeforeBoundary(const Scene& scene, absl::CivilDay day) {
  return day < scene.judge->policy().NextBoundary(scene.today) ? day : kNever;
}

}  // namespace

absl::CivilDay ChangesOn(const Scene& scene, const Content& content,
                         const Ruling& ruling) {
  Earliest earliest(scene.today);
  earliest.Add(ruling.next_change);
  const Verdict& verdict = *ruling.verdict;
  if (!verdict.decision.permitted) return earliest.day();
  const policy::Obligations& obligations = verdict.decision.obligations;
  if (obligations.retention_until != kNever) {
    earliest.Add(obligations.retention_until + 1);
  }
  if (obligations.national_first_days > 0 &&
      content.kind == RecordKind::kVacancy &&
      content.vacancy().has_created_at()) {
    const std::int64_t created = content.vacancy().created_at().seconds();
    earliest.Add(DayOf(absl::FromUnixSeconds(created)) +
                 obligations.national_first_days);
  }
  return earliest.day();
}

Evaluation Evaluate(const Scene& scene, const Subject& subject) {
  Evaluation evaluation;
  evaluation.views = EvaluateViews(scene, subject);
  const std::vector<View>& views = evaluation.views;
  // A record that is over stays so.
  if (views.empty() || views.front().state == storage::ViewState::kGone) {
    return evaluation;
  }
  Earliest earliest(scene.today);
  AddEnd(subject.content, earliest);
  AddFactDates(subject.content, earliest);
  if (subject.consent != nullptr) {
    const absl::StatusOr<absl::CivilDay> given =
        ParseDay(subject.consent->given_on());
    if (given.ok()) earliest.Add(*given);
  }
  for (const View& view : views) earliest.Add(view.changes_on);
  evaluation.due = BeforeBoundary(scene, earliest.day());
  return evaluation;
}

absl::CivilDay DueOfReceived(const Scene& scene, const Ruling& ruling,
                             const Content& content,
                             std::optional<absl::CivilDay> keep_until) {
  Earliest earliest(scene.today);
  AddFactDates(content, earliest);
  earliest.Add(ChangesOn(scene, content, ruling));
  absl::CivilDay due = BeforeBoundary(scene, earliest.day());
  // What was promised to another country does not wait for a sweep.
  if (keep_until.has_value()) due = std::min(due, *keep_until + 1);
  return due;
}

}  // namespace minga::exchange
