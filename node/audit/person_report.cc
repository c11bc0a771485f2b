#include "node/audit/person_report.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "node/audit/decision_counts.h"
#include "node/base/status.h"

namespace minga::audit {
namespace {

// What a peer was told of the person, in order.
using Steps = std::vector<FoundEntry>;

// The receipt by which the peer confirmed step `at`, if it did before it was
// told of the next one.
absl::StatusOr<std::optional<FoundEntry>> ReceiptOf(const Finder& finder,
                                                    const Steps& steps,
                                                    std::size_t at) {
  const v1::AuditEntry& told = steps[at].entry;
  if (told.seq() == 0) return std::optional<FoundEntry>();
  // A peer that confirms the next step may never have had this one.
  std::uint64_t next = UINT64_MAX;
  for (std::size_t i = at + 1; i < steps.size(); ++i) {
    if (steps[i].entry.seq() == 0) continue;
    if (steps[i].entry.epoch() == told.epoch()) next = steps[i].entry.seq();
    break;
  }
  LogQuery query;
  query.peer = told.peer();
  query.events = {v1::AUDIT_EVENT_RECEIPT_TAKEN};
  std::optional<FoundEntry> receipt;
  const auto take = [&](const FoundEntry& found) {
    // Each epoch of a feed has numbers of its own, and the later is greater.
    if (found.entry.epoch() > told.epoch()) return false;
    if (found.entry.epoch() < told.epoch()) return true;
    if (found.entry.upto() < told.seq()) return true;
    if (found.entry.upto() < next) receipt = found;
    return false;
  };
  MINGA_RETURN_IF_ERROR(finder.Find(query, steps[at].place.position + 1, take));
  return receipt;
}

}  // namespace

absl::StatusOr<v1::ReportPersonResponse> ReportPerson(
    const Finder& finder, const std::string& subject) {
  v1::ReportPersonResponse report;
  std::map<std::string, Steps> by_peer;
  LogQuery query;
  query.subject = subject;
  int entries = 0;
  MINGA_RETURN_IF_ERROR(finder.Find(query, 0, [&](const FoundEntry& found) {
    if (entries++ == kReportEntriesMax) {
      report.set_cut(true);
      return false;
    }
    if (IsDecision(found.entry.event())) {
      by_peer[found.entry.peer()].push_back(found);
    } else {
      *report.add_others() = ToProto(found);
    }
    return true;
  }));
  for (const auto& [peer, steps] : by_peer) {
    v1::PersonDisclosure& disclosure = *report.add_disclosures();
    disclosure.set_peer(peer);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      v1::PersonDisclosure::Step& step = *disclosure.add_steps();
      *step.mutable_found() = ToProto(steps[i]);
      MINGA_ASSIGN_OR_RETURN(const auto receipt, ReceiptOf(finder, steps, i));
      if (receipt.has_value()) *step.mutable_receipt() = ToProto(*receipt);
    }
  }
  return report;
}

}  // namespace minga::audit
