#include "policy/rule.h"

#include <algorithm>

namespace minga::policy {
namespace {

// The smaller number, where 0 is "not asked for".
void TakeSmaller(int& into, int other) {
  if (other > 0 && (into == 0 || other < into)) into = other;
}

}  // namespace

const RulePart* CompiledRule::PartOf(RecordKind kind) const {
  for (const RulePart& part : parts) {
    if (part.kind == kind) return &part;
  }
  return nullptr;
}

void Tighten(Obligations& into, const Obligations& other) {
  into.min_k = std::max(into.min_k, other.min_k);
  into.min_l = std::max(into.min_l, other.min_l);
  into.national_first_days =
      std::max(into.national_first_days, other.national_first_days);
  TakeSmaller(into.retention_days, other.retention_days);
  TakeSmaller(into.erase_within_hours, other.erase_within_hours);
  TakeSmaller(into.breach_notice_hours, other.breach_notice_hours);
  into.notify_person |= other.notify_person;
  into.no_onward_transfer |= other.no_onward_transfer;
  into.hold_for_officer |= other.hold_for_officer;
  if (other.notices.empty()) return;
  // Sorted, so that the order of rules cannot show.
  std::vector<std::string>& notices = into.notices;
  notices.insert(notices.end(), other.notices.begin(), other.notices.end());
  std::sort(notices.begin(), notices.end());
  notices.erase(std::unique(notices.begin(), notices.end()), notices.end());
}

}  // namespace minga::policy
