// PolicyDesk puts law in force: the national policy, the node's override and
// the MoUs. Every change is audited and followed by a re-evaluation of all own
// records for all peers. OpenOffices (offices.h) makes it.
//
// Documents are kept in the DocumentStore: "policy/national" and
// "policy/override" (text, first line "# file: <name>"), "mou/<CC>" (text of a
// complete MoU), "mou-note/<CC>" (the note, also while a signature is missing).
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

// A change is in force when it is durable; the re-evaluation follows before the
// call returns, withdrawals first. If that is interrupted (a crash, a full
// disk), the error says so and Exchange::Housekeep finishes it; meanwhile
// nothing stale is sent, because Projector compares digests.
//
// The law also decides what comes in: what it no longer permits of the records
// received is erased, and if it kept some out before, the cursors of those
// peers go back to 0, so that their feeds are taken again from the beginning.
// Federation should then reconnect to them at once rather than at the next
// renewal of the stream.
//
// Threads: any thread may call any method, but not from inside a job of the
// database; changes wait for each other.
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

  // The PeerRow of `peer` was added (its feed is made and filled), suspended,
  // resumed (re-evaluated) or removed (its feed, its classes and everything
  // received from it are erased). Returns the number of views changed. The
  // caller has written the PeerRow and the audit entry of the event.
  virtual absl::StatusOr<int> PeerChanged(absl::string_view actor,
                                          const PeerId& peer) = 0;

  // The name of the national policy in force, empty if none.
  virtual std::string NationalName() const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_POLICY_DESK_H_
