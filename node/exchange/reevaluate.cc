#include "node/exchange/reevaluate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/facts.h"
#include "node/exchange/holds.h"
#include "node/exchange/obligations.h"
#include "node/exchange/person_notices.h"

namespace minga::exchange {
namespace {

using storage::FeedRow;
using storage::ViewState;

// Nothing to change: same state and the same reason for it.
bool SameRow(const FeedRow& row, const std::optional<FeedRow>& old) {
  // No row says the same as a record that is gone.
  if (!old.has_value()) return row.state == ViewState::kGone;
  if (row.state != old->state) return false;
  if (row.state == ViewState::kShown) {
    return row.digest == old->digest &&
           row.erase_within_hours == old->erase_within_hours;
  }
  if (row.state == ViewState::kGone) return true;
  return row.reason == old->reason && row.explanation == old->explanation;
}

v1::AuditEvent EventOf(ViewState state, bool was_shown) {
  if (state == ViewState::kShown) return v1::AUDIT_EVENT_DECISION_PERMIT;
  if (was_shown) return v1::AUDIT_EVENT_WITHDRAWAL;
  if (state == ViewState::kHeldBack) return v1::AUDIT_EVENT_HELD_BACK;
  return v1::AUDIT_EVENT_DECISION_WITHHOLD;
}

// When a peer has to have erased what it was shown as `old`.
absl::Time EraseBy(const FeedRow& old, absl::Time now) {
  const int hours = old.erase_within_hours;
  return now + (hours > 0 ? absl::Hours(hours) : kEraseWithin);
}

// True while the peer may still hold the record under another id, because the
// DELETE of that id has not been acknowledged.
bool ErasureIsPending(const View& view, const std::optional<FeedRow>& old) {
  return view.state == ViewState::kShown && old.has_value() && old->seq != 0 &&
         old->wire_id != view.wire_id;
}

}  // namespace

bool SameView(const View& view, const std::optional<FeedRow>& row,
              const std::optional<Digest>& klass) {
  if (view.klass != klass) return false;
  if (!row.has_value()) return view.state == ViewState::kGone;
  if (view.state == ViewState::kShown) {
    // A profile's digest is stored only when it is shown.
    return (row->state == ViewState::kShown && row->digest == view.digest &&
            row->erase_within_hours == view.erase_within_hours) ||
           (row->state == ViewState::kHeldBack && view.klass.has_value());
  }
  if (view.state != row->state) return false;
  return view.state == ViewState::kGone ||
         (view.reason == row->reason && view.explanation == row->explanation);
}

Reevaluation::Reevaluation(storage::Transaction& transaction,
                           const Scene& scene, const Deed& deed)
    : transaction_(transaction),
      scene_(scene),
      deed_(deed),
      ledger_(transaction.classes()) {}

absl::StatusOr<FeedRow> Reevaluation::RowOf(const Target& target,
                                            const View& view,
                                            const std::optional<FeedRow>& old,
                                            std::int64_t& class_size) {
  FeedRow row;
  row.key = target.key;
  row.state = view.state;
  row.revision = target.revision;
  row.wire_id = view.wire_id;
  row.digest = view.digest;
  row.reason = view.reason;
  row.explanation = view.explanation;
  std::optional<Digest> klass = view.klass;
  if (ErasureIsPending(view, old)) {
    erasure_pending_ = true;
    klass.reset();
    row.state = ViewState::kWithheld;
    row.reason = std::string(kReasonErasurePending);
    row.explanation = "the erasure of an earlier record is not acknowledged";
  }
  if (target.key.kind == RecordKind::kProfile) {
    MINGA_ASSIGN_OR_RETURN(class_size,
                           ledger_.Place(target.peer.id, target.key.id, klass));
    if (klass.has_value() && class_size < KOf(*klass)) {
      row.state = ViewState::kHeldBack;
      row.reason = std::string(kReasonClass);
      row.explanation = absl::StrCat("class below k = ", KOf(*klass));
    }
  }
  if (row.state == ViewState::kShown) {
    row.erase_within_hours = view.erase_within_hours;
  } else {
    row.digest = Digest{};
    if (old.has_value() && old->state == ViewState::kShown) {
      row.erase_by = EraseBy(*old, deed_.at);
    }
    // A DELETE names what the peer has.
    if (old.has_value() && !old->wire_id.empty()) row.wire_id = old->wire_id;
  }
  return row;
}

absl::Status Reevaluation::Apply(const Target& target, const View& view) {
  const PeerId& peer = target.peer.id;
  std::optional<FeedRow> old;
  // A profile that comes back may have a tombstone under its old pseudonym.
  if (!target.inserted || target.key.kind == RecordKind::kProfile) {
    MINGA_ASSIGN_OR_RETURN(old, transaction_.feeds().Find(peer, target.key));
  }
  std::int64_t class_size = 0;
  MINGA_ASSIGN_OR_RETURN(const FeedRow row,
                         RowOf(target, view, old, class_size));
  if (SameRow(row, old)) return absl::OkStatus();
  const bool was_shown = old.has_value() && old->state == ViewState::kShown;
  MINGA_ASSIGN_OR_RETURN(const SeqNo seq, transaction_.feeds().Put(peer, row));
  if (target.key.kind == RecordKind::kProfile) {
    changed_profiles_.emplace(peer, target.key.id);
  } else {
    ++changed_;
  }
  if (seq != 0) told_.insert(peer);
  MINGA_RETURN_IF_ERROR(TellPeople(target, view, row, was_shown));
  return Log(target, view, row, was_shown, class_size);
}

absl::Status Reevaluation::TellPeople(const Target& target, const View& view,
                                      const FeedRow& row, bool was_shown) {
  storage::DocumentStore& documents = transaction_.documents();
  if (row.state == ViewState::kWithheld && row.reason == kReasonHeld) {
    return PutWaiting(documents, target.peer.id, target.key, target.revision,
                      deed_.at);
  }
  if (target.key.kind == RecordKind::kProfile && view.notify_person &&
      row.state == ViewState::kShown && !was_shown) {
    return LeaveNotice(documents, {target.key.id, target.peer.id, deed_.at});
  }
  return absl::OkStatus();
}

absl::Status Reevaluation::Log(const Target& target, const View& view,
                               const FeedRow& row, bool was_shown,
                               std::int64_t class_size) {
  RecordEvent event;
  event.key = target.key;
  event.person_key = target.person_key;
  event.peer = target.peer.id;
  event.purpose = PurposeOf(target.key.kind);
  event.policy_hash = AsView(scene_.judge->policy().hash());
  event.rules = row.explanation;
  event.levels = view.levels;
  event.class_size = class_size;
  event.digest = row.digest;
  event.detail = row.reason;
  return AppendRecordEvent(EventOf(row.state, was_shown), deed_, event,
                           transaction_.audit());
}

absl::Status Reevaluation::Subject(const exchange::Subject& subject,
                                   const Evaluation* known, bool inserted) {
  Evaluation evaluated;
  const bool day_is_stored = known != nullptr;
  if (known == nullptr) {
    exchange::Subject here = subject;
    here.documents = &transaction_.documents();
    evaluated = Evaluate(scene_, here);
    known = &evaluated;
  }
  erasure_pending_ = false;
  for (std::size_t i = 0; i < scene_.peers.size(); ++i) {
    const Target target{scene_.peers[i], subject.key, subject.revision,
                        subject.person_key, inserted};
    MINGA_RETURN_IF_ERROR(Apply(target, known->views[i]));
  }
  absl::CivilDay due = known->due;
  if (erasure_pending_) due = std::min(due, scene_.today + 1);
  if (day_is_stored && due == known->due) return absl::OkStatus();
  return transaction_.due().Set(subject.key, due);
}

absl::Status Reevaluation::Gone(const RecordKey& key,
                                absl::string_view reason) {
  std::string person_key;
  if (key.kind == RecordKind::kProfile) {
    // For the commitment in the log; gone too if the person was erased before.
    absl::StatusOr<std::string> held = transaction_.people().Key(key.id);
    if (held.ok()) person_key = *std::move(held);
  }
  MINGA_RETURN_IF_ERROR(ForgetHolds(transaction_.documents(), key));
  const View view = GoneView(reason);
  for (const PeerFile& peer : scene_.peers) {
    const Target target{peer, key, 0, person_key, false};
    MINGA_RETURN_IF_ERROR(Apply(target, view));
  }
  return transaction_.due().Set(key, absl::CivilDay::max());
}

absl::Status Reevaluation::Record(const RecordKey& key,
                                  absl::string_view gone_reason) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction_.records().Get(key));
  if (!record.has_value()) return Gone(key, gone_reason);
  const absl::StatusOr<LoadedSubject> subject =
      LoadSubject(transaction_.people(), *record, &transaction_.documents());
  if (subject.ok()) return Subject(subject->view(), nullptr, false);
  if (!IsUnreadable(subject.status())) return subject.status();
  return Unreadable(*record);
}

absl::Status Reevaluation::Unreadable(const storage::StoredRecord& record) {
  for (const PeerFile& peer : scene_.peers) {
    MINGA_RETURN_IF_ERROR(Apply({peer, record.key, record.revision, "", false},
                                UnreadableView()));
  }
  return transaction_.due().Set(record.key, absl::CivilDay::max());
}

absl::Status Reevaluation::RecordWhereShown(const RecordKey& key) {
  for (const PeerFile& peer : scene_.peers) {
    MINGA_ASSIGN_OR_RETURN(const std::optional<FeedRow> row,
                           transaction_.feeds().Find(peer.id, key));
    if (!row.has_value() || row->state != ViewState::kShown) continue;
    MINGA_RETURN_IF_ERROR(RecordFor(peer, key));
  }
  return absl::OkStatus();
}

absl::Status Reevaluation::RecordFor(const PeerFile& peer,
                                     const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction_.records().Get(key));
  if (!record.has_value()) {
    return Apply({peer, key, 0, "", false}, GoneView(kReasonWithdrawn));
  }
  const absl::StatusOr<LoadedSubject> loaded =
      LoadSubject(transaction_.people(), *record, &transaction_.documents());
  if (!loaded.ok()) {
    if (!IsUnreadable(loaded.status())) return loaded.status();
    return Apply({peer, key, record->revision, "", false}, UnreadableView());
  }
  const exchange::Subject subject = loaded->view();
  return Apply({peer, key, subject.revision, subject.person_key, false},
               EvaluateView(scene_, subject, peer, nullptr));
}

absl::Status Reevaluation::Finish() {
  PeerId peer;
  std::string profile;
  while (ledger_.Next(peer, profile)) {
    const PeerFile* file = scene_.Find(peer);
    if (file == nullptr) continue;
    MINGA_RETURN_IF_ERROR(
        RecordFor(*file, {scene_.own, RecordKind::kProfile, profile}));
  }
  return ledger_.Check(transaction_.feeds(), scene_.own);
}

}  // namespace minga::exchange
