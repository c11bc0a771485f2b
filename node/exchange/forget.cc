#include "node/exchange/forget.h"

#include <string>
#include <vector>

#include "federation/restored.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/agreements.h"
#include "node/exchange/holds.h"
#include "node/exchange/ladder.h"
#include "node/exchange/received.h"
#include "node/exchange/subject.h"

namespace minga::exchange {
namespace {

constexpr int kChunk = 256;
constexpr RecordKind kReceivedKinds[] = {
    RecordKind::kVacancy, RecordKind::kProfile, RecordKind::kRightsNotice};

absl::Status Erase(storage::Transaction& transaction, const PeerId& from,
                   const RecordKey& key, const Deed& deed,
                   absl::string_view why) {
  MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
  MINGA_RETURN_IF_ERROR(transaction.views().Remove(key));
  RecordEvent event;
  event.key = key;
  event.peer = from;
  event.detail = why;
  return AppendRecordEvent(v1::AUDIT_EVENT_RECORD_WITHDRAWN, deed, event,
                           transaction.audit());
}

// True if there may be more of the kind.
absl::StatusOr<bool> EraseSome(storage::Transaction& transaction,
                               const PeerId& peer, RecordKind kind,
                               const Deed& deed) {
  MINGA_ASSIGN_OR_RETURN(const std::vector<storage::StoredRecord> records,
                         transaction.records().Scan(peer, kind, "", kChunk));
  for (const storage::StoredRecord& record : records) {
    MINGA_RETURN_IF_ERROR(
        Erase(transaction, peer, record.key, deed, "peer-removed"));
  }
  return !records.empty();
}

}  // namespace

absl::StatusOr<int> ForgetOtherEpochs(storage::Transaction& transaction,
                                      const PeerId& from, Epoch epoch,
                                      int limit, const Deed& deed) {
  int erased = 0;
  for (const RecordKind kind : kReceivedKinds) {
    std::string after;
    bool more = true;
    while (more) {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::StoredRecord> records,
          transaction.records().Scan(from, kind, after, kChunk));
      more = !records.empty();
      for (const storage::StoredRecord& record : records) {
        after = record.key.id;
        MINGA_ASSIGN_OR_RETURN(const ReceivedBody body,
                               DecodeReceived(record.body));
        if (body.epoch == epoch) continue;
        if (erased >= limit) return erased;
        MINGA_RETURN_IF_ERROR(
            Erase(transaction, from, record.key, deed, "epoch"));
        ++erased;
      }
    }
  }
  MINGA_ASSIGN_OR_RETURN(const int told, transaction.views().RemoveOthers(
                                             from, epoch, limit - erased));
  return erased + told;
}

absl::Status ForgetReceived(const Core& core, const PeerId& peer,
                            const Deed& deed) {
  for (const RecordKind kind : kReceivedKinds) {
    bool more = true;
    while (more) {
      MINGA_RETURN_IF_ERROR(core.parts.database->Write(
          [&](storage::Transaction& transaction) -> absl::Status {
            MINGA_ASSIGN_OR_RETURN(more,
                                   EraseSome(transaction, peer, kind, deed));
            return absl::OkStatus();
          }));
    }
  }
  // What it told of records that were not kept.
  int removed = kChunk;
  while (removed == kChunk) {
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(
        [&](storage::Transaction& transaction) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(
              removed, transaction.views().RemoveOthers(peer, 0, kChunk));
          return absl::OkStatus();
        }));
  }
  bool forgotten = false;
  while (!forgotten) {
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(
        [&](storage::Transaction& transaction) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(forgotten, federation::ForgetErasures(
                                                transaction.documents(), peer));
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

absl::Status ForgetPeer(storage::Transaction& transaction, const PeerId& peer,
                        const policy::PolicySet* remaining) {
  storage::DocumentStore& documents = transaction.documents();
  MINGA_RETURN_IF_ERROR(transaction.feeds().Drop(peer));
  MINGA_RETURN_IF_ERROR(ForgetHoldsOf(documents, peer));
  MINGA_RETURN_IF_ERROR(ForgetAnonymity(documents, peer));
  // Who joins again signs again.
  MINGA_RETURN_IF_ERROR(EndAgreement(documents, peer));
  if (remaining != nullptr) {
    MINGA_RETURN_IF_ERROR(
        documents.Put(kDocInForce, AsView(remaining->hash())));
  }
  return transaction.classes().Drop(peer);
}

}  // namespace minga::exchange
