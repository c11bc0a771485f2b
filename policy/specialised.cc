#include "policy/specialised.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <type_traits>
#include <utility>

#include "policy/condition_eval.h"

namespace minga::policy {
namespace {

// Loops over all bytes, used or not: 64 of them are four vector instructions.
void JoinInto(LevelBytes& into, const LevelBytes& other) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    into[i] = std::max(into[i], other[i]);
  }
}

void MeetInto(LevelBytes& into, const LevelBytes& other) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    into[i] = std::min(into[i], other[i]);
  }
}

void AddRule(const CompiledDocument& document, const CompiledRule& rule,
             const RulePart& part, Effect& effect) {
  if (rule.forbids()) {
    MeetInto(effect.lowered, part.levels);
    effect.lowers = true;
  } else {
    const bool mou = document.layer == Layer::kMou;
    if (rule.permits()) {
      JoinInto(mou ? effect.mou : effect.national, part.levels);
      (mou ? effect.raises_mou : effect.raises_national) = true;
    }
    Tighten(effect.obligations, rule.obligations);
    effect.obliges |= rule.obligations != Obligations();
  }
  effect.rules.push_back(RuleRef{&document, &rule});
}

bool HasParty(const CompiledDocument& document, Country country) {
  return std::find(document.countries.begin(), document.countries.end(),
                   country) != document.countries.end();
}

}  // namespace

bool Concerns(const CompiledDocument& document, const CompiledRule& rule,
              const Question& question) {
  if (document.layer == Layer::kMou && !HasParty(document, question.peer)) {
    return false;
  }
  const bool direction =
      (question.direction == Direction::kSend && rule.sends) ||
      (question.direction == Direction::kReceive && rule.receives);
  return direction && rule.PartOf(question.kind) != nullptr;
}

absl::string_view Mismatch(const CompiledDocument& document,
                           const CompiledRule& rule, const Question& question) {
  if (!rule.any_peer && !std::binary_search(rule.peers.begin(),
                                            rule.peers.end(), question.peer)) {
    return "peer";
  }
  const auto purpose = static_cast<unsigned>(question.purpose);
  if (purpose >= kPurposes || (rule.purposes >> purpose & 1) == 0) {
    return "purpose";
  }
  const absl::CivilDay day = question.as_of;
  if (day < document.from || day > document.until || day < rule.from ||
      day > rule.until) {
    return "date";
  }
  return "";
}

Specialised::Specialised(const Question& question,
                         std::vector<std::string> groups,
                         const std::vector<CompiledDocument>& documents)
    : schema_(SchemaOf(question.kind)) {
  const bool receiving = question.direction == Direction::kReceive;
  required_facts_ = schema_.RequiredFacts(receiving);
  consent_applies_ = !receiving && schema_.about_person();
  for (std::size_t i = 0; i < schema_.fields.size(); ++i) {
    if (schema_.fields[i].required) {
      required_fields_.push_back(static_cast<FieldId>(i));
    }
  }
  const FactView view(question, std::move(groups));
  ResidualPool pool;
  std::map<ResidualId, Effect> effects;
  for (const CompiledDocument& document : documents) {
    for (const CompiledRule& rule : document.rules) {
      if (!Concerns(document, rule, question) ||
          !Mismatch(document, rule, question).empty()) {
        continue;
      }
      const RulePart& part = *rule.PartOf(question.kind);
      const ResidualId rest = part.when.has_value()
                                  ? pool.Fold(*part.when, view)
                                  : ResidualPool::kTrue;
      if (rest == ResidualPool::kFalse) continue;
      AddRule(document, rule, part, effects[rest]);
    }
  }
  std::vector<ResidualId> roots;
  for (auto& [rest, effect] : effects) {
    if (rest == ResidualPool::kTrue) {
      always_ = std::move(effect);
    } else {
      roots.push_back(rest);
      groups_.push_back(Group{0, std::move(effect)});
    }
  }
  program_.emplace(schema_, pool, roots);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    groups_[i].entry = program_->Entry(i);
  }
}

Decision Specialised::Decide(const Question& question, const Facts& facts,
                             std::vector<RuleRef>* applied) const {
  const Decision denied;
  if (facts.kind() != schema_.kind ||
      (facts.present() & required_facts_) != required_facts_) {
    return denied;
  }
  Program::Record record;
  program_->Load(facts, DayNumber(question.as_of), record);
  LevelBytes national = always_.national;
  LevelBytes mou = always_.mou;
  LevelBytes lowered = always_.lowered;
  Decision decision;
  decision.obligations = always_.obligations;
  if (applied != nullptr) *applied = always_.rules;
  for (const Group& group : groups_) {
    const Program::Answer answer = program_->Run(group.entry, record);
    if (answer == Program::Answer::kError) return denied;
    if (answer == Program::Answer::kFalse) continue;
    const Effect& effect = group.effect;
    if (effect.raises_national) JoinInto(national, effect.national);
    if (effect.raises_mou) JoinInto(mou, effect.mou);
    if (effect.lowers) MeetInto(lowered, effect.lowered);
    if (effect.obliges) Tighten(decision.obligations, effect.obligations);
    if (applied != nullptr) {
      applied->insert(applied->end(), effect.rules.begin(), effect.rules.end());
    }
  }
  MeetInto(national, mou);
  MeetInto(national, lowered);
  if (consent_applies_) MeetInto(national, ConsentLevels(question, facts));
  for (const FieldId field : required_fields_) {
    if (national[field] == 0) return denied;
  }
  std::uint8_t any = 0;
  for (const std::uint8_t level : national) any |= level;
  decision.permitted = any != 0;
  // Every byte came from Level::stored() and by min and max of such.
  static_assert(sizeof(decision.levels) == sizeof(national) &&
                std::is_trivially_copyable_v<Level>);
  std::memcpy(static_cast<void*>(decision.levels.data()), national.data(),
              sizeof(national));
  return decision.permitted ? decision : denied;
}

std::size_t Specialised::bytes() const {
  std::size_t rules = always_.rules.size();
  for (const Group& group : groups_) rules += group.effect.rules.size();
  constexpr std::size_t kInstructionBytes = 32;
  return sizeof(*this) + groups_.size() * sizeof(Group) +
         rules * sizeof(RuleRef) + program_->instructions() * kInstructionBytes;
}

}  // namespace minga::policy
