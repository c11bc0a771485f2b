// What becomes due by itself: the new day, consents and retentions that end,
// and a sweep that was interrupted.
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/no_consent.h"
#include "node/exchange/registry.h"
#include "node/exchange/sweep.h"

namespace minga::exchange {
namespace {

constexpr int kChunk = 256;
constexpr char kSystem[] = "system";

struct Due {
  bool sweep = false;
  bool new_day = false;
};

absl::StatusOr<Due> WhatIsDue(Core& core, absl::CivilDay today) {
  Due due;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> mark,
                           snapshot.documents().Get(kDocSweep));
    MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> day,
                           snapshot.documents().Get(kDocSweptDay));
    due.new_day = day != FormatDay(today);
    due.sweep = mark.has_value() || due.new_day;
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Read(read));
  return due;
}

absl::Status EndConsents(Core& core, absl::CivilDay today, const Deed& deed) {
  bool more = true;
  while (more) {
    const auto write = [&](storage::Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::PersonId> people,
          transaction.people().ConsentsEndedBefore(today, "", kChunk));
      more = !people.empty();
      MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneIn(transaction));
      Reevaluation views(transaction, scene, deed);
      for (const storage::PersonId& person : people) {
        MINGA_ASSIGN_OR_RETURN(const std::string person_key,
                               transaction.people().Key(person));
        MINGA_RETURN_IF_ERROR(
            transaction.people().SetConsent(person, "", kNoConsentEnds));
        RecordEvent event;
        event.key = {core.parts.own, RecordKind::kProfile, person};
        event.person_key = person_key;
        event.detail = kReasonExpired;
        MINGA_RETURN_IF_ERROR(
            AppendRecordEvent(v1::AUDIT_EVENT_CONSENT_WITHDRAWN, deed, event,
                              transaction.audit()));
        MINGA_RETURN_IF_ERROR(views.Record(event.key));
      }
      return views.Finish();
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
  }
  return absl::OkStatus();
}

// Received records of one peer and kind whose last day has passed.
absl::Status EndRetention(Core& core, absl::CivilDay today, const Deed& deed,
                          const PeerId& peer, RecordKind kind) {
  std::string after;
  bool more = true;
  while (more) {
    std::vector<RecordKey> ended;
    const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::StoredRecord> records,
          snapshot.records().Scan(peer, kind, after, kChunk));
      more = !records.empty();
      for (const storage::StoredRecord& record : records) {
        after = record.key.id;
        MINGA_ASSIGN_OR_RETURN(const ReceivedBody body,
                               DecodeReceived(record.body));
        if (body.keep_until.has_value() && *body.keep_until < today) {
          ended.push_back(record.key);
        }
      }
      return absl::OkStatus();
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Read(read));
    if (ended.empty()) continue;
    const auto write = [&](storage::Transaction& transaction) -> absl::Status {
      for (const RecordKey& key : ended) {
        MINGA_ASSIGN_OR_RETURN(const bool erased,
                               transaction.records().Erase(key));
        if (!erased) continue;
        RecordEvent event;
        event.key = key;
        event.peer = key.country;
        event.detail = "retention";
        MINGA_RETURN_IF_ERROR(
            AppendRecordEvent(v1::AUDIT_EVENT_RECORD_WITHDRAWN, deed, event,
                              transaction.audit()));
      }
      return absl::OkStatus();
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
  }
  return absl::OkStatus();
}

absl::Status EndRetentions(Core& core, absl::CivilDay today, const Deed& deed) {
  MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneNow());
  for (const PeerFile& peer : scene.peers) {
    for (const RecordKind kind : {RecordKind::kVacancy, RecordKind::kProfile,
                                  RecordKind::kRightsNotice}) {
      MINGA_RETURN_IF_ERROR(EndRetention(core, today, deed, peer.id, kind));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<absl::Time> Registry::Housekeep(absl::Time now) {
  Core& core = *core_;
  absl::MutexLock lock(&core.change_mutex);
  const absl::CivilDay today = DayOf(now);
  const Deed deed{kSystem, now};
  MINGA_ASSIGN_OR_RETURN(const Due due, WhatIsDue(core, today));
  if (due.new_day) {
    MINGA_RETURN_IF_ERROR(EndConsents(core, today, deed));
    MINGA_RETURN_IF_ERROR(EndRetentions(core, today, deed));
  }
  if (due.sweep) {
    MINGA_RETURN_IF_ERROR(Sweep(core, deed, std::nullopt).status());
    const auto write = [&](storage::Transaction& transaction) -> absl::Status {
      MINGA_RETURN_IF_ERROR(transaction.documents().Remove(kDocSweep).status());
      return transaction.documents().Put(kDocSweptDay, FormatDay(today));
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
  }
  return absl::FromCivil(today + 1, absl::UTCTimeZone());
}

}  // namespace minga::exchange
