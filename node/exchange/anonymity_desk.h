// AnonymityDesk is where an operator plans how finely people are shown to a
// peer, puts a ladder in force, begins epochs and checks what was sent.
// OpenOffices (offices.h) makes it.
#ifndef MINGA_NODE_EXCHANGE_ANONYMITY_DESK_H_
#define MINGA_NODE_EXCHANGE_ANONYMITY_DESK_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "minga/v1/anonymity.pb.h"
#include "node/base/ids.h"

namespace minga::exchange {

// Answers are those of AnonymityService (anonymity.proto).
//
// Threads: any thread may call any method, but not from inside a job of the
// database. All: NOT_FOUND if there is no such peer.
class AnonymityDesk {
 public:
  virtual ~AnonymityDesk() = default;

  virtual absl::StatusOr<v1::ShowLadderResponse> Show(
      const PeerId& peer) const = 0;

  // Looks for a ladder on the profiles in store. Reads in pieces; what changes
  // meanwhile may be counted or not.
  //   INVALID_ARGUMENT     numbers out of their bounds.
  //   FAILED_PRECONDITION  fewer than k people may be shown to the peer.
  virtual absl::StatusOr<v1::PlanLadderResponse> Plan(
      const v1::PlanLadderRequest& request) const = 0;

  // Puts `ladder` in force and begins a new epoch, which withdraws everybody at
  // this peer and then shows them anew. Waits for the withdrawals and releases.
  // Returns the epoch.
  //   INVALID_ARGUMENT  of LadderOf.
  virtual absl::StatusOr<Epoch> Activate(absl::string_view actor,
                                         const PeerId& peer,
                                         const v1::Ladder& ladder) = 0;
  // The same with the ladder in force.
  virtual absl::StatusOr<Epoch> StartEpoch(absl::string_view actor,
                                           const PeerId& peer) = 0;

  // Reads what the peer would be sent, row by row of its feed, and counts for
  // itself: everybody shown must look like at least k - 1 others, skills and
  // languages apart, and each skill or language must be shown of at least k of
  // those who look alike otherwise.
  virtual absl::StatusOr<v1::VerifyAnonymityResponse> Verify(
      const v1::VerifyAnonymityRequest& request) const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ANONYMITY_DESK_H_
