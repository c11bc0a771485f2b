#include "policy/specialised.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <tuple>
#include <type_traits>
#include <utility>

#include "policy/condition_eval.h"
#include "policy/fact_key.h"

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
  } else {
    if (rule.permits()) {
      const bool mou = document.layer == Layer::kMou;
      JoinInto(mou ? effect.mou : effect.national, part.levels);
    }
    Tighten(effect.obligations, rule.obligations);
  }
  effect.rules.push_back(RuleRef{&document, &rule});
}

bool HasParty(const CompiledDocument& document, Country country) {
  return std::find(document.countries.begin(), document.countries.end(),
                   country) != document.countries.end();
}

bool HasBit(const std::uint64_t* words, std::size_t bit) {
  return (words[bit / 64] >> (bit % 64) & 1) != 0;
}

// The layers alone, without the forbids, let out more than `forbid` does.
bool TookEffect(const LevelBytes& forbid, const Outcome& outcome) {
  for (std::size_t i = 0; i < forbid.size(); ++i) {
    if (forbid[i] < std::min(outcome.national[i], outcome.mou[i])) return true;
  }
  return false;
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
                         const std::vector<CompiledDocument>& documents,
                         MemoryBudget* budget)
    : schema_(SchemaOf(question.kind)),
      next_date_(std::numeric_limits<std::int64_t>::max()),
      outcomes_(budget) {
  const bool receiving = question.direction == Direction::kReceive;
  required_facts_ = schema_.RequiredFacts(receiving);
  if (!receiving && schema_.about_person()) consent_.emplace(question);
  for (std::size_t i = 0; i < schema_.fields.size(); ++i) {
    if (schema_.fields[i].required) {
      required_fields_.push_back(static_cast<FieldId>(i));
    }
  }
  const FactView view(question, std::move(groups));
  ResidualPool pool;
  std::map<ResidualId, Effect> effects;
  // An explanation names the first condition that failed of permits that came
  // near, so records that differ there are told apart.
  std::vector<ResidualId> watched;
  for (const CompiledDocument& document : documents) {
    for (const CompiledRule& rule : document.rules) {
      if (!Concerns(document, rule, question)) continue;
      const absl::string_view mismatch = Mismatch(document, rule, question);
      if (mismatch.empty() || mismatch == "date") {
        NoteDates(document, rule, DayNumber(question.as_of));
      }
      if (!mismatch.empty()) continue;
      const RulePart& part = *rule.PartOf(question.kind);
      const ResidualId rest =
          part.when.has_value()
              ? pool.Fold(*part.when, view, rule.permits() ? &watched : nullptr)
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
  program_.emplace(schema_, pool, roots, watched);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    groups_[i].entry = program_->Entry(i);
  }
}

void Specialised::NoteDates(const CompiledDocument& document,
                            const CompiledRule& rule, std::int64_t as_of) {
  const auto note = [&](std::int64_t day) {
    if (day > as_of) next_date_ = std::min(next_date_, day);
  };
  for (const absl::CivilDay from : {document.from, rule.from}) {
    if (from != absl::CivilDay::min()) note(DayNumber(from));
  }
  for (const absl::CivilDay until : {document.until, rule.until}) {
    if (until != absl::CivilDay::max()) note(DayNumber(until) + 1);
  }
  const RulePart& part = *rule.PartOf(schema_.kind);
  if (!part.when.has_value()) return;
  const std::vector<Atom>& atoms = part.when->atoms;
  const bool asks_day =
      std::any_of(atoms.begin(), atoms.end(), [](const Atom& atom) {
        const auto is_day = [](const Operand& side) {
          return side.kind == Operand::Kind::kFact && side.fact == kFactAsOf;
        };
        return is_day(atom.left) || is_day(atom.right);
      });
  if (!asks_day) return;
  for (const std::int64_t date : part.when->dates) {
    note(date);
    note(date + 1);
  }
}

void Specialised::Sign(const Facts& facts, std::int64_t as_of,
                       Signature& out) const {
  const std::uint64_t consent =
      consent_.has_value() ? consent_->Sign(facts, as_of) : 0;
  program_->Load(facts, as_of, out, consent);
}

Answer Specialised::Ask(const Facts& facts, std::int64_t as_of,
                        const std::shared_ptr<const void>& keeper) const {
  if (!Answerable(facts)) return Answer();
  Signature signature;
  Sign(facts, as_of, signature);
  if (const OutcomeTable::Entry* held = outcomes_.Find(signature)) {
    return Answer(held->decision, held, keeper);
  }
  return AskAnew(signature, keeper);
}

Answer Specialised::AskAnew(const Signature& signature,
                            const std::shared_ptr<const void>& keeper) const {
  const OutcomeTable::Reasons reasons = ReasonsOf(signature);
  std::shared_ptr<const Decision> decision = outcomes_.FindDecision(reasons);
  if (decision == nullptr) {
    decision = std::make_shared<const Decision>(OutcomeOf(reasons).decision);
  }
  const OutcomeTable::Entry* entry =
      outcomes_.Add(signature, reasons, decision);
  if (entry == nullptr) return Answer(std::move(decision));
  return Answer(entry->decision, entry, keeper);
}

Outcome Specialised::Reason(const Facts& facts, std::int64_t as_of) const {
  if (!Answerable(facts)) return Outcome();
  Signature signature;
  Sign(facts, as_of, signature);
  return OutcomeOf(ReasonsOf(signature));
}

// What the consent covers, then a bit for each group that holds; if any could
// not be evaluated, then a bit for each of these.
OutcomeTable::Reasons Specialised::ReasonsOf(const Signature& signature) const {
  const std::size_t words = (groups_.size() + 63) / 64;
  OutcomeTable::Reasons reasons(1 + 2 * words);
  reasons[0] = signature[kConsentWord];
  bool failed = false;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Program::Answer answer = program_->Run(groups_[i].entry, signature);
    if (answer == Program::Answer::kFalse) continue;
    const bool error = answer == Program::Answer::kError;
    failed |= error;
    reasons[1 + (error ? words : 0) + i / 64] |= std::uint64_t{1} << (i % 64);
  }
  if (!failed) reasons.resize(1 + words);
  return reasons;
}

Outcome Specialised::OutcomeOf(const OutcomeTable::Reasons& reasons) const {
  const std::size_t words = (groups_.size() + 63) / 64;
  Outcome out;
  if (consent_.has_value()) out.consent = consent_->Failure(reasons[0]);
  if (reasons.size() > 1 + words) {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (!HasBit(&reasons[1 + words], i)) continue;
      const std::vector<RuleRef>& rules = groups_[i].effect.rules;
      out.failed.insert(out.failed.end(), rules.begin(), rules.end());
    }
    return out;
  }
  out.national = always_.national;
  out.mou = always_.mou;
  out.forbidden = always_.lowered;
  Obligations obligations = always_.obligations;
  std::vector<RuleRef> applied = always_.rules;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (!HasBit(&reasons[1], i)) continue;
    const Effect& effect = groups_[i].effect;
    JoinInto(out.national, effect.national);
    JoinInto(out.mou, effect.mou);
    MeetInto(out.forbidden, effect.lowered);
    Tighten(obligations, effect.obligations);
    applied.insert(applied.end(), effect.rules.begin(), effect.rules.end());
  }
  AddDeciding(applied, out);
  LevelBytes levels = out.national;
  MeetInto(levels, out.mou);
  MeetInto(levels, out.forbidden);
  if (consent_.has_value()) MeetInto(levels, consent_->Levels(reasons[0]));
  bool permitted = std::any_of(levels.begin(), levels.end(),
                               [](std::uint8_t level) { return level != 0; });
  for (const FieldId field : required_fields_) permitted &= levels[field] != 0;
  if (!permitted) return out;
  out.decision.permitted = true;
  out.decision.obligations = std::move(obligations);
  // Every byte came from Level::stored() and by min and max of such.
  static_assert(sizeof(out.decision.levels) == sizeof(levels) &&
                std::is_trivially_copyable_v<Level>);
  std::memcpy(static_cast<void*>(out.decision.levels.data()), levels.data(),
              sizeof(levels));
  return out;
}

void Specialised::AddDeciding(const std::vector<RuleRef>& applied,
                              Outcome& out) const {
  for (const RuleRef& ref : applied) {
    if (ref.rule->forbids() &&
        !TookEffect(ref.rule->PartOf(schema_.kind)->levels, out)) {
      continue;
    }
    out.deciding.push_back(ref);
  }
  // Documents are told apart as well: two agreements may name rules alike.
  std::sort(out.deciding.begin(), out.deciding.end(),
            [](const RuleRef& a, const RuleRef& b) {
              return std::tie(a.document->layer, a.rule->id, a.rule->effect,
                              a.document->name) <
                     std::tie(b.document->layer, b.rule->id, b.rule->effect,
                              b.document->name);
            });
  std::vector<DecidingRule> names;
  names.reserve(out.deciding.size());
  for (const RuleRef& ref : out.deciding) {
    names.push_back(
        DecidingRule{ref.document->layer, ref.rule->id, ref.rule->effect});
  }
  out.decision.deciding = DecidingRules(std::move(names));
}

std::int64_t Specialised::NextChange(const Facts& facts,
                                     std::int64_t as_of) const {
  // What lacks a fact that is required is denied on every day.
  if (!Answerable(facts)) return std::numeric_limits<std::int64_t>::max();
  std::int64_t next =
      std::min(next_date_, program_->signer().NextChange(facts, as_of));
  if (consent_.has_value()) {
    next = std::min(next, consent_->NextChange(facts, as_of));
  }
  return next;
}

std::size_t Specialised::bytes() const {
  std::size_t rules = always_.rules.size();
  for (const Group& group : groups_) rules += group.effect.rules.size();
  return sizeof(*this) + groups_.size() * sizeof(Group) +
         rules * sizeof(RuleRef) + program_->bytes();
}

}  // namespace minga::policy
