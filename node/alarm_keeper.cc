#include "node/alarm_keeper.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "federation/audit_entry.h"
#include "federation/farewell.h"
#include "federation/federation.h"
#include "minga/v1/audit.pb.h"
#include "node/base/status.h"
#include "node/exchange/duty_desk.h"
#include "storage/database.h"

namespace minga {
namespace {

constexpr absl::Duration kForgetEvery = absl::Hours(1);
constexpr absl::string_view kSystem = "system";

std::string Detail(absl::string_view whose, std::int64_t records,
                   absl::Time first) {
  return absl::StrCat(
      whose, ": ", records, " withdrawals, the first was due by ",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", first, absl::UTCTimeZone()));
}

}  // namespace

absl::Status AlarmKeeper::Look(absl::Time now) {
  // Also when the clock was set back.
  if (now < next_ && next_ - now <= kAlarmsEvery) return absl::OkStatus();
  next_ = now + kAlarmsEvery;
  MINGA_ASSIGN_OR_RETURN(const std::vector<Overdue> found, Find(now));
  for (const Overdue& overdue : found) {
    MINGA_RETURN_IF_ERROR(Settle(overdue, now));
  }
  if (now < forget_next_ && forget_next_ - now <= kForgetEvery) {
    return absl::OkStatus();
  }
  forget_next_ = now + kForgetEvery;
  const absl::Time horizon =
      now - absl::Hours(24) * storage::kRejectionsKeptDays;
  return parts_.database->Write([horizon](storage::Transaction& transaction) {
    return transaction.peers().receipts().ForgetRejections(horizon).status();
  });
}

absl::StatusOr<std::vector<AlarmKeeper::Overdue>> AlarmKeeper::Find(
    absl::Time now) const {
  std::vector<storage::PeerRow> peers;
  MINGA_RETURN_IF_ERROR(parts_.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(peers, snapshot.peers().List());
        return absl::OkStatus();
      }));
  std::map<PeerId, federation::PeerProgress> here;
  for (federation::PeerProgress& progress : parts_.federation->Progress()) {
    here[progress.peer] = std::move(progress);
  }
  std::vector<Overdue> found;
  for (const storage::PeerRow& peer : peers) {
    const absl::StatusOr<storage::OwedErasures> owed =
        parts_.duties->Owed(peer.id, now);
    // A peer that was just added has no feed yet.
    if (!owed.ok() && !absl::IsNotFound(owed.status())) return owed.status();
    if (owed.ok()) {
      found.push_back({peer.id, "ours", owed->overdue, owed->first});
    }
    const federation::PeerProgress& progress = here[peer.id];
    const federation::PendingErasures& pending = progress.erasures_here;
    const bool late = pending.records > 0 && pending.first < now;
    // A node that has just begun does not know yet what waits for it.
    if (late || progress.caught_up) {
      found.push_back(
          {peer.id, "theirs", late ? pending.records : 0, pending.first});
    }
  }
  return found;
}

absl::Status AlarmKeeper::Settle(const Overdue& overdue, absl::Time now) {
  const std::string name = federation::OverdueName(overdue.peer, overdue.whose);
  const bool stands = overdue.records > 0;
  std::optional<std::string> told;
  MINGA_RETURN_IF_ERROR(parts_.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(told, snapshot.documents().Get(name));
        return absl::OkStatus();
      }));
  if (stands == told.has_value()) return absl::OkStatus();
  const std::string detail =
      stands ? Detail(overdue.whose, overdue.records, overdue.first) : *told;
  return parts_.database->Write(
      [&](storage::Transaction& transaction) -> absl::Status {
        MINGA_ASSIGN_OR_RETURN(const std::optional<storage::PeerRow> peer,
                               transaction.peers().Get(overdue.peer));
        if (!peer.has_value()) return absl::OkStatus();  // it has left since
        if (stands) {
          MINGA_RETURN_IF_ERROR(transaction.documents().Put(name, detail));
        } else {
          MINGA_RETURN_IF_ERROR(transaction.documents().Remove(name).status());
        }
        return transaction.audit()
            .Append(federation::PeerEntry(
                stands ? v1::AUDIT_EVENT_ERASURE_OVERDUE
                       : v1::AUDIT_EVENT_ERASURE_MADE_GOOD,
                now, kSystem, overdue.peer, detail))
            .status();
      });
}

}  // namespace minga
