// OwnLog is what the threads of a node tell each other about its own audit log:
// under which keys it is signed, whether it may be signed now, how far it was.
//
// The guard: a database that was put back to an older state would sign a second
// history. So after a start nothing is signed until the peers have said which
// checkpoint of ours they have cosigned last, or have not been reached for a
// while; and nothing any more once a peer has shown one, signed by ourselves,
// that the log does not contain.
#ifndef MINGA_FEDERATION_OWN_LOG_H_
#define MINGA_FEDERATION_OWN_LOG_H_

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "federation/cosign_round.h"
#include "federation/witness.h"
#include "node/base/ids.h"
#include "node/base/note.h"
#include "storage/audit_store.h"
#include "storage/database.h"
#include "storage/evidence/signed_checkpoint.h"

namespace minga::federation {

// Peers that are up answer within a second or two of a start; one that is down
// must not keep the log unsigned for long.
inline constexpr absl::Duration kGuardWait = absl::Seconds(10);

// The document in which a checkpoint stands that a peer has shown and the log
// does not contain.
inline constexpr absl::string_view kBehindDocument = "log/behind";

struct OwnLogKeys {
  std::vector<NoteVerifier> log;  // the present one, then retired ones
  Cosign cosign;                  // the peers' checkpoints
};

// Threads: any thread may call any method, except round().
class OwnLog {
 public:
  explicit OwnLog(OwnLogKeys keys)
      : OwnLog([keys = std::move(keys)] { return keys; }) {}
  // `keys` says which there are now: they change. Called on any thread.
  explicit OwnLog(std::function<OwnLogKeys()> keys) : keys_(std::move(keys)) {}

  OwnLogKeys keys() const { return keys_(); }

  // --- The guard.
  // Holds signing back until each active peer was heard, at most kGuardWait.
  absl::Status AwaitPeers(const storage::Database& database, absl::Time now);
  // The peer has said what it holds, and the log contains it.
  void Heard(const PeerId& peer);
  // A checkpoint of ours that the log, of `size` entries, does not contain. Who
  // shows it.
  void Stop(absl::string_view shown_by, const storage::Checkpoint& shown,
            storage::LeafIndex size);
  // OK: sign.
  //   UNAVAILABLE   peers are still being asked; soon.
  //   DATA_LOSS     stopped; says why and what to do.
  absl::Status MaySign(absl::Time now) const;

  // --- How far it was signed.
  // `tell` is called after each Signed; set before anything is signed.
  void OnSigned(std::function<void()> tell) { tell_ = std::move(tell); }
  void Signed(const storage::LogHead& head);
  storage::LogHead signed_head() const;

  // Which checkpoint the peers cosign now. The federation thread only.
  CosignRound& round() { return round_; }

 private:
  const std::function<OwnLogKeys()> keys_;
  CosignRound round_;
  std::function<void()> tell_;
  mutable absl::Mutex mutex_;
  std::set<PeerId> awaited_ ABSL_GUARDED_BY(mutex_);
  absl::Time until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Status stopped_ ABSL_GUARDED_BY(mutex_);
  storage::LogHead signed_ ABSL_GUARDED_BY(mutex_);
};

// Whether the node whose present log is `present` has what the checkpoint
// covers, in that log or in a closed one. An error is one of reading.
absl::StatusOr<bool> Contains(const storage::AuditReader& present,
                              const storage::SignedCheckpoint& checkpoint);

}  // namespace minga::federation

#endif  // MINGA_FEDERATION_OWN_LOG_H_
