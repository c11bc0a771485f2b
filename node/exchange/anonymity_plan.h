// A ladder planned on the profiles in store. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_ANONYMITY_PLAN_H_
#define MINGA_NODE_EXCHANGE_ANONYMITY_PLAN_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "minga/v1/anonymity.pb.h"
#include "node/base/ids.h"
#include "node/exchange/core.h"
#include "node/exchange/subject.h"

namespace minga::exchange {

// AnonymityDesk::Plan. Reads the store in many short snapshots. People are
// counted for classes of k + release_margin, as an epoch begins with them.
//   INVALID_ARGUMENT     numbers out of their bounds.
//   NOT_FOUND            no such peer.
//   FAILED_PRECONDITION  fewer people than that may be shown to the peer, or no
//                        so many of them on the same terms.
//   RESOURCE_EXHAUSTED   people differ in too many ways to plan for; the policy
//                        has to show some field more coarsely.
absl::StatusOr<v1::PlanLadderResponse> PlanForPeer(
    Core& core, const v1::PlanLadderRequest& request);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ANONYMITY_PLAN_H_
