// The naive evaluator: DESIGN section 6 word by word, over the parsed documents
// and the syntax trees of their conditions (reference_condition.h). It shares
// the parser with the engine and nothing else.
#ifndef MINGA_TESTS_UNIT_POLICY_REFERENCE_H_
#define MINGA_TESTS_UNIT_POLICY_REFERENCE_H_

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "policy/decision.h"
#include "policy/facts.h"
#include "policy/parser.h"
#include "tests/unit/policy/reference_condition.h"

namespace minga::policy::reference {

inline bool NamesField(const v1::Rule& rule, absl::string_view field) {
  for (const std::string& name : rule.fields()) {
    if (name == "*" || name == field) return true;
    if (absl::EndsWith(name, ".*") &&
        absl::StartsWith(field, name.substr(0, name.size() - 1))) {
      return true;
    }
  }
  return false;
}

// Levels as ranks: SUPPRESS 0, GENERALISE(n) 100 - n, PSEUDONYM 200, RAW 255.
inline int RankOf(const v1::Rule& rule, bool pseudonymous) {
  switch (rule.level()) {
    case v1::Rule::LEVEL_RAW:
      return pseudonymous ? 200 : 255;
    case v1::Rule::LEVEL_PSEUDONYM:
      return 200;
    case v1::Rule::LEVEL_GENERALISE:
      return 100 - rule.generalise_steps();
    default:
      return 0;
  }
}

inline bool InDates(const std::string& from, const std::string& until,
                    absl::CivilDay day) {
  // ISO dates compare as text.
  const std::string today = FormatDay(day);
  return (from.empty() || from <= today) && (until.empty() || today <= until);
}

inline void Strictest(int& into, int value, bool largest) {
  if (value == 0) return;
  into = into == 0 ? value
                   : (largest ? std::max(into, value) : std::min(into, value));
}

inline void AddObligation(const v1::Obligation& o, RecordKind kind,
                          Obligations& into) {
  Strictest(into.min_k, o.min_k(), true);
  Strictest(into.min_l, o.min_l(), true);
  Strictest(into.retention_days, o.retention_days(), false);
  Strictest(into.erase_within_hours, o.erase_within_hours(), false);
  Strictest(into.breach_notice_hours, o.breach_notice_hours(), false);
  Strictest(into.national_first_days, o.national_first_days(), true);
  into.notify_person |= o.notify_person();
  into.no_onward_transfer |= o.no_onward_transfer();
  into.hold_for_officer |= o.hold_for_officer();
  if (!o.notice().empty()) into.notices.push_back(o.notice());
  if (!o.retention_until().empty()) {
    into.retention_until =
        std::min(into.retention_until, *ParseDay(o.retention_until()));
  }
  if (o.has_fee_rule()) {
    const int percent = o.fee_rule().max_percent_of_first_pay();
    into.fee_percent_max = into.fee_percent_max < 0
                               ? percent
                               : std::min(into.fee_percent_max, percent);
  }
  if (o.has_transform()) {
    const v1::Transform& transform = o.transform();
    Transform one;
    one.operation = static_cast<Transform::Operation>(transform.operation());
    one.field = *SchemaOf(kind).FindField(transform.field());
    one.max_characters = transform.max_characters();
    into.transforms.push_back(one);
  }
}

template <typename Item>
void AsSet(std::vector<Item>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

struct Documents {
  v1::NationalPolicy national;
  std::vector<v1::Mou> mous;
  std::vector<v1::NodeOverride> overrides;
  // Of each MoU, with whom it is in force; empty: with all of its parties.
  std::vector<std::vector<Country>> signed_by = {};
  // Conditions already parsed, by their text.
  mutable std::map<std::string, std::unique_ptr<Expr>> parsed = {};

  // True, false, or nullopt for an error.
  std::optional<bool> When(const std::string& text,
                           const Environment& env) const {
    if (text.empty()) return true;
    std::unique_ptr<Expr>& expr = parsed[text];
    ConditionError error;
    if (expr == nullptr) expr = ParseCondition(text, error);
    if (expr == nullptr) return std::nullopt;
    return EvalBool(*expr, env);
  }
};

class Evaluator {
 public:
  Evaluator(const Documents& documents, const Question& question,
            const Facts& facts)
      : documents_(documents), question_(question), facts_(facts) {}

  Decision Decide() {
    const KindSchema& schema = SchemaOf(question_.kind);
    const bool receiving = question_.direction == Direction::kReceive;
    for (std::size_t i = kQuestionFacts; i < schema.facts.size(); ++i) {
      const FactDef& fact = schema.facts[i];
      const bool needed = !fact.optional && !(receiving && fact.origin_only);
      const FactValue& value = facts_.Get(static_cast<FactId>(i));
      if (needed && std::holds_alternative<std::monostate>(value)) return {};
    }
    for (const auto& group : documents_.national.peer_groups()) {
      for (const std::string& country : group.countries()) {
        if (country == question_.peer.ToString()) {
          groups_.push_back(group.name());
        }
      }
    }
    std::sort(groups_.begin(), groups_.end());
    env_ = EnvironmentOf(question_, facts_, groups_);
    Decision decision;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      const int rank = FieldRank(schema.fields[i]);
      if (rank < 0) return {};
      decision.levels[i] = Level::FromStored(static_cast<std::uint8_t>(rank));
      if (rank > 0) decision.permitted = true;
      if (rank == 0 && schema.fields[i].required) return {};
    }
    if (!decision.permitted) return {};
    Collect(documents_.national.rules(), decision.obligations);
    for (std::size_t i = 0; i < documents_.mous.size(); ++i) {
      if (!InForce(i)) continue;
      Collect(documents_.mous[i].rules(), decision.obligations);
    }
    for (const v1::NodeOverride& document : documents_.overrides) {
      Collect(document.rules(), decision.obligations);
    }
    AsSet(decision.obligations.notices);
    AsSet(decision.obligations.transforms);
    return decision;
  }

 private:
  bool InForce(std::size_t index) const {
    const v1::Mou& mou = documents_.mous[index];
    const auto& parties = mou.parties();
    const auto holds = [&](const auto& list, const auto& item) {
      return std::find(list.begin(), list.end(), item) != list.end();
    };
    if (index < documents_.signed_by.size() &&
        !documents_.signed_by[index].empty() &&
        !holds(documents_.signed_by[index], question_.peer)) {
      return false;
    }
    return holds(parties, question_.peer.ToString()) &&
           InDates(mou.valid_from(), mou.valid_until(), question_.as_of);
  }

  // 1 applies, 0 does not, -1 error.
  int Applies(const v1::Rule& rule) const {
    const auto it = applies_.find(&rule);
    if (it != applies_.end()) return it->second;
    return applies_[&rule] = FindApplies(rule);
  }

  int FindApplies(const v1::Rule& rule) const {
    const auto has = [](const auto& list, const auto& item) {
      return std::find(list.begin(), list.end(), item) != list.end();
    };
    if (!has(rule.directions(), static_cast<int>(question_.direction)) ||
        !has(rule.kinds(), static_cast<int>(question_.kind))) {
      return 0;
    }
    if (!rule.purposes().empty() &&
        !has(rule.purposes(), static_cast<int>(question_.purpose))) {
      return 0;
    }
    if (!rule.peers().empty() || !rule.peer_groups().empty()) {
      bool named = has(rule.peers(), question_.peer.ToString());
      for (const std::string& group : groups_) {
        named |= has(rule.peer_groups(), group);
      }
      if (!named) return 0;
    }
    if (!InDates(rule.valid_from(), rule.valid_until(), question_.as_of)) {
      return 0;
    }
    const std::optional<bool> when = documents_.When(rule.when(), env_);
    if (!when.has_value()) return -1;
    return *when ? 1 : 0;
  }

  template <typename Rules>
  bool Layer(const Rules& rules, const FieldDef& field, int& permitted,
             int& forbidden) const {
    for (const v1::Rule& rule : rules) {
      const int applies = Applies(rule);
      if (applies < 0) return false;
      if (applies == 0 || !NamesField(rule, field.name)) continue;
      const int rank = RankOf(rule, field.pseudonymous);
      if (rule.effect() == v1::Rule::EFFECT_PERMIT) {
        permitted = std::max(permitted, rank);
      } else {
        forbidden = std::min(forbidden, rank);
      }
    }
    return true;
  }

  // meet(national, MoU, override, consent) of one field; -1 for an error.
  int FieldRank(const FieldDef& field) const {
    int national = 0, mou = 0, none = 0, forbidden = 255;
    if (!Layer(documents_.national.rules(), field, national, forbidden)) {
      return -1;
    }
    for (std::size_t i = 0; i < documents_.mous.size(); ++i) {
      if (InForce(i) &&
          !Layer(documents_.mous[i].rules(), field, mou, forbidden)) {
        return -1;
      }
    }
    for (const v1::NodeOverride& document : documents_.overrides) {
      if (!Layer(document.rules(), field, none, forbidden)) return -1;
    }
    return std::min({national, mou, forbidden, Consent(field)});
  }

  int Consent(const FieldDef& field) const {
    const bool about_person = question_.kind == RecordKind::kProfile ||
                              question_.kind == RecordKind::kApplication ||
                              question_.kind == RecordKind::kContactRequest;
    if (!about_person || question_.direction != Direction::kSend ||
        field.impersonal) {
      return 255;
    }
    const auto holds = [&](const char* fact, absl::string_view text) {
      const auto it = env_.find(fact);
      if (it == env_.end()) return false;
      const auto& list = std::get<std::vector<Scalar>>(it->second);
      return std::find(list.begin(), list.end(), Scalar(std::string(text))) !=
             list.end();
    };
    const auto given = env_.find("consent.given");
    const auto expires = env_.find("consent.expires");
    const bool covered =
        given != env_.end() && given->second == Value(Scalar(true)) &&
        expires != env_.end() && env_.at("as_of") <= expires->second &&
        holds("consent.countries", question_.peer.ToString()) &&
        holds("consent.purposes", PurposeName(question_.purpose)) &&
        !field.consent_section.empty() &&
        holds("consent.sections", field.consent_section);
    return covered ? 255 : 0;
  }

  template <typename Rules>
  void Collect(const Rules& rules, Obligations& into) const {
    for (const v1::Rule& rule : rules) {
      if (rule.effect() == v1::Rule::EFFECT_FORBID || Applies(rule) != 1) {
        continue;
      }
      for (const v1::Obligation& o : rule.obligations()) {
        AddObligation(o, question_.kind, into);
      }
    }
  }

  const Documents& documents_;
  const Question& question_;
  const Facts& facts_;
  std::vector<std::string> groups_;
  Environment env_;
  mutable std::map<const v1::Rule*, int> applies_;
};

}  // namespace minga::policy::reference

#endif  // MINGA_TESTS_UNIT_POLICY_REFERENCE_H_
