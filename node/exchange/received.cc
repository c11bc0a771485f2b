#include "node/exchange/received.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/vacancy.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/audit_basis.h"
#include "node/exchange/due.h"
#include "node/exchange/facts.h"
#include "node/exchange/obligations.h"
#include "node/exchange/project.h"
#include "node/exchange/retention.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

constexpr absl::string_view kDocRefused = "refused/";  // + country
constexpr absl::string_view kReasonRetention = "retention";
constexpr absl::string_view kReasonUnreadable = "unreadable";

// Takes out of `out`, the projection of `in`, what Project says where `in` says
// nothing.
void LeaveUnsaid(const v1::Vacancy& in, v1::Vacancy& out) {
  if (!out.has_recruitment()) return;
  if (!in.has_recruitment()) {
    out.clear_recruitment();
    return;
  }
  v1::Recruitment& to = *out.mutable_recruitment();
  if (!in.recruitment().has_agency()) to.clear_agency();
  if (!in.recruitment().has_documents_retained()) {
    to.clear_documents_retained();
  }
}

// What becomes of a received record.
struct Fate {
  absl::string_view erased_for;  // empty: it stays
  bool by_law = false;           // another law of ours might let it stay
  // Of what is tied to a last day, the day on which its stay began.
  std::optional<absl::CivilDay> since = std::nullopt;
  absl::CivilDay due = absl::CivilDay::max();
  // What stays is less, or other, than what is held.
  std::optional<storage::StoredRecord> narrowed = std::nullopt;
  std::shared_ptr<const Verdict> grounds = nullptr;
};

// `held` with `body` in the place of its own.
storage::StoredRecord Narrowed(const storage::StoredRecord& held,
                               const ReceivedBody& body) {
  storage::StoredRecord record = held;
  record.body = EncodeReceived(body);
  const Terms terms{0, body.keep_until.value_or(absl::CivilDay::max()),
                    body.no_onward_transfer};
  record.digest =
      DigestOfReceived(DigestOfShown(body.message, terms), body.epoch);
  return record;
}

// The earlier of two days; nullopt is never.
std::optional<absl::CivilDay> Earlier(std::optional<absl::CivilDay> one,
                                      std::optional<absl::CivilDay> other) {
  if (!one.has_value() || !other.has_value()) return one ? one : other;
  return std::min(*one, *other);
}

bool IsPast(const std::optional<absl::CivilDay>& last, absl::CivilDay today) {
  return last.has_value() && *last < today;
}

absl::StatusOr<Fate> FateOf(const Scene& scene,
                            const storage::StoredRecord& record) {
  MINGA_ASSIGN_OR_RETURN(const ReceivedBody body, DecodeReceived(record.body));
  const absl::CivilDay since = StayBegan(record, body);
  if (IsPast(body.keep_until, scene.today)) {
    return Fate{.erased_for = kReasonRetention, .since = since};
  }
  MINGA_ASSIGN_OR_RETURN(const OwnedContent content,
                         ParseContent(record.key.kind, body.message));
  const policy::Facts facts = FactsForReceiving(content.view(), scene.today);
  const Ruling ruling = scene.judge->Ask(
      ReceiveQuestion(scene, record.key.kind, record.key.country), facts);
  const std::shared_ptr<const Verdict>& verdict = ruling.verdict;
  if (!verdict->decision.permitted ||
      !NotReceivable(verdict->decision.obligations, content.view(), scene.today)
           .empty()) {
    Fate fate{.erased_for = kReasonPolicy, .by_law = true};
    if (body.keep_until.has_value()) fate.since = since;
    return fate;
  }
  // What our law asks for now holds for what came before, from its first day;
  // what it no longer asks for was promised then.
  const Terms terms = TermsOf(verdict->decision.obligations);
  ReceivedBody kept = body;
  kept.since = since;
  kept.keep_until = Earlier(body.keep_until, KeepUntil(terms, since));
  kept.no_onward_transfer = body.no_onward_transfer || terms.no_onward_transfer;
  if (IsPast(kept.keep_until, scene.today)) {
    return Fate{.erased_for = kReasonRetention, .by_law = true, .since = since};
  }
  Fate fate;
  fate.due = DueOfReceived(scene, ruling, content.view(), kept.keep_until);
  std::string message;
  if (!PassesAsItIs(*verdict)) {
    message =
        SerialiseContent(*ProjectReceived(content.view(), verdict->decision,
                                          record.key.id, *scene.hierarchies)
                              .message);
    kept.message = message;
  }
  if (kept.message == body.message && kept.keep_until == body.keep_until &&
      kept.no_onward_transfer == body.no_onward_transfer) {
    return fate;
  }
  fate.narrowed = Narrowed(record, kept);
  fate.narrowed->due = fate.due;
  fate.grounds = verdict;
  return fate;
}

// The same for a record that cannot be read: the peer has it still, and one
// that nobody can read is of no use.
Fate FateOrErased(const Scene& scene, const storage::StoredRecord& record) {
  const absl::StatusOr<Fate> fate = FateOf(scene, record);
  return fate.ok() ? *fate : Fate{.erased_for = kReasonUnreadable};
}

// A row of its own, so that the index forgets what is no longer held.
absl::Status StoreNarrowed(storage::Transaction& transaction,
                           const Scene& scene, const Deed& deed,
                           const Fate& fate) {
  storage::StoredRecord record = *fate.narrowed;
  record.changed_at = deed.at;
  MINGA_RETURN_IF_ERROR(
      transaction.records().Put(record, /*own=*/false).status());
  MINGA_RETURN_IF_ERROR(transaction.due().Set(record.key, fate.due));
  RecordEvent event;
  event.key = record.key;
  event.peer = record.key.country;
  BasisBook bases(transaction.audit(), transaction.documents(), deed);
  MINGA_ASSIGN_OR_RETURN(
      event.basis, bases.IndexOf(fate.grounds, scene.judge->policy().hash(),
                                 PurposeOf(record.key.kind)));
  event.digest = record.digest;
  event.detail = kReasonPolicy;
  return AppendRecordEvent(v1::AUDIT_EVENT_RECORD_RECEIVED, deed, event,
                           transaction.audit());
}

}  // namespace

policy::Question ReceiveQuestion(const Scene& scene, RecordKind kind,
                                 const PeerId& from) {
  policy::Question question;
  question.own = scene.own;
  question.peer = from;
  question.direction = policy::Direction::kReceive;
  question.kind = kind;
  question.purpose = PurposeOf(kind);
  question.as_of = scene.today;
  return question;
}

OwnedContent ProjectReceived(const Content& content,
                             const policy::Decision& decision,
                             absl::string_view id,
                             const Hierarchies& hierarchies) {
  OwnedContent projected = Project(content, decision, id, hierarchies);
  if (content.kind == RecordKind::kVacancy) {
    LeaveUnsaid(content.vacancy(),
                static_cast<v1::Vacancy&>(*projected.message));
  }
  return projected;
}

bool PassesAsItIs(const Verdict& verdict) {
  const policy::Obligations& obligations = verdict.decision.obligations;
  return verdict.unchanged && obligations.transforms.empty() &&
         obligations.notices.empty();
}

Digest DigestOfReceived(const Digest& shown, Epoch epoch) {
  return Sha256({AsView(shown), absl::StrCat(" epoch ", epoch)});
}

absl::CivilDay StayBegan(const storage::StoredRecord& record,
                         const ReceivedBody& body) {
  return body.since.value_or(DayOf(record.changed_at));
}

absl::Status NoteRefused(storage::Transaction& transaction,
                         const PeerId& from) {
  return transaction.documents().Put(absl::StrCat(kDocRefused, from.ToString()),
                                     "by law");
}

absl::Status BringAgain(storage::Transaction& transaction, const PeerId& peer) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> known,
                         transaction.peers().Get(peer));
  if (!known.has_value()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                         transaction.peers().CursorOf(peer));
  return transaction.peers().SetCursor(peer, {cursor.epoch, 0});
}

absl::Status AskAgain(storage::Transaction& transaction) {
  MINGA_ASSIGN_OR_RETURN(const auto refused,
                         transaction.documents().List(kDocRefused));
  for (const auto& [name, note] : refused) {
    MINGA_RETURN_IF_ERROR(transaction.documents().Remove(name).status());
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, Country::Parse(absl::StripPrefix(
                                                  name, kDocRefused)));
    MINGA_RETURN_IF_ERROR(BringAgain(transaction, peer));
  }
  return absl::OkStatus();
}

bool IsStaleReceived(const Scene& scene, const storage::StoredRecord& record) {
  const Fate fate = FateOrErased(scene, record);
  return !fate.erased_for.empty() || fate.narrowed.has_value() ||
         record.due != fate.due;
}

absl::Status ReevaluateReceived(storage::Transaction& transaction,
                                const Scene& scene, const Deed& deed,
                                const RecordKey& key) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> record,
                         transaction.records().Get(key));
  if (!record.has_value()) {
    return transaction.due().Set(key, absl::CivilDay::max());
  }
  const Fate fate = FateOrErased(scene, *record);
  if (fate.narrowed.has_value()) {
    return StoreNarrowed(transaction, scene, deed, fate);
  }
  if (fate.erased_for.empty()) return transaction.due().Set(key, fate.due);
  MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
  MINGA_RETURN_IF_ERROR(transaction.views().SetNotHeld(key));
  RecordEvent event;
  event.key = key;
  event.peer = key.country;
  event.detail = fate.erased_for;
  MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_RECORD_WITHDRAWN,
                                          deed, event, transaction.audit()));
  if (fate.since.has_value()) {
    MINGA_RETURN_IF_ERROR(
        RememberStay(transaction.documents(), key, *fate.since));
  }
  if (fate.erased_for == kReasonRetention) {
    MINGA_RETURN_IF_ERROR(
        NoteRetentionEnded(transaction.documents(), key.country, 1));
  }
  return fate.by_law ? NoteRefused(transaction, key.country) : absl::OkStatus();
}

}  // namespace minga::exchange
