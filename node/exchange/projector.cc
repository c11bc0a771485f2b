#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/audit_entries.h"
#include "node/exchange/core.h"
#include "node/exchange/recovery.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/subject.h"
#include "node/exchange/view.h"

namespace minga::exchange {
namespace {

absl::Status Stale() {
  return absl::FailedPreconditionError(
      "the view is stale: it must be evaluated again");
}

// What is displayed of a profile that may be shown.
absl::StatusOr<Shown> ShownProfile(const storage::ClassReader& classes,
                                   const Scene& scene, const PeerFile& peer,
                                   const View& view,
                                   const LoadedSubject& subject) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::ClassMember> member,
                         classes.Find(peer.id, subject.key.id));
  if (!member.has_value()) return Stale();
  Bodies bodies(subject.content.view().profile(), *scene.hierarchies);
  Displays displays(bodies, peer, view.verdict, subject.person_key);
  MINGA_ASSIGN_OR_RETURN(const std::optional<Placing> placing,
                         CurrentPlacing(classes, *member, displays));
  if (!placing.has_value() || !placing->shown) return Stale();
  return Shown{displays.Message(placing->display, placing->values),
               displays.terms()};
}

class FeedProjector final : public federation::Projector {
 public:
  explicit FeedProjector(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  absl::StatusOr<federation::Projection> Project(
      const storage::Snapshot& snapshot, const PeerId& peer,
      const storage::FeedRow& row) override;
  void Reevaluate(const PeerId& peer, std::vector<RecordKey> keys) override;
  void Withhold(const PeerId& peer,
                std::vector<std::pair<SeqNo, RecordKey>> rows) override;
  absl::StatusOr<int> TakeBack(storage::Transaction& transaction,
                               const PeerId& peer,
                               absl::Span<const RecordKey> keys) override;

 private:
  const std::shared_ptr<Core> core_;
};

absl::StatusOr<federation::Projection> FeedProjector::Project(
    const storage::Snapshot& snapshot, const PeerId& peer,
    const storage::FeedRow& row) {
  Scene scene;
  scene.own = core_->parts.own;
  scene.today = core_->Today();
  scene.hierarchies = core_->parts.hierarchies;
  absl::StatusOr<std::shared_ptr<const Judge>> judge =
      core_->book.InForce(snapshot.documents());
  if (!judge.ok()) {
    // The node's fault, not the record's: nothing is sent until it is mended,
    // and no peer is told to erase what it may keep.
    return absl::UnavailableError(judge.status().message());
  }
  scene.judge = *std::move(judge);
  PeerFile file{peer, /*active=*/true, "", {}};
  if (row.key.kind == RecordKind::kProfile) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> known,
                           snapshot.peers().Get(peer));
    if (!known.has_value()) return Stale();
    file.pseudonym_key = known->pseudonym_key;
    MINGA_ASSIGN_OR_RETURN(file.anonymity,
                           ReadAnonymity(snapshot.documents(), peer));
  }
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         snapshot.records().Get(row.key));
  if (!record.has_value()) return Stale();
  MINGA_ASSIGN_OR_RETURN(
      const LoadedSubject subject,
      LoadSubject(snapshot.people(), *record, &snapshot.documents()));
  Shown shown;
  const View view = EvaluateView(scene, subject.view(), file, &shown);
  if (view.state != storage::ViewState::kShown) return Stale();
  Digest digest = view.digest;
  if (row.key.kind == RecordKind::kProfile) {
    // A new policy may ask for larger classes: until the sweep has counted
    // anew, the row is in one that is not asked for any more.
    MINGA_ASSIGN_OR_RETURN(
        shown, ShownProfile(snapshot.classes(), scene, file, view, subject));
    digest = DigestOfShown(shown.body, shown.terms);
  }
  if (digest != row.digest) return Stale();
  const Terms& terms = shown.terms;
  return federation::Projection{std::move(shown.body), terms.retention_days,
                                terms.retention_until,
                                terms.no_onward_transfer};
}

void FeedProjector::Reevaluate(const PeerId& peer,
                               std::vector<RecordKey> keys) {
  core_->parts.database->WriteAsync(
      [core = core_, peer, keys = std::move(keys)](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const Scene scene, core->SceneIn(transaction));
        const PeerFile* const file = scene.Find(peer);
        if (file == nullptr) return absl::OkStatus();
        const Deed deed = core->DeedOf("system");
        Reevaluation views(transaction, scene, deed);
        for (const RecordKey& key : keys) {
          MINGA_RETURN_IF_ERROR(views.RecordFor(*file, key));
        }
        return views.Finish();
      },
      // A failure leaves the rows stale: they are found again when sent.
      [](const absl::Status&) {});
}

void FeedProjector::Withhold(const PeerId& peer,
                             std::vector<std::pair<SeqNo, RecordKey>> rows) {
  core_->parts.database->WriteAsync(
      [core = core_, peer, rows = std::move(rows)](
          storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const Scene scene, core->SceneIn(transaction));
        const PeerFile* const file = scene.Find(peer);
        if (file == nullptr) return absl::OkStatus();
        const Deed deed = core->DeedOf("system");
        Reevaluation views(transaction, scene, deed);
        for (const auto& [seq, key] : rows) {
          MINGA_ASSIGN_OR_RETURN(const std::optional<storage::FeedRow> row,
                                 transaction.feeds().Find(peer, key));
          // Has been decided anew since.
          if (!row.has_value() || row->seq != seq) continue;
          MINGA_RETURN_IF_ERROR(views.Withhold(*file, key));
        }
        return views.Finish();
      },
      // A failure leaves the rows to the next comparison with the peer.
      [](const absl::Status&) {});
}

absl::StatusOr<int> FeedProjector::TakeBack(storage::Transaction& transaction,
                                            const PeerId& peer,
                                            absl::Span<const RecordKey> keys) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(transaction));
  const Deed deed = core_->DeedOf(federation::PeerActor(peer));
  Reevaluation views(transaction, scene, deed);
  int erased = 0;
  for (const RecordKey& key : keys) {
    if (key.country != core_->parts.own || key.kind == RecordKind::kProfile) {
      continue;
    }
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                           transaction.records().Get(key));
    if (!record.has_value()) continue;
    MINGA_ASSIGN_OR_RETURN(const bool newer,
                           IsPutSinceRestore(transaction.documents(), *record));
    if (newer) continue;
    MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
    RecordEvent event;
    event.key = key;
    event.peer = peer;
    event.detail = "restored";
    MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_RECORD_ERASED, deed,
                                            event, transaction.audit()));
    MINGA_RETURN_IF_ERROR(views.Record(key, kReasonWithdrawn));
    ++erased;
  }
  MINGA_RETURN_IF_ERROR(views.Finish());
  return erased;
}

}  // namespace

std::unique_ptr<federation::Projector> MakeProjector(
    std::shared_ptr<Core> core) {
  return std::make_unique<FeedProjector>(std::move(core));
}

}  // namespace minga::exchange
