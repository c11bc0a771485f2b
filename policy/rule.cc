#include "policy/rule.h"

#include <algorithm>

namespace minga::policy {
namespace {

// The smaller number, where 0 is "not asked for".
void TakeSmaller(int& into, int other) {
  if (other > 0 && (into == 0 || other < into)) into = other;
}

// Sorted, so that the order of rules cannot show.
template <typename Item>
void Unite(std::vector<Item>& into, const std::vector<Item>& other) {
  if (other.empty()) return;
  into.insert(into.end(), other.begin(), other.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
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
  into.retention_until = std::min(into.retention_until, other.retention_until);
  if (other.fee_percent_max >= 0 &&
      (into.fee_percent_max < 0 ||
       other.fee_percent_max < into.fee_percent_max)) {
    into.fee_percent_max = other.fee_percent_max;
  }
  Unite(into.transforms, other.transforms);
  Unite(into.notices, other.notices);
}

}  // namespace minga::policy
