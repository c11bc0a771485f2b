// Federation drives the exchange with all peers: it serves each peer its feed
// and follows the peers' feeds. One thread calls Tick; everything else only
// queues and wakes it.
#ifndef MINGA_FEDERATION_FEDERATION_H_
#define MINGA_FEDERATION_FEDERATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/budget.h"
#include "federation/descriptor.h"
#include "federation/ports.h"
#include "federation/protocol.h"
#include "federation/transport.h"
#include "node/base/clock.h"
#include "node/base/crypto/sign.h"
#include "node/base/random.h"
#include "storage/database.h"

namespace minga::federation {

class OwnLog;
class Keyring;

// What the node lends to federation; all of it outlives the Federation.
struct Parts {
  Country own;
  storage::Database* database = nullptr;
  Projector* projector = nullptr;
  Inbox* inbox = nullptr;
  Transport* transport = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  const SigningKey* node_key = nullptr;
  std::string node_key_name;
  // The node's own audit log; null: it is not witnessed and witnesses nobody.
  OwnLog* own_log = nullptr;
  // Null: `node_key` alone signs, and peers are not told of other keys.
  Keyring* keyring = nullptr;
  // A peer's row in the database has changed, for another descriptor or because
  // federation has suspended it: pins and streams follow. May be null. Called
  // on the federation thread; must not wait.
  std::function<void()> peers_changed;
  // SHA-256 of the policy in force, for greetings; may be null. Called on the
  // federation thread.
  std::function<std::string()> policy_hash;
  ProtocolRange protocols;
  // Of each peer and direction.
  Allowances allowances;
  // Runs work of seconds on another thread; null: at once, on the federation
  // thread (simulations). What it runs uses the database only.
  std::function<void(std::function<void()>)> aside = {};
};

// The state of the exchange with one peer, for status and metrics.
struct PeerProgress {
  PeerId peer;
  bool following = false;  // our stream to it is open and greeted
  bool followed = false;   // its stream to us is open and greeted
  bool caught_up = false;  // its last page said so and we applied it
  absl::Time last_contact = absl::InfinitePast();
  std::string last_error;
  std::uint64_t pages_received = 0;
  std::uint64_t records_rejected = 0;
  std::uint32_t protocol = 0;  // of our stream to it; 0 before the greeting
  PendingErasures erasures_here;
  // What was held of an earlier epoch is still being erased.
  bool settling = false;
  // Nothing of it is taken before then, because it sent malformed data.
  absl::Time slowed_until = absl::InfinitePast();
  // Its budget of the day is spent: nothing crosses before then.
  absl::Time budget_until = absl::InfinitePast();
  // Why its newest descriptor was not taken: its former one is gone by until
  // that ends, and nothing is exchanged then.
  std::string descriptor_refused;
};

// Threads: Tick from one thread, the rest from any. Close waits for a Tick that
// runs.
class Federation : public LinkEvents {
 public:
  // The peers are read from the database at the first Tick and after
  // PeersChanged.
  static std::unique_ptr<Federation> Create(const Parts& parts);

  // Does everything that is due: handles queued events, dials, sends pages,
  // hands received pages to the writer. Returns the time at which it wants to
  // be called again if nothing wakes it before.
  virtual absl::Time Tick() = 0;

  // Blocks the federation thread until something is queued or `until`; false
  // after Close. The simulator never calls it.
  virtual bool WaitUntil(absl::Time until) = 0;

  // Peers were added, removed, suspended or resumed in the database, or their
  // cursors were moved because the law that lets their records in has changed.
  virtual void PeersChanged() = 0;
  // New rows stand in these feeds (storage::CommitNews).
  virtual void FeedsMoved(const std::vector<PeerId>& peers) = 0;

  // A checkpoint of the own log was signed: the peers may cosign it.
  virtual void LogSigned() = 0;

  // Something stored for the errands with `peer` has changed, such as an order
  // to compare (view_items.h).
  virtual void Nudge(const PeerId& peer) = 0;

  virtual std::vector<PeerProgress> Progress() const = 0;

  // Ends all streams; WaitUntil returns false from now on. Jobs already with
  // the writer still run; those not begun when the Federation is destroyed do
  // nothing.
  virtual void Close() = 0;
};

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_FEDERATION_H_
