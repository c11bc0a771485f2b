// PolicyDesk puts law in force: the national policy, the node's override and
// the MoUs. Every change is audited and followed by a re-evaluation of all own
// records for all peers.
#ifndef MINGA_NODE_EXCHANGE_POLICY_DESK_H_
#define MINGA_NODE_EXCHANGE_POLICY_DESK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "policy/policy_set.h"

namespace minga::exchange {

enum class PolicyDocument { kNational, kOverride };

// Threads: any thread may call any method.
class PolicyDesk {
 public:
  virtual ~PolicyDesk() = default;

  // What holds now; never null. A node without a national policy has a set
  // that denies everything.
  virtual std::shared_ptr<const policy::PolicySet> InForce() const = 0;

  // Checks `text`, puts it in force and re-evaluates. Returns the number of
  // views that changed. INVALID_ARGUMENT with file:line:column: the policy in
  // force is unchanged then.
  virtual absl::StatusOr<int> Activate(
      absl::string_view actor, PolicyDocument which,
      const policy::DocumentSource& document) = 0;

  // Keeps the MoU note with `peer` (already verified by the caller; `complete`
  // = both signatures stand) and, if complete, puts its `text` in force and
  // re-evaluates. Returns the number of views changed.
  virtual absl::StatusOr<int> KeepMou(absl::string_view actor,
                                      const PeerId& peer,
                                      absl::string_view note,
                                      absl::string_view text,
                                      bool complete) = 0;

  // A peer was added (its feed is made and filled), removed, suspended or
  // resumed: re-evaluates for that peer.
  virtual absl::StatusOr<int> PeerChanged(absl::string_view actor,
                                          const PeerId& peer) = 0;

  // The name of the national policy in force, empty if none.
  virtual std::string NationalName() const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_POLICY_DESK_H_
