// Obligations are what permission is tied to (policy::Obligations). Each of the
// closed list is carried out here, by sender or receiver:
//
//   obligation            sender                       receiver
//   transform             project.cc, after levels     inbox.cc, own rules
//   min_k, min_l          anonymity.h                  -
//   retention_days/until  in the row (Terms); past     the stricter of both
//                         the last day nothing         sides, ours of now, days
//                         leaves                       from the first arrival
//                                                      (retention.h); erased
//                                                      after it, counted in
//                                                      receipts
//   erase_within_hours    FeedRow::erase_by, in the    erases on arrival; the
//                         DELETE; DutyDesk::Owed       receipt proves it
//   breach_notice_hours   DutyDesk::Breach: the        the same
//                         number is told, people act
//   national_first_days   view.cc                      -
//   notify_person         reevaluate.cc queues a       -
//                         notice; DutyDesk
//   no_onward_transfer    in the row (Terms)           marked in ReceivedBody;
//                                                      nothing received is ever
//                                                      in a feed
//   hold_for_officer      view.cc, ReleaseDesk         refused: nobody there
//                                                      could release it
//   notice                project_vacancy.cc           inbox.cc, own rules
//   fee_rule              view.cc                      inbox.cc, own rules
//
// "-": nothing to do there. What this file holds are pure functions.
#ifndef MINGA_NODE_EXCHANGE_OBLIGATIONS_H_
#define MINGA_NODE_EXCHANGE_OBLIGATIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "node/exchange/content.h"
#include "policy/decision.h"

namespace minga::v1 {
class Recruitment;
}  // namespace minga::v1

namespace minga::exchange {

// Reason codes of views, beside those of judge.h.
inline constexpr absl::string_view kReasonFee = "fee";
inline constexpr absl::string_view kReasonHeld = "held";

// From a withdrawal to its erasure where no rule says it: a receiver erases in
// the transaction that applies the page; a day leaves room for its operator to
// mend a node that cannot.
inline constexpr absl::Duration kEraseWithin = absl::Hours(24);

// What a record is tied to at its receiver. Part of what is shown: other terms
// are sent as a change.
struct Terms {
  // Kept at most so long after it came; 0: no limit.
  int retention_days = 0;
  // The last day on which it is kept; max(): no limit.
  absl::CivilDay retention_until = absl::CivilDay::max();
  // Not to be passed on.
  bool no_onward_transfer = false;

  friend bool operator==(const Terms&, const Terms&) = default;
};

Terms TermsOf(const policy::Obligations& obligations);
// What both ask for.
Terms Stricter(const Terms& one, const Terms& other);
// The last day on which a record that came on `day` is kept.
std::optional<absl::CivilDay> KeepUntil(const Terms& terms, absl::CivilDay day);

// Changes `vacancy`, a projection, as `obligations.transforms` ask. What a
// transform is for but was not shown stays absent.
void Transform(const policy::Obligations& obligations, v1::Vacancy& vacancy);

// The first `characters` code points of `text`, which is UTF-8. Never cuts
// within one; bytes that are no UTF-8 count as one each.
absl::string_view FirstCharacters(absl::string_view text, int characters);

// True if the terms of recruitment are stated, so that no fee listed means that
// none is asked (vacancy.proto). Own vacancies need not state them.
bool SaysTerms(const v1::Recruitment& recruitment);

// True if the vacancy asks a worker for more than `percent_max` of the first
// pay: the lower end of the pay, of one month (52 weeks make 12). Also true if
// fees are asked and cannot be compared with it: an amount, the pay or its
// interval is not said, the pay is by the day, or by the hour without weekly
// hours, or in another currency. 0 percent: any fee at all.
bool AsksTooMuch(const v1::Vacancy& vacancy, int percent_max);

// Why our own obligations about receiving keep a record that the policy lets
// in out; "" if they do not. `today` is that of its arrival. A bound on fees
// keeps out what does not say whether fees are asked.
absl::string_view NotReceivable(const policy::Obligations& obligations,
                                const Content& content, absl::CivilDay today);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_OBLIGATIONS_H_
