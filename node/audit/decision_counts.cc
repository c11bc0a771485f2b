#include "node/audit/decision_counts.h"

#include <climits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/audit/terms.h"
#include "node/base/clock.h"
#include "node/base/status.h"

namespace minga::audit {
namespace {

// "2026-11" as AuditGroup::month.
absl::StatusOr<int> ParseMonth(const std::string& text, int missing) {
  if (text.empty()) return missing;
  const absl::StatusOr<absl::CivilDay> day =
      ParseDay(absl::StrCat(text, "-01"));
  if (!day.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("month: `", text, "` is not of the form 2026-11"));
  }
  return static_cast<int>(day->year()) * 12 + day->month() - 1;
}

std::string MonthText(int month) {
  return absl::StrFormat("%04d-%02d", month / 12, month % 12 + 1);
}

class Counting {
 public:
  Counting(const Finder& finder, int from, int until, std::string peer)
      : finder_(finder), from_(from), until_(until), peer_(std::move(peer)) {}

  absl::Status Run() {
    MINGA_ASSIGN_OR_RETURN(const LogPosition indexed,
                           finder_.index().Position());
    MINGA_ASSIGN_OR_RETURN(const std::vector<storage::AuditGroupCount> groups,
                           finder_.index().Groups());
    for (const storage::AuditGroupCount& one : groups) {
      MINGA_RETURN_IF_ERROR(Add(one.group, one.entries));
    }
    LogQuery query;
    query.peer = peer_;
    for (int event = 0; event < v1::AuditEvent_ARRAYSIZE; ++event) {
      const auto as_event = static_cast<v1::AuditEvent>(event);
      if (IsDecision(as_event)) query.events.insert(as_event);
    }
    absl::Status added;
    MINGA_RETURN_IF_ERROR(
        finder_.Find(query, indexed, [&](const FoundEntry& found) {
          added =
              Add(TermsOf(found.entry, Country(), found.place.start).group, 1);
          return added.ok();
        }));
    MINGA_RETURN_IF_ERROR(added);
    MINGA_ASSIGN_OR_RETURN(entries_, finder_.reader().Size());
    return absl::OkStatus();
  }

  v1::CountDecisionsResponse Take() {
    v1::CountDecisionsResponse response;
    for (auto& [key, count] : counts_) {
      *response.add_counts() = std::move(count);
    }
    response.set_entries(entries_);
    return response;
  }

 private:
  absl::Status Add(const storage::AuditGroup& group, std::uint64_t entries) {
    if (!IsDecision(static_cast<v1::AuditEvent>(group.event)) ||
        group.month < from_ || group.month > until_ ||
        (!peer_.empty() && group.peer != peer_)) {
      return absl::OkStatus();
    }
    MINGA_ASSIGN_OR_RETURN(const auto basis, finder_.BasisAt(group.basis));
    v1::DecisionCount count;
    count.set_month(MonthText(group.month));
    count.set_event(static_cast<v1::AuditEvent>(group.event));
    count.set_peer(group.peer);
    count.set_kind(static_cast<v1::RecordKind>(group.kind));
    if (basis != nullptr) {
      count.set_reason(basis->reason());
      *count.mutable_rules() = basis->rules();
    }
    v1::DecisionCount& kept =
        counts_.emplace(count.SerializeAsString(), count).first->second;
    kept.set_count(kept.count() + entries);
    return absl::OkStatus();
  }

  const Finder& finder_;
  const int from_;
  const int until_;
  const std::string peer_;
  LogPosition entries_ = 0;
  // By what they have in common; so the months come in their order.
  std::map<std::string, v1::DecisionCount> counts_;
};

}  // namespace

bool IsDecision(v1::AuditEvent event) {
  return event == v1::AUDIT_EVENT_DECISION_PERMIT ||
         event == v1::AUDIT_EVENT_DECISION_WITHHOLD ||
         event == v1::AUDIT_EVENT_HELD_BACK ||
         event == v1::AUDIT_EVENT_WITHDRAWAL;
}

absl::StatusOr<v1::CountDecisionsResponse> CountDecisions(
    const Finder& finder, const v1::CountDecisionsRequest& request) {
  MINGA_ASSIGN_OR_RETURN(const int from,
                         ParseMonth(request.from_month(), INT_MIN));
  MINGA_ASSIGN_OR_RETURN(const int until,
                         ParseMonth(request.until_month(), INT_MAX));
  Counting counting(finder, from, until, request.peer());
  MINGA_RETURN_IF_ERROR(counting.Run());
  return counting.Take();
}

}  // namespace minga::audit
