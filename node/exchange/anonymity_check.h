// What a peer was sent of people, checked row by row of its feed. Internal to
// this room.
#ifndef MINGA_NODE_EXCHANGE_ANONYMITY_CHECK_H_
#define MINGA_NODE_EXCHANGE_ANONYMITY_CHECK_H_

#include "absl/status/statusor.h"
#include "federation/ports.h"
#include "minga/v1/anonymity.pb.h"
#include "node/exchange/core.h"

namespace minga::exchange {

// AnonymityDesk::Verify. Reads the feed in one snapshot, so that nothing is
// counted twice or missed: the database's log grows while it lasts. The bytes
// are those that `projector` would send; a row that it calls stale counts as
// changing. The policy is asked for k only.
//   INVALID_ARGUMENT  numbers out of their bounds.
//   NOT_FOUND         no such peer.
//   UNAVAILABLE       the policy in force does not load.
absl::StatusOr<v1::VerifyAnonymityResponse> VerifyFeed(
    Core& core, federation::Projector& projector,
    const v1::VerifyAnonymityRequest& request);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ANONYMITY_CHECK_H_
