#include "node/exchange/release_desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/limits.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/core.h"
#include "node/exchange/facts.h"
#include "node/exchange/holds.h"
#include "node/exchange/obligations.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/release_scope.h"
#include "node/exchange/subject.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

// Read at once; above kPeersMax, so that a record's holds always fit.
constexpr int kChunkHolds = 256;
static_assert(kChunkHolds > kPeersMax);

absl::Status CheckReason(absl::string_view reason) {
  if (reason.empty() || reason.size() > kReleaseReasonBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("reason: must have 1..", kReleaseReasonBytesMax,
                     " bytes, has `", reason.size(), "`"));
  }
  return At("reason", ValidateText(reason, "\n"));
}

bool IsHeld(const std::optional<storage::FeedRow>& row) {
  return row.has_value() && row->state == storage::ViewState::kWithheld &&
         row->reason == kReasonHeld;
}

// Where a record stands with a peer, by the rule that views follow.
struct Standing {
  bool waits = false;     // an officer has to look at it
  bool released = false;  // a release stands
  // What would be shown, if it waits.
  std::optional<ReleaseScope> scope;
};

// NOT_FOUND or DATA_LOSS for a record that cannot be read (IsUnreadable).
absl::StatusOr<Standing> StandingOf(const Scene& scene, const PeerFile& peer,
                                    const storage::PersonReader& people,
                                    const storage::DocumentReader& documents,
                                    const storage::StoredRecord& record) {
  MINGA_ASSIGN_OR_RETURN(const LoadedSubject loaded,
                         LoadSubject(people, record, &documents));
  const Subject subject = loaded.view();
  const Ruling ruling = scene.judge->Ask(
      SendQuestion(scene, subject.key.kind, peer.id),
      FactsForSending(subject.content, subject.consent, scene.today));
  const policy::Decision& decision = ruling.verdict->decision;
  Standing standing;
  standing.released =
      IsReleased(&documents, peer.id, subject.key, subject.revision, decision);
  standing.waits = peer.active && decision.permitted &&
                   !IsOver(scene, subject) &&
                   KeptBack(scene, subject, peer.id, decision) == kReasonHeld;
  if (standing.waits) standing.scope = ScopeOf(subject.key.kind, decision);
  return standing;
}

std::string WhyAgain(const Hold& hold, const Standing& standing) {
  if (!standing.scope.has_value()) return "";
  if (!hold.scope.has_value()) return "the release does not say what was shown";
  return Beyond(*hold.scope, *standing.scope);
}

// Completes `held` where `hold` is a release of some revision.
absl::Status DescribeRelease(const storage::Snapshot& snapshot,
                             const Scene& scene, const Hold& hold, bool& listed,
                             HeldRecord& held) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         snapshot.records().Get(hold.key));
  const PeerFile* const peer = scene.Find(hold.peer);
  if (!record.has_value() || peer == nullptr) return absl::OkStatus();
  const absl::StatusOr<Standing> standing = StandingOf(
      scene, *peer, snapshot.people(), snapshot.documents(), *record);
  if (!standing.ok()) {
    return IsUnreadable(standing.status()) ? absl::OkStatus()
                                           : standing.status();
  }
  listed = standing->released || standing->waits;
  held.released = standing->released;
  if (record->revision != hold.released) return absl::OkStatus();
  held.actor = hold.actor;
  held.reason = hold.reason;
  held.beyond = WhyAgain(hold, *standing);
  return absl::OkStatus();
}

// Nullopt if nobody waits for it and no release stands.
absl::StatusOr<std::optional<HeldRecord>> Describe(
    const storage::Snapshot& snapshot, const Scene& scene, const Hold& hold) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                         snapshot.feeds().Find(hold.peer, hold.key));
  HeldRecord held;
  held.key = hold.key;
  held.peer = hold.peer;
  held.at = hold.at;
  if (row.has_value()) held.explanation = row->explanation;
  // What was never released needs no look at the record.
  bool listed = IsHeld(row);
  if (hold.released != 0) {
    MINGA_RETURN_IF_ERROR(DescribeRelease(snapshot, scene, hold, listed, held));
  }
  if (!listed) return std::optional<HeldRecord>();
  return std::optional<HeldRecord>(std::move(held));
}

class OfficersDesk final : public ReleaseDesk {
 public:
  explicit OfficersDesk(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  absl::StatusOr<HeldPage> List(const PeerId& peer, const RecordKey& after,
                                int limit) const override;
  absl::StatusOr<storage::FeedRow> Release(absl::string_view actor,
                                           const RecordKey& key,
                                           const PeerId& peer,
                                           absl::string_view reason) override {
    return Decide(actor, key, peer, reason, /*release=*/true);
  }
  absl::StatusOr<storage::FeedRow> Revoke(absl::string_view actor,
                                          const RecordKey& key,
                                          const PeerId& peer,
                                          absl::string_view reason) override {
    return Decide(actor, key, peer, reason, /*release=*/false);
  }

 private:
  absl::Status ListIn(const storage::Snapshot& snapshot, const PeerId& peer,
                      const RecordKey& after, int limit, HeldPage& page) const;
  absl::StatusOr<storage::FeedRow> Decide(absl::string_view actor,
                                          const RecordKey& key,
                                          const PeerId& peer,
                                          absl::string_view reason,
                                          bool release);
  absl::StatusOr<storage::FeedRow> DecideIn(storage::Transaction& transaction,
                                            const Deed& deed, const Hold& wish,
                                            bool release);
  absl::Status Log(storage::Transaction& transaction, const Deed& deed,
                   const Hold& hold, absl::string_view reason, bool release);

  const std::shared_ptr<Core> core_;
};

absl::Status OfficersDesk::ListIn(const storage::Snapshot& snapshot,
                                  const PeerId& peer, const RecordKey& after,
                                  int limit, HeldPage& page) const {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(snapshot));
  page.last = after;
  bool more = true;
  while (more && page.held.size() < static_cast<std::size_t>(limit)) {
    MINGA_ASSIGN_OR_RETURN(std::vector<Hold> holds,
                           ReadHolds(snapshot.documents(), core_->parts.own,
                                     page.last, kChunkHolds));
    more = holds.size() == static_cast<std::size_t>(kChunkHolds);
    if (holds.empty()) break;
    if (more) {
      // The last record may have more peers than were read.
      const RecordKey cut = holds.back().key;
      std::erase_if(holds, [&](const Hold& hold) { return hold.key == cut; });
    }
    for (const Hold& hold : holds) {
      const bool next = hold.key != page.last;
      if (next && page.held.size() >= static_cast<std::size_t>(limit)) {
        more = true;
        break;
      }
      page.last = hold.key;
      if (!peer.empty() && hold.peer != peer) continue;
      MINGA_ASSIGN_OR_RETURN(std::optional<HeldRecord> held,
                             Describe(snapshot, scene, hold));
      if (held.has_value()) page.held.push_back(*std::move(held));
    }
  }
  page.more = more;
  return absl::OkStatus();
}

absl::StatusOr<HeldPage> OfficersDesk::List(const PeerId& peer,
                                            const RecordKey& after,
                                            int limit) const {
  if (limit < 1 || limit > kHeldRecordsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "limit: must be in 1..", kHeldRecordsMax, ", is `", limit, "`"));
  }
  HeldPage page;
  const absl::Status read =
      core_->parts.database->Read([&](const storage::Snapshot& snapshot) {
        return ListIn(snapshot, peer, after, limit, page);
      });
  MINGA_RETURN_IF_ERROR(read);
  return page;
}

absl::Status OfficersDesk::Log(storage::Transaction& transaction,
                               const Deed& deed, const Hold& hold,
                               absl::string_view reason, bool release) {
  RecordEvent event;
  event.key = hold.key;
  event.peer = hold.peer;
  // The text may name people, and the log does not forget.
  event.digest = Sha256(reason);
  event.detail = kReasonHeld;
  std::string person_key;
  if (hold.key.kind == RecordKind::kProfile) {
    MINGA_ASSIGN_OR_RETURN(person_key, transaction.people().Key(hold.key.id));
    event.person_key = person_key;
  }
  return AppendRecordEvent(
      release ? v1::AUDIT_EVENT_HOLD_RELEASED : v1::AUDIT_EVENT_HOLD_REVOKED,
      deed, event, transaction.audit());
}

absl::StatusOr<storage::FeedRow> OfficersDesk::DecideIn(
    storage::Transaction& transaction, const Deed& deed, const Hold& wish,
    bool release) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(transaction));
  const PeerFile* const peer = scene.Find(wish.peer);
  if (peer == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("no such peer: `", wish.peer.ToString(), "`"));
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction.records().Get(wish.key));
  if (!record.has_value() || wish.key.country != scene.own) {
    return absl::NotFoundError("record: there is no own one of this key");
  }
  const absl::StatusOr<Standing> found = StandingOf(
      scene, *peer, transaction.people(), transaction.documents(), *record);
  if (!found.ok() && !IsUnreadable(found.status())) return found.status();
  const Standing standing = found.ok() ? *found : Standing();
  if (release ? !standing.waits : !standing.released) {
    return absl::FailedPreconditionError(
        absl::StrCat(wish.key.ToString(),
                     release ? " is not held for " : " is not released to ",
                     wish.peer.ToString()));
  }
  Hold hold = wish;
  if (release) {
    hold.released = record->revision;
    hold.scope = standing.scope;
  } else {
    hold.reason.clear();
    // An older copy of the database would bring the release back.
    MINGA_RETURN_IF_ERROR(transaction.journal().Note(
        storage::Withdrawal::kRecord, wish.key, deed.at));
  }
  MINGA_RETURN_IF_ERROR(PutHold(transaction.documents(), hold));
  MINGA_RETURN_IF_ERROR(Log(transaction, deed, hold, wish.reason, release));
  Reevaluation views(transaction, scene, deed);
  MINGA_RETURN_IF_ERROR(views.RecordFor(*peer, wish.key));
  MINGA_RETURN_IF_ERROR(views.Finish());
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> now,
                         transaction.feeds().Find(wish.peer, wish.key));
  if (now.has_value()) return *now;
  storage::FeedRow gone;
  gone.key = wish.key;
  gone.state = storage::ViewState::kGone;
  return gone;
}

absl::StatusOr<storage::FeedRow> OfficersDesk::Decide(absl::string_view actor,
                                                      const RecordKey& key,
                                                      const PeerId& peer,
                                                      absl::string_view reason,
                                                      bool release) {
  MINGA_RETURN_IF_ERROR(CheckReason(reason));
  const Deed deed = core_->DeedOf(actor);
  // A line of its own keeps it.
  MINGA_RETURN_IF_ERROR(At("actor", ValidateText(actor, "")));
  const Hold wish{
      peer,   key, 0, std::nullopt, std::string(actor), std::string(reason),
      deed.at};
  storage::FeedRow row;
  const absl::Status written = core_->parts.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(row, DecideIn(transaction, deed, wish, release));
        return absl::OkStatus();
      });
  MINGA_RETURN_IF_ERROR(written);
  return row;
}

}  // namespace

std::unique_ptr<ReleaseDesk> MakeReleaseDesk(std::shared_ptr<Core> core) {
  return std::make_unique<OfficersDesk>(std::move(core));
}

}  // namespace minga::exchange
