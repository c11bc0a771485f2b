// The rules in force for one question, as a program over a record's facts.
// Internal to this room.
#ifndef MINGA_POLICY_SPECIALISED_H_
#define MINGA_POLICY_SPECIALISED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/consent.h"
#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/program.h"
#include "policy/rule.h"

namespace minga::policy {

struct RuleRef {
  const CompiledDocument* document = nullptr;
  const CompiledRule* rule = nullptr;
};

// What a set of rules does together.
struct Effect {
  LevelBytes national{};  // joined
  LevelBytes mou{};       // joined
  LevelBytes lowered{};   // met; RAW where nothing forbids
  // Which of the above do anything.
  bool raises_national = false;
  bool raises_mou = false;
  bool lowers = false;
  bool obliges = false;
  Obligations obligations;
  std::vector<RuleRef> rules;

  Effect() { lowered.fill(Level::Raw().stored()); }
};

// Immutable; any thread may ask. The documents must outlive it.
class Specialised {
 public:
  // `documents` are all of the node; those that do not concern the peer or the
  // day are left out here. The result holds for every day with the same
  // answers to "which dates have passed".
  Specialised(const Question& question, std::vector<std::string> groups,
              const std::vector<CompiledDocument>& documents);

  // The decision on one record, as PolicySet::Decide. `applied`, if not null,
  // receives the rules that applied.
  Decision Decide(const Question& question, const Facts& facts,
                  std::vector<RuleRef>* applied) const;

  // About how much memory this takes.
  std::size_t bytes() const;

 private:
  // Rules whose remaining condition is the same.
  struct Group {
    Program::Label entry = 0;
    Effect effect;
  };

  const KindSchema& schema_;
  std::uint64_t required_facts_ = 0;
  std::vector<FieldId> required_fields_;
  bool consent_applies_ = false;
  Effect always_;
  std::vector<Group> groups_;
  std::optional<Program> program_;
};

// Why `rule` says nothing about `question`, whatever the record: "peer",
// "purpose" or "date"; "" if it may apply. REQUIRES: the rule covers the
// question's direction and kind.
absl::string_view Mismatch(const CompiledDocument& document,
                           const CompiledRule& rule, const Question& question);
// True if the rule speaks about the question's direction and kind, and its
// document about this pair of countries.
bool Concerns(const CompiledDocument& document, const CompiledRule& rule,
              const Question& question);

}  // namespace minga::policy

#endif  // MINGA_POLICY_SPECIALISED_H_
