#include "node/rpc/call_budgets.h"

#include "absl/strings/str_cat.h"

namespace minga::rpc {

absl::Status CallBudgets::Spend(const PeerId& peer, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  federation::Budget& left =
      left_.try_emplace(peer, per_minute_, absl::Minutes(1)).first->second;
  if (left.Empty(now)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", per_minute_,
                     " such calls a minute; try again in a minute"));
  }
  left.Spend(now, 1);
  return absl::OkStatus();
}

}  // namespace minga::rpc
