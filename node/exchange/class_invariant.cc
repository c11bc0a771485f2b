// The invariant of anonymity, checked on what a transaction leaves.
#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "node/exchange/anonymity.h"
#include "node/exchange/support.h"

namespace minga::exchange {

using storage::ClassResident;
using storage::ClassRole;
using storage::ClassState;

absl::Status ClassLedger::Check(const storage::FeedReader& feeds,
                                Country own) const {
  for (const auto& [peer, klass] : touched_) {
    const int k = KOf(klass);
    MINGA_ASSIGN_OR_RETURN(const ClassState state,
                           classes_.Lookup(peer, klass));
    if (state.shown == 0) continue;
    if (state.shown < k) {
      return absl::InternalError(absl::StrCat("anonymity: a class of ",
                                              state.shown,
                                              " is displayed "
                                              "to `",
                                              peer.ToString(), "`, k is ", k));
    }
    if (!IsDiverse(state, "", LOf(klass))) {
      return absl::InternalError(
          absl::StrCat("anonymity: a class without diversity is displayed to `",
                       peer.ToString(), "`"));
    }
    // A class that grew far beyond k in this transaction was checked when its
    // members were shown; reading all of them again would be quadratic.
    if (state.shown > 2 * static_cast<std::int64_t>(k)) continue;
    MINGA_ASSIGN_OR_RETURN(
        const std::vector<ClassResident> members,
        classes_.Residents(state.number, ClassRole::kShown, "",
                           static_cast<int>(state.shown)));
    for (const ClassResident& member : members) {
      MINGA_ASSIGN_OR_RETURN(
          const std::optional<storage::FeedRow> row,
          feeds.Find(peer, {own, RecordKind::kProfile, member.profile}));
      if (row.has_value() && row->state == storage::ViewState::kShown) continue;
      return absl::InternalError(
          absl::StrCat("anonymity: a member of a displayed class is not seen "
                       "by `",
                       peer.ToString(), "`"));
    }
  }
  return absl::OkStatus();
}

}  // namespace minga::exchange
