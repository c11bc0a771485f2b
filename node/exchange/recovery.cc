#include "node/exchange/recovery.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "federation/audit_entry.h"
#include "federation/farewell.h"
#include "federation/restored.h"
#include "minga/v1/audit.pb.h"
#include "minga/v1/profile.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/core.h"
#include "node/exchange/erasure.h"
#include "node/exchange/no_consent.h"
#include "node/exchange/reevaluate.h"
#include "node/exchange/rotation.h"
#include "node/exchange/sweep_mark.h"

namespace minga::exchange {
namespace {

using storage::Withdrawal;

// Records or persons in one transaction.
constexpr int kChunk = 256;
// How long a peer that may know of withdrawals is waited for before anything is
// sent to anyone. Who can be reached answers within seconds; of who cannot, the
// journal knows as much, if the disk with the keys has survived.
constexpr absl::Duration kWaitForPeers = absl::Minutes(15);
// Stands while the work at the start is under way.
constexpr absl::string_view kDocRecovering = "restore/under-way";
// The newest row of the copy.
constexpr absl::string_view kDocRestoredRow = "restore/row";
// For status.
constexpr absl::string_view kDocRestored = "restore/last";
constexpr absl::string_view kRestoredDetail = "restored";

class Recovery {
 public:
  Recovery(Core& core, Deed deed) : core_(core), deed_(std::move(deed)) {}

  // An older copy, or a crash just before a withdrawal was committed.
  absl::StatusOr<bool> Find(bool older) {
    MINGA_RETURN_IF_ERROR(
        Write([&](storage::Transaction& transaction) -> absl::Status {
          MINGA_ASSIGN_OR_RETURN(
              const std::optional<std::string> mark,
              transaction.documents().Get(storage::kDocBackupMark));
          MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> begun,
                                 transaction.documents().Get(kDocRecovering));
          ahead_ = transaction.journal().IsAhead();
          restored_ = older || mark.has_value() || begun.has_value();
          return absl::OkStatus();
        }));
    return ahead_ || restored_;
  }
  bool restored() const { return restored_; }

  absl::Status Do() {
    if (restored_) {
      MINGA_RETURN_IF_ERROR(
          Write([&](storage::Transaction& t) { return Begin(t); }));
    }
    if (ahead_) {
      for (const RecordKind kind : {RecordKind::kVacancy, RecordKind::kProfile,
                                    RecordKind::kRightsNotice}) {
        MINGA_RETURN_IF_ERROR(WithdrawRecords(kind));
      }
      MINGA_RETURN_IF_ERROR(WithdrawConsents());
    }
    if (restored_) MINGA_RETURN_IF_ERROR(BeginEpochs());
    return Write([&](storage::Transaction& t) { return End(t); });
  }

 private:
  absl::Status Write(storage::Database::Job job) {
    return core_.parts.database->Write(std::move(job));
  }

  absl::Status Begin(storage::Transaction& transaction) {
    storage::DocumentStore& documents = transaction.documents();
    MINGA_RETURN_IF_ERROR(documents.Put(kDocRecovering, "under way"));
    MINGA_RETURN_IF_ERROR(documents.Remove(storage::kDocBackupMark).status());
    MINGA_ASSIGN_OR_RETURN(const storage::RowNo newest,
                           transaction.records().Newest());
    MINGA_RETURN_IF_ERROR(documents.Put(kDocRestoredRow, absl::StrCat(newest)));
    MINGA_ASSIGN_OR_RETURN(const bool law,
                           transaction.journal().IsAhead(Withdrawal::kLaw, {}));
    if (!law) return absl::OkStatus();
    return federation::SetLawToConfirm(documents, true);
  }

  // Calls `change` for chunks until it says that there is no more.
  absl::Status InChunks(const std::function<absl::StatusOr<bool>(
                            storage::Transaction&, Reevaluation&)>& change) {
    bool more = true;
    while (more) {
      MINGA_RETURN_IF_ERROR(
          Write([&](storage::Transaction& transaction) -> absl::Status {
            MINGA_ASSIGN_OR_RETURN(const Scene scene,
                                   core_.SceneIn(transaction));
            Reevaluation views(transaction, scene, deed_);
            MINGA_ASSIGN_OR_RETURN(more, change(transaction, views));
            return views.Finish();
          }));
    }
    return absl::OkStatus();
  }

  absl::Status WithdrawRecords(RecordKind kind) {
    std::string after;
    return InChunks([&](storage::Transaction& transaction,
                        Reevaluation& views) -> absl::StatusOr<bool> {
      MINGA_ASSIGN_OR_RETURN(
          const std::vector<storage::StoredRecord> records,
          transaction.records().Scan(core_.parts.own, kind, after, kChunk));
      for (const storage::StoredRecord& record : records) {
        after = record.key.id;
        MINGA_ASSIGN_OR_RETURN(
            const bool withdrawn,
            transaction.journal().IsAhead(Withdrawal::kRecord, record.key));
        if (!withdrawn) continue;
        MINGA_RETURN_IF_ERROR(EraseAgain(transaction, views, record.key));
        ++records_;
      }
      return !records.empty();
    });
  }

  absl::Status EraseAgain(storage::Transaction& transaction,
                          Reevaluation& views, const RecordKey& key) {
    MINGA_RETURN_IF_ERROR(transaction.records().Erase(key).status());
    RecordEvent event;
    event.key = key;
    event.detail = kRestoredDetail;
    std::string person_key;
    if (key.kind == RecordKind::kProfile) {
      MINGA_ASSIGN_OR_RETURN(person_key,
                             KeyForLog(transaction.people(), key.id));
      event.person_key = person_key;
    }
    MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_RECORD_ERASED,
                                            deed_, event, transaction.audit()));
    return views.Record(key, kReasonWithdrawn);
  }

  // Also of persons without a profile: a profile put later would be shown under
  // the old consent.
  absl::Status WithdrawConsents() {
    std::string after;
    return InChunks([&](storage::Transaction& transaction,
                        Reevaluation& views) -> absl::StatusOr<bool> {
      MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PersonId> people,
                             transaction.people().ConsentsEndedBefore(
                                 kNoConsentEnds, after, kChunk));
      for (const storage::PersonId& person : people) {
        after = person;
        const RecordKey key{core_.parts.own, RecordKind::kProfile, person};
        MINGA_ASSIGN_OR_RETURN(
            const bool withdrawn,
            transaction.journal().IsAhead(Withdrawal::kConsent, key));
        if (!withdrawn) continue;
        MINGA_ASSIGN_OR_RETURN(const std::string person_key,
                               KeyForLog(transaction.people(), person));
        // Without key nobody can read the consent, and the person is erased.
        if (person_key.empty()) continue;
        MINGA_RETURN_IF_ERROR(
            transaction.people().SetConsent(person, "", kNoConsentEnds));
        RecordEvent event;
        event.key = key;
        event.person_key = person_key;
        event.detail = kRestoredDetail;
        MINGA_RETURN_IF_ERROR(
            AppendRecordEvent(v1::AUDIT_EVENT_CONSENT_WITHDRAWN, deed_, event,
                              transaction.audit()));
        MINGA_RETURN_IF_ERROR(views.Record(key));
        ++consents_;
      }
      return !people.empty();
    });
  }

  absl::Status BeginEpochs() {
    std::vector<storage::PeerRow> peers;
    const auto begin = [&](storage::Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(peers, transaction.peers().List());
      for (const storage::PeerRow& peer : peers) {
        MINGA_RETURN_IF_ERROR(BeginEpoch(transaction, peer));
      }
      return absl::OkStatus();
    };
    MINGA_RETURN_IF_ERROR(Write(begin));
    for (const storage::PeerRow& peer : peers) {
      // The rungs that the peer has seen people on are those of the copy, not
      // of the world: everybody gets another pseudonym.
      absl::MutexLock lock(&core_.change_mutex);
      MINGA_RETURN_IF_ERROR(
          exchange::BeginEpoch(core_, deed_, peer.id, nullptr).status());
    }
    return OrderSweep(core_);
  }

  // Rows and classes are made anew by the sweep.
  absl::Status BeginEpoch(storage::Transaction& transaction,
                          const storage::PeerRow& peer) {
    const absl::StatusOr<storage::FeedHead> present =
        transaction.feeds().Head(peer.id);
    storage::FeedHead head = present.value_or(storage::FeedHead());
    MINGA_ASSIGN_OR_RETURN(const std::vector<federation::ToBeAsked> asks,
                           federation::AllToBeAsked(transaction.documents()));
    for (const federation::ToBeAsked& ask : asks) {
      // Of a start that was interrupted, or an earlier restore: it asks for
      // more.
      if (ask.peer == peer.id) head = ask.head;
    }
    if (peer.state == storage::PeerState::kActive) {
      MINGA_RETURN_IF_ERROR(federation::PutToBeAsked(
          transaction.documents(), {peer.id, head, deed_.at + kWaitForPeers}));
    }
    if (peer.state == storage::PeerState::kLeaving) {
      MINGA_RETURN_IF_ERROR(
          federation::LeaveAnew(transaction.documents(), peer.id));
    }
    const Epoch epoch = NewFeedEpoch(core_, deed_.at);
    MINGA_RETURN_IF_ERROR(transaction.feeds().StartEpoch(peer.id, epoch));
    MINGA_RETURN_IF_ERROR(transaction.classes().Drop(peer.id));
    return transaction.audit()
        .Append(federation::PageEntry(v1::AUDIT_EVENT_EPOCH_STARTED, deed_.at,
                                      {.peer = peer.id, .epoch = epoch},
                                      kRestoredDetail))
        .status();
  }

  absl::Status End(storage::Transaction& transaction) {
    transaction.journal().CaughtUp();
    if (!restored_ && records_ + consents_ == 0) return absl::OkStatus();
    const std::string text = absl::StrCat(
        restored_ ? "an older copy was put back" : "after a crash", "; ",
        records_, " records and ", consents_,
        " consents were withdrawn after it and are withdrawn again");
    storage::DocumentStore& documents = transaction.documents();
    if (restored_) {
      MINGA_RETURN_IF_ERROR(documents.Put(
          kDocRestored,
          absl::StrCat(absl::FormatTime("%Y-%m-%d %H:%M UTC", deed_.at,
                                        absl::UTCTimeZone()),
                       ": ", text)));
    }
    MINGA_RETURN_IF_ERROR(documents.Remove(kDocRecovering).status());
    return transaction.audit()
        .Append(federation::NodeEntry(v1::AUDIT_EVENT_RESTORED, deed_.at,
                                      deed_.actor, text))
        .status();
  }

  Core& core_;
  const Deed deed_;
  bool ahead_ = false;
  bool restored_ = false;
  int records_ = 0;
  int consents_ = 0;
};

class Desk final : public RecoveryDesk {
 public:
  explicit Desk(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  absl::StatusOr<bool> AtStart(bool older) override {
    Recovery recovery(*core_, core_->DeedOf("system"));
    MINGA_ASSIGN_OR_RETURN(const bool found, recovery.Find(older));
    if (found) MINGA_RETURN_IF_ERROR(recovery.Do());
    return recovery.restored();
  }

  absl::Status Confirm(absl::string_view actor) override {
    const Deed deed = core_->DeedOf(actor);
    return core_->parts.database->Write([&](storage::Transaction& transaction)
                                            -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(const bool waits, federation::IsLawToConfirm(
                                                   transaction.documents()));
      if (!waits) {
        return absl::FailedPreconditionError("nothing waits to be confirmed");
      }
      MINGA_RETURN_IF_ERROR(
          federation::SetLawToConfirm(transaction.documents(), false));
      return transaction.audit()
          .Append(federation::NodeEntry(
              v1::AUDIT_EVENT_RESTORED, deed.at, deed.actor,
              "policies, agreements and peers are those of today"))
          .status();
    });
  }

  absl::StatusOr<RecoveryState> State() const override {
    RecoveryState state;
    MINGA_RETURN_IF_ERROR(core_->parts.database->Read(
        [&](const storage::Snapshot& snapshot) -> absl::Status {
          const storage::DocumentReader& documents = snapshot.documents();
          MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> restored,
                                 documents.Get(kDocRestored));
          state.restored = restored.value_or("");
          MINGA_ASSIGN_OR_RETURN(state.law_to_confirm,
                                 federation::IsLawToConfirm(documents));
          MINGA_ASSIGN_OR_RETURN(const std::vector<federation::ToBeAsked> asks,
                                 federation::AllToBeAsked(documents));
          for (const federation::ToBeAsked& ask : asks) {
            state.to_be_asked.push_back(ask.peer);
          }
          return absl::OkStatus();
        }));
    return state;
  }

 private:
  const std::shared_ptr<Core> core_;
};

}  // namespace

absl::StatusOr<bool> IsPutSinceRestore(const storage::DocumentReader& documents,
                                       const storage::StoredRecord& record) {
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                         documents.Get(kDocRestoredRow));
  storage::RowNo last = 0;
  if (!text.has_value() || !absl::SimpleAtoi(*text, &last)) return true;
  return record.row > last;
}

std::unique_ptr<RecoveryDesk> MakeRecoveryDesk(std::shared_ptr<Core> core) {
  return std::make_unique<Desk>(std::move(core));
}

}  // namespace minga::exchange
