#include "node/exchange/received.h"

#include <google/protobuf/message.h>

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/due.h"
#include "node/exchange/facts.h"
#include "node/exchange/obligations.h"
#include "node/exchange/retention.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

constexpr absl::string_view kDocRefused = "refused/";  // + country
constexpr absl::string_view kReasonRetention = "retention";
constexpr absl::string_view kReasonUnreadable = "unreadable";

// What becomes of a received record.
struct Fate {
  absl::string_view erased_for;  // empty: it stays
  absl::CivilDay due = absl::CivilDay::max();
};

absl::StatusOr<Fate> FateOf(const Scene& scene,
                            const storage::StoredRecord& record) {
  MINGA_ASSIGN_OR_RETURN(const ReceivedBody body, DecodeReceived(record.body));
  if (body.keep_until.has_value() && *body.keep_until < scene.today) {
    return Fate{.erased_for = kReasonRetention};
  }
  MINGA_ASSIGN_OR_RETURN(const OwnedContent content,
                         ParseContent(record.key.kind, body.message));
  const policy::Facts facts = FactsForReceiving(content.view(), scene.today);
  const std::shared_ptr<const Verdict> verdict = scene.judge->Ask(
      ReceiveQuestion(scene, record.key.kind, record.key.country), facts);
  if (!verdict->decision.permitted ||
      !NotReceivable(verdict->decision.obligations, content.view(), scene.today)
           .empty()) {
    return Fate{.erased_for = kReasonPolicy};
  }
  Fate fate;
  fate.due = DueOfReceived(scene, *verdict, content.view(), body.keep_until);
  return fate;
}

// The same for a record that cannot be read: the peer has it still, and one
// that nobody can read is of no use.
Fate FateOrErased(const Scene& scene, const storage::StoredRecord& record) {
  const absl::StatusOr<Fate> fate = FateOf(scene, record);
  return fate.ok() ? *fate : Fate{.erased_for = kReasonUnreadable};
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

absl::Status NoteRefused(storage::Transaction& transaction,
                         const PeerId& from) {
  return transaction.documents().Put(absl::StrCat(kDocRefused, from.ToString()),
                                     "by law");
}

absl::Status AskAgain(storage::Transaction& transaction) {
  MINGA_ASSIGN_OR_RETURN(const auto refused,
                         transaction.documents().List(kDocRefused));
  for (const auto& [name, note] : refused) {
    MINGA_RETURN_IF_ERROR(transaction.documents().Remove(name).status());
    MINGA_ASSIGN_OR_RETURN(const PeerId peer, Country::Parse(absl::StripPrefix(
                                                  name, kDocRefused)));
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> known,
                           transaction.peers().Get(peer));
    if (!known.has_value()) continue;
    MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                           transaction.peers().CursorOf(peer));
    MINGA_RETURN_IF_ERROR(
        transaction.peers().SetCursor(peer, {cursor.epoch, 0}));
  }
  return absl::OkStatus();
}

bool IsStaleReceived(const Scene& scene, const storage::StoredRecord& record) {
  const Fate fate = FateOrErased(scene, record);
  return !fate.erased_for.empty() || record.due != fate.due;
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
  if (fate.erased_for.empty()) return transaction.due().Set(key, fate.due);
  MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
  RecordEvent event;
  event.key = key;
  event.peer = key.country;
  event.detail = fate.erased_for;
  MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_RECORD_WITHDRAWN,
                                          deed, event, transaction.audit()));
  if (fate.erased_for == kReasonRetention) {
    return NoteRetentionEnded(transaction.documents(), key.country, 1);
  }
  if (fate.erased_for != kReasonPolicy) return absl::OkStatus();
  return NoteRefused(transaction, key.country);
}

}  // namespace minga::exchange
