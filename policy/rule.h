// Documents after loading: rules with their names resolved and their conditions
// compiled, one part per record kind. Internal to this room.
#ifndef MINGA_POLICY_RULE_H_
#define MINGA_POLICY_RULE_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "node/base/ids.h"
#include "policy/condition.h"
#include "policy/decision.h"
#include "policy/property.h"

namespace minga::policy {

// Stored levels by FieldId; the form in which levels are joined and met.
using LevelBytes = std::array<std::uint8_t, kFieldsMax>;

// What a rule says about one of its kinds.
struct RulePart {
  RecordKind kind = RecordKind::kUnspecified;
  // PERMIT: the level of each of its fields, SUPPRESS elsewhere.
  // OBLIGE: SUPPRESS everywhere.
  // FORBID: the level each of its fields is lowered to, RAW elsewhere.
  LevelBytes levels{};
  // Absent: always.
  std::optional<Condition> when;
};

struct CompiledRule {
  std::string id;
  RuleEffect effect = RuleEffect::kPermit;
  bool sends = false;
  bool receives = false;
  std::vector<RulePart> parts;
  // Where its condition stands, both counted from 1; 0: it has none.
  int when_line = 0;
  int when_column = 0;
  bool any_peer = true;
  std::vector<Country> peers;  // groups resolved; sorted
  // Some of its groups are those of a document that is not at hand.
  bool groups_unknown = false;
  // Bits by Purpose.
  std::uint32_t purposes = 0;
  // First and last day.
  absl::CivilDay from = absl::CivilDay::min();
  absl::CivilDay until = absl::CivilDay::max();
  Obligations obligations;
  std::vector<Citation> citations;

  bool permits() const { return effect == RuleEffect::kPermit; }
  bool forbids() const { return effect == RuleEffect::kForbid; }
  const RulePart* PartOf(RecordKind kind) const;
};

struct CompiledDocument {
  Layer layer = Layer::kNational;
  std::string name;
  // One country, or the two parties of an MoU.
  std::vector<Country> countries;
  std::string title;  // in the document's first language
  absl::CivilDay from = absl::CivilDay::min();
  absl::CivilDay until = absl::CivilDay::max();
  std::map<std::string, std::vector<Country>> groups;
  std::vector<CompiledRule> rules;
  std::vector<CompiledProperty> properties;
};

// Makes `into` at least as strict as `other`.
void Tighten(Obligations& into, const Obligations& other);

}  // namespace minga::policy

#endif  // MINGA_POLICY_RULE_H_
