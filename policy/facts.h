// The facts about one record that conditions are evaluated on.
#ifndef MINGA_POLICY_FACTS_H_
#define MINGA_POLICY_FACTS_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "policy/schema.h"

namespace minga::policy {

// monostate = absent.
using FactValue = std::variant<std::monostate, bool, std::int64_t, std::string,
                               absl::CivilDay, std::vector<std::string>>;

// Values by FactId of one kind's schema. The facts every kind has (as_of,
// purpose, peer.*, direction) are set by the evaluation from its Question; the
// caller sets the rest. A required fact left absent makes the evaluation deny.
class Facts {
 public:
  explicit Facts(RecordKind kind);

  RecordKind kind() const { return kind_; }
  // A value whose type is not the schema's leaves the fact absent, as does an
  // `id` that the kind does not have: an error of the caller denies.
  void Set(FactId id, FactValue value);
  // By name, for tests and tools. False if the schema has no such fact or the
  // type differs; nothing is set then.
  bool Set(absl::string_view name, FactValue value);
  const FactValue& Get(FactId id) const { return slots_[id].value; }
  // The facts that are set, as bits by FactId.
  std::uint64_t present() const { return present_; }
  // The bool facts that are true, as bits by FactId.
  std::uint64_t truths() const { return truths_; }
  // What the evaluation reads instead of the value (fact_key.h): an int itself,
  // DayNumber of a date, TextKey of a string, ListKey of a list; 0 if absent.
  std::uint64_t key(FactId id) const { return slots_[id].key; }

 private:
  struct Slot {
    FactValue value;
    std::uint64_t key = 0;
  };

  RecordKind kind_;
  std::uint64_t present_ = 0;
  std::uint64_t truths_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_FACTS_H_
