// PolicyDesk puts law in force: the national policy, the node's override and
// the MoUs. Every change is audited and followed by a re-evaluation of all own
// records for all peers. OpenOffices (offices.h) makes it.
//
// Documents are kept in the DocumentStore: "policy/national" and
// "policy/override" (text, first line "# file: <name>"), each with its accepted
// cases beside it ("policy/national-cases", "policy/override-cases"),
// "mou/<CC>" (text of an MoU that CC and we have signed), "mou-note/<CC>" (its
// note with both signatures), "mou-draft/<CC>" (a note that lacks one),
// "mou-replaced/<CC>" (digests of former texts). An MoU of a group stands under
// each party that has signed it.
#ifndef MINGA_NODE_EXCHANGE_POLICY_DESK_H_
#define MINGA_NODE_EXCHANGE_POLICY_DESK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "node/exchange/activation_gate.h"
#include "node/exchange/sweep_progress.h"
#include "policy/policy_set.h"

namespace minga::exchange {

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

  // Checks `document`, asks the ActivationGate, puts it in force and
  // re-evaluates. Returns the number of views that changed. While the gate
  // tests and proves, nothing else waits. After any error but "in force,
  // but..." the policy in force is unchanged.
  //   INVALID_ARGUMENT  the document does not load (file:line:column), or the
  //                     gate refuses it.
  //   ABORTED           other law was put in force meanwhile: try again.
  virtual absl::StatusOr<int> Activate(absl::string_view actor,
                                       PolicyDocument which,
                                       const policy::DocumentSource& document,
                                       const policy::DocumentSource& cases) = 0;
  absl::StatusOr<int> Activate(absl::string_view actor, PolicyDocument which,
                               const policy::DocumentSource& document) {
    return Activate(actor, which, document, policy::DocumentSource());
  }

  // What KeepMou would refuse `text` for, and nothing changes: asked before we
  // sign, whoever else has signed. The ActivationGate is asked, too.
  //   INVALID_ARGUMENT     not an MoU with `peer`, or the gate refuses it.
  //   FAILED_PRECONDITION  no national policy is in force.
  //   ALREADY_EXISTS       it was in force and another text has replaced it.
  virtual absl::Status ExamineMou(const PeerId& peer,
                                  absl::string_view text) const = 0;

  // Keeps the MoU note with `peer` (already verified by the caller; `complete`
  // = our signature and the peer's stand, whoever else is a party) and, if
  // complete, puts its `text` in force with `peer` and re-evaluates. Returns
  // the number of views changed; 0 if this text was in force already. Errors as
  // ExamineMou and Activate.
  virtual absl::StatusOr<int> KeepMou(absl::string_view actor,
                                      const PeerId& peer,
                                      absl::string_view note,
                                      absl::string_view text,
                                      bool complete) = 0;

  // The PeerRow of `peer` was added (its feed is made and filled), suspended,
  // resumed (re-evaluated) or removed (its feed, its classes and everything
  // received from it are erased). Returns the number of views changed. The
  // caller has written the PeerRow, the audit entry of the event and, unless
  // the peer was removed, the mark of federation::NotePeerChanged.
  virtual absl::StatusOr<int> PeerChanged(absl::string_view actor,
                                          const PeerId& peer) = 0;

  // Does the same for the peers whose mark still stands, because PeerChanged
  // was not called or failed before it changed anything. Does nothing while
  // another change is under way. True if there was such a peer.
  virtual absl::StatusOr<bool> FinishPeerChanges() = 0;

  // How far the re-evaluation has come that is under way, or the last one.
  virtual SweepProgress Progress() const = 0;

  // The name of the national policy in force, empty if none.
  virtual std::string NationalName() const = 0;
};

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_POLICY_DESK_H_
