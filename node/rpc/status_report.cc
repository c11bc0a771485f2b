#include "node/rpc/status_report.h"

#include <unistd.h>

#include <fstream>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/cosign_round.h"
#include "federation/descriptor.h"
#include "federation/federation.h"
#include "federation/own_log.h"
#include "federation/witness.h"
#include "minga/v1/admin.pb.h"
#include "node/base/memo.h"
#include "node/base/note.h"
#include "node/base/status.h"
#include "node/base/strings.h"
#include "node/exchange/duty_desk.h"
#include "node/exchange/indexer.h"
#include "node/exchange/policy_desk.h"
#include "node/rpc/alarms.h"
#include "node/rpc/mou_desk.h"
#include "node/rpc/times.h"
#include "storage/audit_chain.h"
#include "storage/database.h"
#include "storage/merkle.h"

namespace minga::rpc {
namespace {

absl::Status ReportLog(const storage::AuditReader& log,
                       v1::GetStatusResponse& response) {
  MINGA_ASSIGN_OR_RETURN(const storage::LeafIndex size, log.Size());
  response.set_log_size(size);
  MINGA_ASSIGN_OR_RETURN(const int number, storage::NumberOf(log));
  response.set_log_number(static_cast<std::uint32_t>(number));
  MINGA_ASSIGN_OR_RETURN(const std::string checkpoint, log.Checkpoint());
  if (checkpoint.empty()) return absl::OkStatus();
  MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(checkpoint));
  MINGA_ASSIGN_OR_RETURN(const storage::Checkpoint parsed,
                         storage::Checkpoint::Parse(note.text));
  response.set_log_checkpoint_size(parsed.size);
  return absl::OkStatus();
}

// Who else has signed it, and what stands against signing or against others.
absl::Status ReportWitnesses(const storage::DocumentReader& documents,
                             const NodeParts& node,
                             v1::GetStatusResponse& response) {
  MINGA_ASSIGN_OR_RETURN(
      const auto cosigned,
      federation::NewestCosigned(documents,
                                 static_cast<int>(response.log_number())));
  if (cosigned.has_value()) {
    response.set_log_cosigned_number(static_cast<std::uint32_t>(cosigned->log));
    MINGA_ASSIGN_OR_RETURN(const Note note, Note::Parse(cosigned->note));
    MINGA_ASSIGN_OR_RETURN(const storage::Checkpoint checkpoint,
                           storage::Checkpoint::Parse(note.text));
    response.set_log_cosigned_size(checkpoint.size);
    response.set_log_cosigners(
        static_cast<std::uint32_t>(note.signatures.size() - 1));
  }
  MINGA_ASSIGN_OR_RETURN(const auto forks, federation::ListForks(documents));
  response.set_forks(static_cast<std::uint32_t>(forks.size()));
  const absl::Status signing = node.own_log->MaySign(node.clock->Now());
  response.set_log_signing_stopped(std::string(signing.message()));
  return absl::OkStatus();
}

absl::Status ReportRecords(const storage::RecordReader& records,
                           const std::vector<Country>& countries,
                           v1::GetStatusResponse& response) {
  for (const Country country : countries) {
    for (int number = 1; number < kRecordKinds; ++number) {
      MINGA_ASSIGN_OR_RETURN(
          const storage::RecordCount count,
          records.Count(country, static_cast<RecordKind>(number)));
      if (count.records == 0) continue;
      v1::KindCount* const line = response.add_records();
      line->set_country(country.ToString());
      line->set_kind(static_cast<v1::RecordKind>(number));
      line->set_records(count.records);
    }
  }
  return absl::OkStatus();
}

const char* StateName(storage::PeerState state) {
  switch (state) {
    case storage::PeerState::kActive:
      return "active";
    case storage::PeerState::kSuspended:
      return "suspended";
    case storage::PeerState::kLeaving:
      break;
  }
  return "leaving";
}

absl::Status ReportPeer(const storage::Snapshot& snapshot,
                        const NodeParts& node, const storage::PeerRow& row,
                        v1::PeerStatus& peer) {
  peer.set_country(row.id.ToString());
  peer.set_state(StateName(row.state));
  peer.set_state_reason(row.suspended_why);
  static auto* const read = new Memo<federation::Descriptor>;
  const auto found = read->Get(row.descriptor, federation::ReadDescriptor);
  if (found.ok()) {
    const federation::Descriptor& descriptor = **found;
    peer.set_fingerprint(federation::Fingerprint(descriptor));
    peer.set_descriptor_sequence(descriptor.sequence);
    peer.set_descriptor_until(FormatDay(descriptor.valid_until));
  }
  MINGA_ASSIGN_OR_RETURN(const MouState mou,
                         ReadMouState(snapshot.documents(), node.own, row.id,
                                      DayOf(node.clock->Now())));
  peer.set_mou_in_force(mou.in_force);
  const auto head = snapshot.feeds().Head(row.id);
  if (!head.ok() && !absl::IsNotFound(head.status())) return head.status();
  if (head.ok()) {
    peer.set_sent_epoch(head->epoch);
    peer.set_sent_last(head->last);
    peer.set_sent_acknowledged(head->acknowledged);
  }
  MINGA_ASSIGN_OR_RETURN(const storage::Cursor cursor,
                         snapshot.peers().CursorOf(row.id));
  peer.set_received_epoch(cursor.epoch);
  peer.set_received_cursor(cursor.seq);
  return absl::OkStatus();
}

void AddProgress(const std::vector<federation::PeerProgress>& all,
                 v1::GetStatusResponse& response) {
  std::map<std::string, const federation::PeerProgress*> by_name;
  for (const auto& progress : all)
    by_name[progress.peer.ToString()] = &progress;
  for (v1::PeerStatus& peer : *response.mutable_peers()) {
    const auto found = by_name.find(peer.country());
    if (found == by_name.end()) continue;
    const federation::PeerProgress& progress = *found->second;
    peer.set_following(progress.following);
    peer.set_followed(progress.followed);
    peer.set_caught_up(progress.caught_up);
    peer.set_last_error(progress.last_error);
    peer.set_pages_received(progress.pages_received);
    peer.set_records_rejected(progress.records_rejected);
    *peer.mutable_last_contact() = ToTimestamp(progress.last_contact);
    peer.set_protocol(progress.protocol);
    peer.set_settling(progress.settling);
    peer.set_descriptor_refused(progress.descriptor_refused);
    peer.set_erasures_here(progress.erasures_here.records);
    if (progress.erasures_here.first != absl::InfiniteFuture()) {
      *peer.mutable_erasures_here_due() =
          ToTimestamp(progress.erasures_here.first);
    }
    const absl::Time now = FromTimestamp(response.now());
    if (progress.slowed_until > now) {
      *peer.mutable_slowed_until() = ToTimestamp(progress.slowed_until);
    }
    if (progress.budget_until > now) {
      *peer.mutable_budget_until() = ToTimestamp(progress.budget_until);
    }
  }
}

// Per peer: what it owes, and the clock of a breach.
absl::Status AddDuties(const NodeParts& node, v1::GetStatusResponse& response) {
  for (v1::PeerStatus& peer : *response.mutable_peers()) {
    MINGA_ASSIGN_OR_RETURN(const PeerId id, Country::Parse(peer.country()));
    const absl::StatusOr<storage::OwedErasures> owed =
        node.duties->Owed(id, node.clock->Now());
    // A peer that was just added has no feed yet.
    if (!owed.ok() && !absl::IsNotFound(owed.status())) return owed.status();
    if (owed.ok()) {
      peer.set_erasures_waiting(owed->waiting);
      peer.set_erasures_overdue(owed->overdue);
      if (owed->first != absl::InfiniteFuture()) {
        *peer.mutable_erasure_due() = ToTimestamp(owed->first);
      }
    }
    MINGA_ASSIGN_OR_RETURN(const std::optional<exchange::BreachClock> clock,
                           node.duties->Breach(id));
    if (!clock.has_value()) continue;
    peer.set_breach_notice_hours(clock->hours);
    peer.set_breach_rule(absl::StrCat(clock->rule, ": ", clock->citation));
  }
  return absl::OkStatus();
}

void AddSweep(const exchange::SweepProgress& sweep,
              v1::GetStatusResponse& response) {
  response.set_sweep_running(sweep.running);
  response.set_sweep_pass(sweep.pass);
  response.set_sweep_done(sweep.done);
  response.set_sweep_total(sweep.total);
}

}  // namespace

std::int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t all_pages = 0;
  std::int64_t resident_pages = 0;
  statm >> all_pages >> resident_pages;
  return statm ? resident_pages * ::sysconf(_SC_PAGESIZE) : 0;
}

absl::StatusOr<v1::GetStatusResponse> ReportStatus(const NodeParts& node) {
  v1::GetStatusResponse response;
  response.set_country(node.own.ToString());
  response.set_name(node.name);
  response.set_version(node.version);
  *response.mutable_started_at() = ToTimestamp(node.started_at);
  *response.mutable_now() = ToTimestamp(node.clock->Now());
  response.set_listen(node.listening());
  response.set_policy_name(node.desk->NationalName());
  response.set_policy_hash(Hex(AsView(node.desk->InForce()->hash())));
  MINGA_RETURN_IF_ERROR(node.database->Read(
      [&](const storage::Snapshot& snapshot) -> absl::Status {
        const absl::Status log = ReportLog(snapshot.audit(), response);
        if (!log.ok()) return log;
        const absl::Status witnesses =
            ReportWitnesses(snapshot.documents(), node, response);
        if (!witnesses.ok()) return witnesses;
        MINGA_ASSIGN_OR_RETURN(const std::vector<storage::PeerRow> rows,
                               snapshot.peers().List());
        std::vector<Country> countries = {node.own};
        for (const storage::PeerRow& row : rows) {
          countries.push_back(row.id);
          const absl::Status reported =
              ReportPeer(snapshot, node, row, *response.add_peers());
          if (!reported.ok()) return reported;
        }
        return ReportRecords(snapshot.records(), countries, response);
      }));
  AddProgress(node.federation->Progress(), response);
  MINGA_RETURN_IF_ERROR(AddDuties(node, response));
  AddSweep(node.desk->Progress(), response);
  MINGA_ASSIGN_OR_RETURN(const std::int64_t lag, node.indexer->LagRows());
  response.set_index_lag_rows(lag);
  const absl::Status index = node.indexer->Health();
  if (!index.ok()) response.set_index_error(index.ToString());
  response.set_memory_bytes(ResidentBytes());
  response.set_handshakes_refused(node.tls.refusals->total());
  AddAlarms(response);
  return response;
}

}  // namespace minga::rpc
