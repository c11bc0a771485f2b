// Rotation takes a peer from one epoch to the next (ladder.h), and releases
// those who wait. In two halves, so that nobody can match who goes with who
// comes: everybody is withdrawn first, then shown, each time in random order.
// Who may be shown on a finer rung is shown there before others are on coarser
// ones. A crash costs nothing: the phase is kept with the ladder, and who is
// left is found by epoch. Internal to this room.
#ifndef MINGA_NODE_EXCHANGE_ROTATION_H_
#define MINGA_NODE_EXCHANGE_ROTATION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/exchange/core.h"
#include "node/exchange/ladder.h"
#include "node/exchange/work_budget.h"

namespace minga::exchange {

class Rotation {
 public:
  // Finds what there is to do for `peer`: what its phase says, or, in a steady
  // one, the release of those who wait. NOT_FOUND if there is no such peer.
  static absl::StatusOr<std::unique_ptr<Rotation>> Open(Core& core,
                                                        const PeerId& peer);

  const PeerId& peer() const { return peer_; }
  // One chunk; false if there is none left.
  // REQUIRES: core.change_mutex is held.
  absl::StatusOr<bool> Step(const Deed& deed);

 private:
  Rotation(Core& core, PeerId peer) : core_(core), peer_(peer) {}

  absl::Status Collect();
  absl::Status CollectIn(const storage::Snapshot& snapshot);
  absl::Status Write(const Deed& deed, std::size_t from, std::size_t to);
  absl::Status Advance(EpochPhase phase);

  Core& core_;
  const PeerId peer_;
  bool epoch_begins_ = false;
  EpochPhase phase_ = EpochPhase::kSteady;
  int rungs_ = 0;
  int rung_ = 0;
  std::vector<std::string> queue_;  // profiles, shuffled
  std::size_t next_ = 0;
};

// Releases who waits at all peers, or at `only` one; at those between two
// epochs Housekeep does it.
// REQUIRES: core.change_mutex is held.
absl::Status ReleaseWaiting(Core& core, const Deed& deed,
                            const std::optional<PeerId>& only);

// Begins the next epoch of `peer`, with `ladder` if it is not null: from then
// on nobody new is shown. Returns its number; NOT_FOUND as Open.
absl::StatusOr<Epoch> BeginEpoch(Core& core, const Deed& deed,
                                 const PeerId& peer,
                                 std::shared_ptr<const Ladder> ladder);

// Begins an epoch with each peer to which people were shown by other
// hierarchies than those in use, or by an older program, which did not keep by
// which: what was seen of them (Displays::Floor) is told in steps, which mean
// something else now. For the start, before anybody is shown.
absl::Status FollowHierarchies(Core& core);

// What of this is due by itself: interrupted rotations, epochs whose days are
// over, or in which somebody's stay at the peer soon is, and a release on each
// day, after a start and after a sweep. One of them is continued for as long as
// `budget` lasts; false if there is more to do. REQUIRES: core.change_mutex is
// held.
absl::StatusOr<bool> KeepEpochs(Core& core, const Deed& deed,
                                const WorkBudget& budget);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_ROTATION_H_
