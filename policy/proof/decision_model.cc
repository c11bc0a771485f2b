#include "policy/proof/decision_model.h"

#include <algorithm>
#include <string>

#include "policy/proof/demands.h"

namespace minga::policy::proof {
namespace {

// The lowest level above SUPPRESS.
constexpr Level kCoarsest = Level::Generalise(Level::kGeneraliseStepsMax);

// What a layer that permits everything gives.
Level FinestOf(const FieldDef& field) {
  return field.pseudonymous ? Level::Pseudonym() : Level::Raw();
}

Level LevelIn(const RulePart& part, FieldId field) {
  return Level::FromStored(part.levels[field]);
}

// The peer is a party of the agreement, which is in force by its dates.
z3::expr Between(const CompiledDocument& mou, const Symbols& symbols) {
  z3::expr_vector party(symbols.z3());
  for (const Country country : mou.countries) {
    party.push_back(symbols.Is(country));
  }
  return z3::mk_or(party) && symbols.Within(mou.from, mou.until);
}

// peer.groups. Without the groups of a national document it may be any list.
SymbolicList GroupsList(const Symbols& symbols, const Layers& layers) {
  z3::context& z3 = symbols.z3();
  const z3::sort set = z3.array_sort(z3.int_sort(), z3.bool_sort());
  const bool at_hand = layers.groups_of != nullptr;
  if (layers.any_national && !at_hand) {
    return {z3.constant("peer.groups", set), z3.int_const("peer.groups is")};
  }
  SymbolicList list = {z3::const_array(z3.int_sort(), z3.bool_val(false)),
                       z3.int_val(0)};
  const z3::expr none = list.members;
  const std::vector<const CompiledDocument*> named =
      at_hand ? std::vector<const CompiledDocument*>{layers.groups_of}
              : layers.documents;
  for (const Country peer : symbols.words().peers()) {
    const Vocabulary::TextList names = GroupsOf(named, peer);
    if (names.empty()) continue;
    z3::expr members = none;
    for (const std::string& name : names) {
      members = z3::store(members, symbols.Text(name), z3.bool_val(true));
    }
    const z3::expr here = symbols.Is(peer);
    list.members = z3::ite(here, members, list.members);
    list.id = z3::ite(here, z3.int_val(symbols.words().ListId(names)), list.id);
  }
  return list;
}

}  // namespace

Surroundings DecisionModel::SurroundingsOf(const Symbols& symbols,
                                           const Layers& layers) {
  const SymbolicList groups = GroupsList(symbols, layers);
  if (layers.any_agreement) return {groups, symbols.in_force()};
  z3::expr_vector any(symbols.z3());
  for (const CompiledDocument* document : layers.documents) {
    if (document->layer == Layer::kMou)
      any.push_back(Between(*document, symbols));
  }
  return {groups, z3::mk_or(any)};
}

DecisionModel::DecisionModel(const Symbols& symbols, const Layers& layers)
    : symbols_(&symbols),
      layers_(layers),
      surroundings_(SurroundingsOf(symbols, layers)),
      permitted_(symbols.z3().bool_val(false)) {
  for (const CompiledDocument* document : layers.documents) {
    for (const CompiledRule& rule : document->rules) {
      const RulePart* const part = rule.PartOf(symbols.kind());
      const bool direction =
          symbols.direction() == Direction::kSend ? rule.sends : rule.receives;
      if (part == nullptr || !direction) continue;
      rules_.push_back(
          Rule{document, &rule, part, Applies(*document, rule, *part)});
    }
  }
  permitted_ = Permitted();
}

DecisionModel DecisionModel::Without(const z3::expr& off) const {
  DecisionModel model = *this;
  for (std::size_t i = 0; i < model.rules_.size(); ++i) {
    model.rules_[i].applies =
        model.rules_[i].applies && off != static_cast<int>(i);
  }
  model.permitted_ = model.Permitted();
  return model;
}

z3::expr DecisionModel::Applies(const CompiledDocument& document,
                                const CompiledRule& rule,
                                const RulePart& part) const {
  const Symbols& symbols = *symbols_;
  z3::expr_vector all(symbols.z3());
  if (document.layer == Layer::kMou) all.push_back(Between(document, symbols));
  all.push_back(symbols.Within(rule.from, rule.until));
  if (!rule.any_peer) {
    z3::expr_vector peers(symbols.z3());
    for (const Country peer : rule.peers) peers.push_back(symbols.Is(peer));
    all.push_back(z3::mk_or(peers));
  }
  z3::expr_vector purposes(symbols.z3());
  bool every = true;
  for (int i = 0; i < kPurposes; ++i) {
    if ((rule.purposes >> i & 1) == 0) {
      every = false;
      continue;
    }
    const std::string name(PurposeName(static_cast<Purpose>(i)));
    purposes.push_back(symbols.Value(kFactPurpose) == symbols.Text(name));
  }
  if (!every) all.push_back(z3::mk_or(purposes));
  if (part.when.has_value()) all.push_back(Condition(*part.when));
  return z3::mk_and(all);
}

z3::expr DecisionModel::Raised(Layer layer, FieldId field, Level level) const {
  z3::expr_vector any(symbols_->z3());
  const bool assumed =
      layer == Layer::kMou ? layers_.any_agreement : layers_.any_national;
  if (assumed && level <= FinestOf(symbols_->schema().fields[field])) {
    any.push_back(layer == Layer::kMou ? surroundings_.in_force
                                       : symbols_->z3().bool_val(true));
  }
  for (const Rule& rule : rules_) {
    const bool counts =
        (rule.document->layer == Layer::kMou) == (layer == Layer::kMou);
    if (counts && rule.rule->permits() && LevelIn(*rule.part, field) >= level) {
      any.push_back(rule.applies);
    }
  }
  return z3::mk_or(any);
}

z3::expr DecisionModel::AtLeast(FieldId field, Level level) const {
  z3::expr_vector all(symbols_->z3());
  all.push_back(Raised(Layer::kNational, field, level));
  all.push_back(Raised(Layer::kMou, field, level));
  for (const Rule& rule : rules_) {
    if (rule.rule->forbids() && LevelIn(*rule.part, field) < level) {
      all.push_back(!rule.applies);
    }
  }
  all.push_back(symbols_->ConsentShows(symbols_->schema().fields[field]));
  return z3::mk_and(all);
}

z3::expr DecisionModel::Visible(FieldId field) const {
  return AtLeast(field, kCoarsest);
}

z3::expr DecisionModel::Permitted() const {
  const std::vector<FieldDef>& fields = symbols_->schema().fields;
  z3::expr_vector all(symbols_->z3());
  z3::expr_vector any(symbols_->z3());
  all.push_back(symbols_->Complete());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const z3::expr visible = Visible(static_cast<FieldId>(i));
    any.push_back(visible);
    if (fields[i].required) all.push_back(visible);
  }
  all.push_back(z3::mk_or(any));
  return z3::mk_and(all);
}

z3::expr DecisionModel::Tied(const Obligations& demand) const {
  z3::expr_vector any(symbols_->z3());
  for (const Rule& rule : rules_) {
    if (!rule.rule->forbids() && Meets(rule.rule->obligations, demand)) {
      any.push_back(rule.applies);
    }
  }
  return z3::mk_or(any);
}

std::vector<Level> DecisionModel::LevelsOf(FieldId field) const {
  std::vector<Level> levels = {FinestOf(symbols_->schema().fields[field])};
  for (const Rule& rule : rules_) {
    const Level level = LevelIn(*rule.part, field);
    if (!level.suppressed() && level < levels.front()) levels.push_back(level);
  }
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

}  // namespace minga::policy::proof
