// What becomes due by itself: a new day, consents that end, records whose day
// has come, and a sweep that was interrupted or that a date of the law orders.
// Everything is done in pieces, so that whoever waits for the thread or the
// lock waits for one second.
#include "minga/v1/audit.pb.h"
#include "node/base/clock.h"
#include "node/base/status.h"
#include "node/exchange/erasure.h"
#include "node/exchange/no_consent.h"
#include "node/exchange/quota.h"
#include "node/exchange/received.h"
#include "node/exchange/registry.h"
#include "node/exchange/rotation.h"
#include "node/exchange/sweep.h"
#include "node/exchange/sweep_mark.h"

namespace minga::exchange {
namespace {

// People or records in one transaction: bounds how long others wait for the
// writer.
constexpr int kChunk = 256;
// While another change of many views is under way.
constexpr absl::Duration kBusyAgain = absl::Seconds(1);
constexpr char kSystem[] = "system";

struct Plan {
  bool sweep_marked = false;
  bool sweep = false;  // or continue it
  // What a sweep under way has looked at may be among what was decided.
  bool clock_was_wrong = false;
  bool new_day = false;
};

absl::StatusOr<Plan> MakePlan(const Core& core,
                              const storage::DocumentReader& documents,
                              absl::CivilDay today) {
  Plan plan;
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> mark,
                         documents.Get(kDocSweep));
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> kept,
                         documents.Get(kDocSweptDay));
  MINGA_ASSIGN_OR_RETURN(const std::optional<std::string> swept_by,
                         documents.Get(kDocSweptBy));
  MINGA_ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> planned,
                         SweepDay(documents));
  // The clock as it is after the reading: midnight may have come since `today`.
  MINGA_ASSIGN_OR_RETURN(plan.clock_was_wrong,
                         ClockWasWrong(documents, core.Today()));
  const absl::StatusOr<absl::CivilDay> last = ParseDay(kept.value_or(""));
  plan.sweep_marked = mark.has_value();
  plan.new_day = !last.ok() || *last != today;
  // Days are stored with the records for the time to come: if the clock was set
  // back, they say nothing.
  const bool set_back = !last.ok() || today < *last;
  plan.sweep = plan.sweep_marked || set_back || plan.clock_was_wrong ||
               !planned.has_value() || *planned <= today ||
               swept_by != core.parts.version;
  return plan;
}

// Ends one consent. What cannot be done for one person stops nobody else's.
absl::Status EndConsent(storage::Transaction& transaction, const Deed& deed,
                        const RecordKey& profile, Reevaluation& views) {
  const absl::StatusOr<std::string> person_key =
      transaction.people().Key(profile.id);
  if (!person_key.ok()) {
    if (!IsUnreadable(person_key.status())) return person_key.status();
    // The consent is sealed under that key: it is found again every day, and
    // the profile, which nobody can open, is shown to nobody.
    return views.Record(profile);
  }
  MINGA_RETURN_IF_ERROR(
      transaction.people().SetConsent(profile.id, "", kNoConsentEnds));
  RecordEvent event;
  event.key = profile;
  event.person_key = *person_key;
  event.detail = kReasonExpired;
  MINGA_RETURN_IF_ERROR(AppendRecordEvent(v1::AUDIT_EVENT_CONSENT_WITHDRAWN,
                                          deed, event, transaction.audit()));
  return views.Record(profile);
}

// False if there is more to do.
absl::StatusOr<bool> EndConsents(Core& core, absl::CivilDay today,
                                 const Deed& deed, const WorkBudget& budget) {
  std::string after;
  while (!budget.Spent()) {
    std::vector<storage::PersonId> people;
    const auto write = [&](storage::Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(people, transaction.people().ConsentsEndedBefore(
                                         today, after, kChunk));
      if (people.empty()) return absl::OkStatus();
      MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneIn(transaction));
      Reevaluation views(transaction, scene, deed);
      for (const storage::PersonId& person : people) {
        MINGA_RETURN_IF_ERROR(
            EndConsent(transaction, deed,
                       {core.parts.own, RecordKind::kProfile, person}, views));
      }
      return views.Finish();
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
    if (people.empty()) return true;
    after = people.back();
  }
  return false;
}

// Evaluates what is due, one chunk at least; false if there is more to do.
absl::StatusOr<bool> DoDue(Core& core, absl::CivilDay today, const Deed& deed,
                           const WorkBudget& budget) {
  do {
    std::size_t found = 0;
    const auto write = [&](storage::Transaction& transaction) -> absl::Status {
      MINGA_ASSIGN_OR_RETURN(const std::vector<storage::DueRecord> due,
                             transaction.due().DueBy(today, kChunk));
      found = due.size();
      if (due.empty()) return absl::OkStatus();
      MINGA_ASSIGN_OR_RETURN(const Scene scene, core.SceneIn(transaction));
      Reevaluation views(transaction, scene, deed);
      for (const storage::DueRecord& record : due) {
        MINGA_RETURN_IF_ERROR(
            record.key.country == core.parts.own
                ? views.Record(record.key)
                : ReevaluateReceived(transaction, scene, deed, record.key));
      }
      return views.Finish();
    };
    MINGA_RETURN_IF_ERROR(core.parts.database->Write(write));
    core.due_evaluated += static_cast<std::int64_t>(found);
    if (found == 0) return true;
  } while (!budget.Spent());
  return false;
}

// Everything of the day is done; what was erased for it may have made room.
absl::Status EndDay(Core& core, absl::CivilDay today) {
  return core.parts.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_RETURN_IF_ERROR(AskWhereRoom(transaction, core.parts.held_max));
        return transaction.documents().Put(kDocSweptDay, FormatDay(today));
      });
}

absl::StatusOr<absl::Time> KeepHouse(Core& core, absl::Time now) {
  const absl::CivilDay today = DayOf(now);
  const Deed deed{kSystem, now};
  const WorkBudget budget(*core.parts.clock);
  // First: nobody who was erased shall be evaluated again.
  MINGA_ASSIGN_OR_RETURN(const bool forgotten,
                         EraseForgotten(core, deed, budget));
  if (!forgotten) return now;
  Plan plan;
  const auto read = [&](const storage::Snapshot& snapshot) -> absl::Status {
    MINGA_ASSIGN_OR_RETURN(plan, MakePlan(core, snapshot.documents(), today));
    return absl::OkStatus();
  };
  MINGA_RETURN_IF_ERROR(core.parts.database->Read(read));
  bool done = true;
  if (plan.new_day) {
    MINGA_ASSIGN_OR_RETURN(done, EndConsents(core, today, deed, budget));
  }
  if (done && plan.sweep) {
    if (!plan.sweep_marked || plan.clock_was_wrong) {
      MINGA_RETURN_IF_ERROR(OrderSweep(core));
    }
    MINGA_ASSIGN_OR_RETURN(done, ContinueSweep(core, deed, budget));
  }
  // Also on a day that was done: while the clock was wrong, something may have
  // been evaluated that is due since.
  if (done) {
    MINGA_ASSIGN_OR_RETURN(done, DoDue(core, today, deed, budget));
  }
  if (done) {
    MINGA_ASSIGN_OR_RETURN(done, KeepEpochs(core, deed, budget));
  }
  if (!done) return now;
  if (plan.new_day) MINGA_RETURN_IF_ERROR(EndDay(core, today));
  return absl::FromCivil(today + 1, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<absl::Time> Registry::Housekeep(absl::Time now) {
  Core& core = *core_;
  // A change of law may sweep for minutes; whoever keeps house has other work.
  if (!core.change_mutex.TryLock()) return now + kBusyAgain;
  absl::StatusOr<absl::Time> next = KeepHouse(core, now);
  core.change_mutex.Unlock();
  return next;
}

}  // namespace minga::exchange
