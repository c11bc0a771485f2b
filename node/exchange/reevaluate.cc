#include "node/exchange/reevaluate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/facts.h"
#include "node/exchange/holds.h"
#include "node/exchange/obligations.h"
#include "node/exchange/person_notices.h"
#include "node/exchange/pseudonym.h"

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

// Secret for whoever does not have the peers' keys, and another one each time.
Digest SaltOf(const Scene& scene, const Deed& deed) {
  std::string keys;
  for (const PeerFile& peer : scene.peers) keys += peer.pseudonym_key;
  return HmacSha256(keys, absl::StrCat(absl::ToUnixNanos(deed.at)));
}

}  // namespace

bool SameView(const View& view, const std::optional<FeedRow>& row) {
  if (!row.has_value()) return view.state == ViewState::kGone;
  if (view.state != row->state) return false;
  if (view.state == ViewState::kShown) {
    return row->digest == view.digest &&
           row->erase_within_hours == view.erase_within_hours;
  }
  return view.state == ViewState::kGone ||
         (view.reason == row->reason && view.explanation == row->explanation);
}

absl::StatusOr<bool> SameDisplay(const storage::ClassReader& classes,
                                 const PeerFile& peer, const View& view,
                                 const LoadedSubject& subject, Bodies& bodies,
                                 const std::optional<FeedRow>& row) {
  if (!row.has_value()) return false;
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::ClassMember> member,
                         classes.Find(peer.id, subject.key.id));
  if (!member.has_value()) return false;
  Displays displays(bodies, peer, view.verdict, subject.person_key);
  MINGA_ASSIGN_OR_RETURN(const std::optional<Placing> placing,
                         CurrentPlacing(classes, *member, displays));
  if (!placing.has_value()) return false;
  if (!placing->shown) return row->state == ViewState::kHeldBack;
  const std::string body = displays.Message(placing->display, placing->values);
  return row->state == ViewState::kShown &&
         row->digest == DigestOfShown(body, displays.terms()) &&
         row->erase_within_hours == view.erase_within_hours;
}

Reevaluation::Reevaluation(storage::Transaction& transaction,
                           const Scene& scene, const Deed& deed)
    : transaction_(transaction),
      scene_(scene),
      deed_(deed),
      ledger_(transaction.classes(), SaltOf(scene, deed)),
      bases_(transaction.audit(), transaction.documents(), deed) {}

absl::Status Reevaluation::Display(const Target& target, const View& view,
                                   Outcome& outcome) {
  const Anonymity& anonymity = target.peer.anonymity;
  std::optional<Displays> made;
  if (target.displays == nullptr) {
    made.emplace(*target.bodies, target.peer, view.verdict, target.person_key);
  }
  Displays& displays = made.has_value() ? *made : *target.displays;
  MINGA_ASSIGN_OR_RETURN(const Placing placing,
                         ledger_.Place(target.key.id, displays));
  outcome.levels = EncodeLevels(placing.display.levels);
  outcome.levels.resize(view.levels.size());
  outcome.class_size = placing.class_size;
  FeedRow& row = outcome.row;
  row.wire_id = displays.WireId();
  if (placing.shown) {
    row.digest = DigestOfShown(
        displays.Message(placing.display, placing.values), displays.terms());
    return absl::OkStatus();
  }
  row.state = ViewState::kHeldBack;
  row.reason = std::string(kReasonClass);
  row.explanation =
      anonymity.phase != EpochPhase::kSteady
          ? "an epoch begins"
          : absl::StrCat("class below k = ", KOf(placing.display.klass),
                         anonymity.ladder->release_daily
                             ? ", or until the next release"
                             : "");
  return absl::OkStatus();
}

absl::StatusOr<Reevaluation::Outcome> Reevaluation::OutcomeOf(
    const Target& target, const View& view, const std::optional<FeedRow>& old) {
  Outcome outcome;
  outcome.levels = view.levels;
  FeedRow& row = outcome.row;
  row.key = target.key;
  row.state = view.state;
  row.revision = target.revision;
  row.digest = view.digest;
  row.reason = view.reason;
  row.explanation = view.explanation;
  if (view.verdict != nullptr) {
    MINGA_RETURN_IF_ERROR(Display(target, view, outcome));
  } else if (target.key.kind == RecordKind::kProfile) {
    MINGA_RETURN_IF_ERROR(ledger_.Leave(target.peer, target.key.id,
                                        view.reason == kReasonErased));
  }
  if (row.state == ViewState::kShown) {
    row.erase_within_hours = view.erase_within_hours;
    if (view.verdict != nullptr) {
      MINGA_RETURN_IF_ERROR(NoteShown(target.peer, view));
    }
  } else {
    row.digest = Digest{};
    if (old.has_value() && old->state == ViewState::kShown) {
      row.erase_by = EraseBy(*old, deed_.at);
    }
  }
  row.basis = bases_.BytesOf(
      view.grounds, {&scene_.judge->policy().hash(), PurposeOf(target.key.kind),
                     row.reason, outcome.levels, row.explanation});
  row.retire = old.has_value() && IsRetired(target, view, *old);
  // A DELETE names what the peer has.
  if (row.state != ViewState::kShown && !row.retire && old.has_value() &&
      !old->wire_id.empty()) {
    row.wire_id = old->wire_id;
  }
  return outcome;
}

absl::Status Reevaluation::NoteShown(const PeerFile& peer, const View& view) {
  const int days = view.verdict->decision.obligations.retention_days;
  const auto noted = [&](const Anonymity& anonymity) {
    return anonymity.hierarchies == scene_.hierarchies->digest() &&
           (days == 0 ||
            (anonymity.stay_days > 0 && anonymity.stay_days <= days));
  };
  if (noted(peer.anonymity)) return absl::OkStatus();
  // The scene is from before the transaction.
  MINGA_ASSIGN_OR_RETURN(Anonymity anonymity,
                         ReadAnonymity(transaction_.documents(), peer.id));
  if (noted(anonymity)) return absl::OkStatus();
  // A retention that comes later counts from the same day.
  if (anonymity.hierarchies == Digest{}) anonymity.stay_from = scene_.today;
  anonymity.hierarchies = scene_.hierarchies->digest();
  if (days > 0) anonymity.stay_days = days;
  return PutAnonymity(transaction_.documents(), peer.id, anonymity);
}

bool Reevaluation::IsRetired(const Target& target, const View& view,
                             const FeedRow& old) const {
  if (target.key.kind != RecordKind::kProfile || old.wire_id.empty()) {
    return false;
  }
  if (view.reason == kReasonErased) return true;
  return !target.person_key.empty() &&
         old.wire_id != Pseudonym(target.peer.pseudonym_key, target.person_key,
                                  target.peer.anonymity.epoch);
}

absl::Status Reevaluation::Apply(const Target& target, const View& view) {
  const PeerId& peer = target.peer.id;
  std::optional<FeedRow> old;
  // A profile that comes back may have a tombstone under its old pseudonym.
  if (!target.inserted || target.key.kind == RecordKind::kProfile) {
    MINGA_ASSIGN_OR_RETURN(old, transaction_.feeds().Find(peer, target.key));
  }
  MINGA_ASSIGN_OR_RETURN(const Outcome outcome, OutcomeOf(target, view, old));
  const FeedRow& row = outcome.row;
  if (!row.retire && SameRow(row, old)) return absl::OkStatus();
  const bool was_shown = old.has_value() && old->state == ViewState::kShown;
  if (was_shown && row.state != ViewState::kShown) took_back_ = true;
  MINGA_ASSIGN_OR_RETURN(const SeqNo seq, transaction_.feeds().Put(peer, row));
  if (target.key.kind == RecordKind::kProfile) {
    changed_profiles_.emplace(peer, target.key.id);
  } else {
    ++changed_;
  }
  if (seq != 0 || (row.retire && old->seq != 0)) told_.insert(peer);
  MINGA_RETURN_IF_ERROR(TellPeople(target, view, row, was_shown));
  return Log(target, outcome, old, seq);
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

absl::Status Reevaluation::Log(const Target& target, const Outcome& outcome,
                               const std::optional<FeedRow>& old, SeqNo seq) {
  const FeedRow& row = outcome.row;
  const bool was_shown = old.has_value() && old->state == ViewState::kShown;
  RecordEvent event;
  event.key = target.key;
  event.person_key = target.person_key;
  event.commitment = target.commitment;
  event.peer = target.peer.id;
  MINGA_ASSIGN_OR_RETURN(event.basis, bases_.IndexOf(row.basis));
  if (old.has_value()) {
    MINGA_ASSIGN_OR_RETURN(event.basis_before, bases_.IndexOf(old->basis));
  }
  event.seq = seq;
  if (seq != 0) {
    MINGA_ASSIGN_OR_RETURN(const storage::FeedHead head,
                           transaction_.feeds().Head(target.peer.id));
    event.epoch = head.epoch;
  }
  event.class_size = outcome.class_size;
  event.digest = row.digest;
  return AppendRecordEvent(EventOf(row.state, was_shown), deed_, event,
                           transaction_.audit());
}

absl::Status Reevaluation::Subject(const exchange::Subject& subject,
                                   const Evaluation* known, bool inserted,
                                   Looks* looks) {
  took_back_ = false;
  Evaluation evaluated;
  const bool day_is_stored = known != nullptr;
  const bool displays_hold = known != nullptr && looks != nullptr;
  if (known == nullptr) {
    exchange::Subject here = subject;
    here.documents = &transaction_.documents();
    evaluated = Evaluate(scene_, here);
    known = &evaluated;
  }
  std::optional<Bodies> made;
  Bodies* bodies = looks != nullptr ? &looks->bodies : nullptr;
  if (bodies == nullptr && subject.key.kind == RecordKind::kProfile) {
    bodies = &made.emplace(subject.content.profile(), *scene_.hierarchies);
  }
  for (std::size_t i = 0; i < scene_.peers.size(); ++i) {
    Target target{scene_.peers[i],    subject.key, subject.revision,
                  subject.person_key, inserted,    bodies};
    target.commitment = subject.commitment;
    if (displays_hold && looks->of_peers[i].has_value()) {
      target.displays = &*looks->of_peers[i];
      target.displays->SetPersonKey(subject.person_key);
    }
    MINGA_RETURN_IF_ERROR(Apply(target, known->views[i]));
  }
  if (day_is_stored) return absl::OkStatus();
  return transaction_.due().Set(subject.key, known->due);
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
  std::optional<Bodies> bodies;
  if (key.kind == RecordKind::kProfile) {
    bodies.emplace(subject.content.profile(), *scene_.hierarchies);
  }
  return Apply({peer, key, subject.revision, subject.person_key, false,
                bodies ? &*bodies : nullptr},
               EvaluateView(scene_, subject, peer, nullptr));
}

absl::Status Reevaluation::Withhold(const PeerFile& peer,
                                    const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction_.records().Get(key));
  if (!record.has_value()) return RecordFor(peer, key);
  return Apply({peer, key, record->revision, "", false}, UnreadableView());
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
