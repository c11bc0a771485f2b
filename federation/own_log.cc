#include "federation/own_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/status.h"
#include "storage/audit_chain.h"
#include "storage/merkle.h"

namespace minga::federation {

absl::Status OwnLog::AwaitPeers(const storage::Database& database,
                                absl::Time now) {
  return database.Read([&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> peers,
                           snapshot.peers().List());
    const absl::MutexLock lock(&mutex_);
    for (const storage::PeerRow& peer : peers) {
      if (peer.state == storage::PeerState::kActive) awaited_.insert(peer.id);
    }
    until_ = now + kGuardWait;
    return absl::OkStatus();
  });
}

void OwnLog::Heard(const PeerId& peer) {
  const absl::MutexLock lock(&mutex_);
  awaited_.erase(peer);
}

void OwnLog::Stop(absl::string_view shown_by, const storage::Checkpoint& shown,
                  storage::LeafIndex size) {
  const absl::MutexLock lock(&mutex_);
  if (!stopped_.ok()) return;
  stopped_ = absl::DataLossError(absl::StrCat(
      shown_by, " holds a checkpoint over ", shown.size, " entries of `",
      shown.origin, "` that this node has signed, and the log, now of ", size,
      " entries, does not contain it: the database is an older copy. No "
      "checkpoint is signed any more. Put the newest copy of the database back "
      "and start again; if it is lost, entries go on being written and found, "
      "but none can be proved to others: tell the peers and the auditors"));
}

absl::Status OwnLog::MaySign(absl::Time now) const {
  const absl::MutexLock lock(&mutex_);
  if (!stopped_.ok()) return stopped_;
  // A clock that was set back must not hold the log up for longer.
  if (awaited_.empty() || now >= until_ || until_ - now > kGuardWait) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(
      "asking ", awaited_.size(),
      " peers which checkpoint of this log they have cosigned last"));
}

void OwnLog::Signed(const storage::LogHead& head) {
  {
    const absl::MutexLock lock(&mutex_);
    signed_ = std::max(signed_, head);
  }
  if (tell_) tell_();
}

storage::LogHead OwnLog::signed_head() const {
  const absl::MutexLock lock(&mutex_);
  return signed_;
}

absl::StatusOr<bool> Contains(const storage::AuditReader& present,
                              const storage::SignedCheckpoint& checkpoint) {
  MINGA_ASSIGN_OR_RETURN(const int newest, storage::NumberOf(present));
  if (checkpoint.log > newest) return false;
  MINGA_ASSIGN_OR_RETURN(const auto log,
                         storage::OpenLog(present, checkpoint.log));
  MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log->Size());
  if (size < checkpoint.body.size) return false;
  MINGA_ASSIGN_OR_RETURN(const Digest root,
                         storage::RootAt(*log, checkpoint.body.size));
  return root == checkpoint.body.root;
}

}  // namespace minga::federation
