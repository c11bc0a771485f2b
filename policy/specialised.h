// The rules in force for one question, as a program over a record's facts.
// Internal to this room.
#ifndef MINGA_POLICY_SPECIALISED_H_
#define MINGA_POLICY_SPECIALISED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/consent.h"
#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/outcomes.h"
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
  Obligations obligations;
  std::vector<RuleRef> rules;

  Effect() { lowered.fill(Level::Raw().stored()); }
};

// A decision with what an explanation needs.
struct Outcome {
  Decision decision;
  std::vector<RuleRef> deciding;  // as Decision::deciding, in its order
  // Where the permits of each layer leave the fields, and the forbids of all.
  LevelBytes national{};
  LevelBytes mou{};
  LevelBytes forbidden{};
  // As ConsentLayer::Failure; absent where consent is not asked.
  std::optional<std::string> consent;
  // Rules whose condition could not be evaluated; the decision denies then.
  std::vector<RuleRef> failed;
};

// Immutable but for what it remembers; any thread may ask. The documents and
// the budget must outlive it.
class Specialised {
 public:
  // `documents` are all of the node; those that do not concern the peer or the
  // day are left out here. The result holds for every day with the same
  // answers to "which dates have passed".
  Specialised(const Question& question, std::vector<std::string> groups,
              const std::vector<CompiledDocument>& documents,
              MemoryBudget* budget);

  // As PolicySet::Ask, on the day `as_of` (DayNumber). `keeper` keeps this
  // alive.
  Answer Ask(const Facts& facts, std::int64_t as_of,
             const std::shared_ptr<const void>& keeper) const;

  // The same decision with its reasons; remembers nothing.
  Outcome Reason(const Facts& facts, std::int64_t as_of) const;

  // As PolicySet::NextChange; INT64_MAX if none.
  std::int64_t NextChange(const Facts& facts, std::int64_t as_of) const;

  // About how much memory this takes, without what it remembers.
  std::size_t bytes() const;

 private:
  // Rules whose remaining condition is the same.
  struct Group {
    Program::Label entry = 0;
    Effect effect;
  };

  // False if a record with `facts` is denied unseen.
  bool Answerable(const Facts& facts) const {
    return facts.kind() == schema_.kind &&
           (facts.present() & required_facts_) == required_facts_;
  }
  void Sign(const Facts& facts, std::int64_t as_of, Signature& out) const;
  Answer AskAnew(const Signature& signature,
                 const std::shared_ptr<const void>& keeper) const;
  OutcomeTable::Reasons ReasonsOf(const Signature& signature) const;
  Outcome OutcomeOf(const OutcomeTable::Reasons& reasons) const;
  void AddDeciding(const std::vector<RuleRef>& applied, Outcome& out) const;
  void NoteDates(const CompiledDocument& document, const CompiledRule& rule,
                 std::int64_t as_of);

  const KindSchema& schema_;
  std::uint64_t required_facts_ = 0;
  std::vector<FieldId> required_fields_;
  std::optional<ConsentLayer> consent_;
  Effect always_;
  std::vector<Group> groups_;
  std::optional<Program> program_;
  // The first day after those that this holds for on which a rule that
  // concerns the question begins, ends or names the day.
  std::int64_t next_date_;

  // Synchronises itself.
  mutable OutcomeTable outcomes_;
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
