// What takes something back: withdrawal of records, consent, erasure.
#include "absl/strings/ascii.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/content.h"
#include "node/exchange/erasure.h"
#include "node/exchange/no_consent.h"
#include "node/exchange/registry.h"
#include "node/exchange/validate.h"

namespace minga::exchange {
namespace {

// What a peer is told is a code, never a clerk's words.
absl::Status CheckReason(absl::string_view reason) {
  constexpr std::size_t kReasonBytesMax = 32;
  bool code = reason.size() <= kReasonBytesMax;
  for (const char c : reason) {
    code = code &&
           (absl::ascii_islower(static_cast<unsigned char>(c)) || c == '-');
  }
  if (code) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "reason: must be a code of at most 32 letters a-z and `-`");
}

}  // namespace

absl::StatusOr<int> Registry::WriteViews(
    const std::function<absl::Status(storage::Transaction&, Reevaluation&)>&
        change,
    const Deed& deed, int (Reevaluation::*count)() const) {
  int counted = 0;
  const auto job = [&](storage::Transaction& transaction) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const Scene scene, core_->SceneIn(transaction));
    Reevaluation views(transaction, scene, deed);
    MINGA_RETURN_IF_ERROR(change(transaction, views));
    counted = (views.*count)();
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core_->parts.database->Write(job));
  return counted;
}

absl::StatusOr<int> Registry::Withdraw(absl::string_view actor,
                                       const RecordKey& key,
                                       absl::string_view reason) {
  if (key.country != core_->parts.own) {
    return absl::FailedPreconditionError(
        "record: is of another country, which alone can withdraw it");
  }
  MINGA_RETURN_IF_ERROR(CheckReason(reason));
  const absl::string_view code = reason.empty() ? kReasonWithdrawn : reason;
  const Deed deed = core_->DeedOf(actor);
  const auto change = [&](storage::Transaction& transaction,
                          Reevaluation& views) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const bool erased, transaction.records().Erase(key));
    if (!erased) {
      return absl::NotFoundError("record: there is none of this key");
    }
    MINGA_RETURN_IF_ERROR(
        transaction.journal().Note(storage::Withdrawal::kRecord, key, deed.at));
    RecordEvent event;
    event.key = key;
    event.detail = code;
    std::string person_key;
    if (key.kind == RecordKind::kProfile) {
      MINGA_ASSIGN_OR_RETURN(person_key,
                             KeyForLog(transaction.people(), key.id));
      event.person_key = person_key;
    }
    MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_RECORD_ERASED, deed,
                                            event, transaction.audit()));
    MINGA_RETURN_IF_ERROR(views.Record(key, code));
    return views.Finish();
  };
  return WriteViews(change, deed, &Reevaluation::told);
}

absl::StatusOr<int> Registry::SetConsent(absl::string_view actor,
                                         absl::string_view person,
                                         const v1::Consent* consent) {
  std::string bytes;
  absl::CivilDay ends = kNoConsentEnds;
  if (consent != nullptr) {
    MINGA_RETURN_IF_ERROR(At("consent", ValidateConsent(*consent)));
    bytes = SerialiseContent(*consent);
    MINGA_ASSIGN_OR_RETURN(ends, ParseDay(consent->expires()));
  }
  const RecordKey key{core_->parts.own, RecordKind::kProfile,
                      std::string(person)};
  const Deed deed = core_->DeedOf(actor);
  const auto change = [&](storage::Transaction& transaction,
                          Reevaluation& views) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<storage::StoredRecord> profile,
                           transaction.records().Get(key));
    if (!profile.has_value()) {
      return absl::NotFoundError("person: has no profile");
    }
    MINGA_RETURN_IF_ERROR(transaction.people().SetConsent(person, bytes, ends));
    // An older copy of the database would bring an older consent back.
    MINGA_RETURN_IF_ERROR(transaction.journal().Note(
        storage::Withdrawal::kConsent, key, deed.at));
    MINGA_ASSIGN_OR_RETURN(const std::string person_key,
                           transaction.people().Key(person));
    RecordEvent event;
    event.key = key;
    event.person_key = person_key;
    MINGA_RETURN_IF_ERROR(AppendRecordEvent(
        consent != nullptr ? v1::AUDIT_EVENT_CONSENT_GIVEN
                           : v1::AUDIT_EVENT_CONSENT_WITHDRAWN,
        deed, event, transaction.audit()));
    MINGA_RETURN_IF_ERROR(views.Record(key));
    return views.Finish();
  };
  return WriteViews(change, deed, &Reevaluation::changed);
}

absl::StatusOr<Erasure> Registry::ErasePerson(absl::string_view actor,
                                              absl::string_view person) {
  Erasure erasure;
  const Deed deed = core_->DeedOf(actor);
  const auto change = [&](storage::Transaction& transaction,
                          Reevaluation& views) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(
        erasure,
        ErasePersonIn(
            transaction, views, deed,
            {core_->parts.own, RecordKind::kProfile, std::string(person)}, ""));
    return views.Finish();
  };
  MINGA_RETURN_IF_ERROR(WriteViews(change, deed, &Reevaluation::told).status());
  return erasure;
}

}  // namespace minga::exchange
