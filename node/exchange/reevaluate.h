// Reevaluation is the one place where views change. Whatever the cause (a put,
// a withdrawal, consent, erasure, policy, agreement, peer, date, anonymity
// class), the old view (the feed's row) against the new one gives UPSERT,
// DELETE or nothing; row, class and audit entry are written together.
#ifndef MINGA_NODE_EXCHANGE_REEVALUATE_H_
#define MINGA_NODE_EXCHANGE_REEVALUATE_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/ids.h"
#include "node/exchange/anonymity.h"
#include "node/exchange/audit_basis.h"
#include "node/exchange/audit_entries.h"
#include "node/exchange/due.h"
#include "node/exchange/scene.h"
#include "node/exchange/subject.h"
#include "node/exchange/view.h"
#include "storage/database.h"

namespace minga::exchange {

// One per transaction; Finish last.
class Reevaluation {
 public:
  // All outlive it.
  Reevaluation(storage::Transaction& transaction, const Scene& scene,
               const Deed& deed);

  // All peers, from the stores. A record that is not there is gone, for
  // `gone_reason`.
  absl::Status Record(const RecordKey& key,
                      absl::string_view gone_reason = kReasonWithdrawn);
  // One peer.
  absl::Status RecordFor(const PeerFile& peer, const RecordKey& key);
  // One peer, which has been told to erase the record: it could not be shown
  // as decided.
  absl::Status Withhold(const PeerFile& peer, const RecordKey& key);
  // The peers that are shown the record now; nobody else learns of it, and the
  // day on which it is due stays as it is.
  absl::Status RecordWhereShown(const RecordKey& key);
  // All peers, with what the caller has at hand. `known`, if not null, is the
  // subject's in the same scene, and its day is stored with the record.
  // `inserted`: the record is new, so that no peer can be shown anything of it
  // yet. `looks`, if not null: of the profile in the same scene, and, with
  // `known`, of what it permits.
  absl::Status Subject(const exchange::Subject& subject,
                       const Evaluation* known, bool inserted,
                       Looks* looks = nullptr);

  // Before anything else: who may come to be displayed (anonymity.h).
  void SetRelease(Release release, int rung) {
    ledger_.SetRelease(release, rung);
  }

  // Evaluates everybody whose class reached k or fell below, and checks the
  // invariant of anonymity. INTERNAL if it does not hold.
  absl::Status Finish();

  // Views that changed.
  int changed() const {
    return changed_ + static_cast<int>(changed_profiles_.size());
  }
  // The last Subject is withdrawn from a peer that was shown it.
  bool took_back() const { return took_back_; }
  // Peers that have something new in their feed.
  int told() const { return static_cast<int>(told_.size()); }

 private:
  struct Target {
    const PeerFile& peer;
    const RecordKey& key;
    Revision revision = 0;
    absl::string_view person_key;
    bool inserted = false;
    Bodies* bodies = nullptr;      // of a profile that can be read
    Displays* displays = nullptr;  // if they are made already
    const Digest* commitment = nullptr;
  };
  // A row and what the log tells of it.
  struct Outcome {
    storage::FeedRow row;
    std::string levels;
    std::int64_t class_size = 0;
  };

  absl::Status Apply(const Target& target, const View& view);
  absl::StatusOr<Outcome> OutcomeOf(const Target& target, const View& view,
                                    const std::optional<storage::FeedRow>& old);
  // Of a profile that may be shown.
  absl::Status Display(const Target& target, const View& view,
                       Outcome& outcome);
  // Keeps what the epoch has to know of a profile that is shown: the retention
  // that its terms ask for, and by which hierarchies.
  absl::Status NoteShown(const PeerFile& peer, const View& view);
  // The peer may have `old` under a pseudonym that is used no more.
  bool IsRetired(const Target& target, const View& view,
                 const storage::FeedRow& old) const;
  // What officers and the person are to see of a change.
  absl::Status TellPeople(const Target& target, const View& view,
                          const storage::FeedRow& row, bool was_shown);
  absl::Status Log(const Target& target, const Outcome& outcome,
                   const std::optional<storage::FeedRow>& old, SeqNo seq);
  absl::Status Gone(const RecordKey& key, absl::string_view reason);
  // An own record that cannot be read.
  absl::Status Unreadable(const storage::StoredRecord& record);

  storage::Transaction& transaction_;
  const Scene& scene_;
  const Deed& deed_;
  ClassLedger ledger_;
  BasisBook bases_;
  std::set<PeerId> told_;
  int changed_ = 0;
  bool took_back_ = false;
  // A profile may be held back and then shown in one transaction: one change.
  absl::flat_hash_set<std::pair<PeerId, std::string>> changed_profiles_;
};

// True if `row` (nullopt: there is none) already says what `view` says. Of a
// profile that may be shown see SameDisplay.
bool SameView(const View& view, const std::optional<storage::FeedRow>& row);
// True if the profile, which `view` permits, stands where it did and `row` says
// so.
absl::StatusOr<bool> SameDisplay(const storage::ClassReader& classes,
                                 const PeerFile& peer, const View& view,
                                 const LoadedSubject& subject, Bodies& bodies,
                                 const std::optional<storage::FeedRow>& row);

}  // namespace minga::exchange

#endif  // MINGA_NODE_EXCHANGE_REEVALUATE_H_
