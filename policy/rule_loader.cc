#include "policy/rule_loader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "minga/v1/policy.pb.h"
#include "node/base/clock.h"
#include "node/base/limits.h"
#include "node/base/strings.h"
#include "policy/near_name.h"

namespace minga::policy {
namespace {

using v1::Rule;

constexpr std::size_t kRuleIdBytesMax = 64;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("`", Printable(text, 80), "`");
}

bool ValidRuleId(absl::string_view id) {
  return !id.empty() && id.size() <= kRuleIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

}  // namespace

bool MatchesField(absl::string_view pattern, absl::string_view name) {
  if (pattern == "*") return true;
  if (!absl::ConsumeSuffix(&pattern, ".*")) return pattern == name;
  return name.size() > pattern.size() && name[pattern.size()] == '.' &&
         absl::StartsWith(name, pattern);
}

std::string IdMistake(absl::string_view id) {
  if (ValidRuleId(id)) return "";
  return absl::StrCat(Quoted(id), " is not 1 to ", kRuleIdBytesMax,
                      " of a-z, 0-9, `.`, `-`, `_`");
}

void Loader::LoadRule(const Rule& rule, const DocumentText::Spot& spot,
                      bool groups_known, CompiledDocument& document) {
  CompiledRule compiled;
  compiled.id = rule.id();
  if (const std::string mistake = IdMistake(rule.id()); !mistake.empty()) {
    errors_.Add(spot.Of("id"), absl::StrCat("rule id ", mistake));
  }
  if (!rule.when().empty()) {
    const Place when = spot.InString("when", rule.when(), 0);
    compiled.when_line = when.line + 1;
    compiled.when_column = when.column + 1;
  }
  LoadEffect(rule, spot, document.layer, compiled);
  LoadPeers(rule, spot, groups_known, document, compiled);
  LoadPurposes(rule, spot, compiled);
  LoadDay(rule.valid_from(), spot.Of("valid_from"), compiled.from);
  LoadDay(rule.valid_until(), spot.Of("valid_until"), compiled.until);
  if (compiled.until < compiled.from) {
    errors_.Add(spot.Of("valid_until"),
                absl::StrCat("rule ", Quoted(rule.id()), " ends on ",
                             rule.valid_until(), ", before it begins on ",
                             rule.valid_from()));
  }
  for (int i = 0; i < rule.citations_size(); ++i) {
    LoadCitation(rule.citations(i), *spot.Nested("citations", i),
                 compiled.citations);
  }
  if (!compiled.forbids() && rule.citations().empty()) {
    errors_.Add(spot.here(),
                absl::StrCat(compiled.permits() ? "PERMIT" : "OBLIGE", " rule ",
                             Quoted(rule.id()), " has no citation"));
  }
  LoadParts(rule, spot, document.layer, compiled);
  LoadObligations(rule, spot, compiled);
  document.rules.push_back(std::move(compiled));
}

void Loader::LoadEffect(const Rule& rule, const DocumentText::Spot& spot,
                        Layer layer, CompiledRule& into) {
  switch (rule.effect()) {
    case Rule::EFFECT_PERMIT:
      into.effect = RuleEffect::kPermit;
      break;
    case Rule::EFFECT_FORBID:
      into.effect = RuleEffect::kForbid;
      break;
    case Rule::EFFECT_OBLIGE:
      into.effect = RuleEffect::kOblige;
      break;
    default:
      errors_.Add(spot.Of("effect"),
                  absl::StrCat("rule ", Quoted(rule.id()),
                               " needs an effect: EFFECT_PERMIT, "
                               "EFFECT_FORBID or EFFECT_OBLIGE"));
  }
  if (layer == Layer::kOverride && into.permits()) {
    errors_.Add(spot.Of("effect"),
                "a node override may only tighten: expected EFFECT_FORBID or "
                "EFFECT_OBLIGE");
  }
  LoadLevel(rule, spot, into);
  for (int i = 0; i < rule.directions_size(); ++i) {
    const auto direction = rule.directions(i);
    into.sends |= direction == Rule::DIRECTION_SEND;
    into.receives |= direction == Rule::DIRECTION_RECEIVE;
    if (direction == Rule::DIRECTION_UNSPECIFIED) {
      errors_.Add(spot.Of("directions", i),
                  "expected DIRECTION_SEND or DIRECTION_RECEIVE");
    }
  }
  if (rule.directions().empty()) {
    errors_.Add(spot.here(), absl::StrCat("rule ", Quoted(rule.id()),
                                          " names no direction: expected "
                                          "DIRECTION_SEND or "
                                          "DIRECTION_RECEIVE"));
  }
}

void Loader::LoadLevel(const Rule& rule, const DocumentText::Spot& spot,
                       const CompiledRule& into) {
  const bool generalises = rule.level() == Rule::LEVEL_GENERALISE;
  if (!generalises && rule.generalise_steps() != 0) {
    errors_.Add(spot.Of("generalise_steps"),
                "`generalise_steps` goes with LEVEL_GENERALISE only");
  }
  if (generalises && rule.generalise_steps() < 1) {
    errors_.Add(spot.Of("level"),
                "LEVEL_GENERALISE needs `generalise_steps` of 1 or more");
  }
  if (into.effect == RuleEffect::kOblige &&
      rule.level() != Rule::LEVEL_UNSPECIFIED) {
    errors_.Add(spot.Of("level"), "an OBLIGE changes no level");
  }
  if (into.permits() && (rule.level() == Rule::LEVEL_UNSPECIFIED ||
                         rule.level() == Rule::LEVEL_SUPPRESS)) {
    errors_.Add(spot.Of("level"),
                "a PERMIT needs a level: LEVEL_RAW, LEVEL_PSEUDONYM or "
                "LEVEL_GENERALISE");
  }
  if (into.forbids() && rule.level() == Rule::LEVEL_RAW) {
    errors_.Add(spot.Of("level"), "a FORBID that lowers to RAW does nothing");
  }
}

void Loader::LoadPeers(const Rule& rule, const DocumentText::Spot& spot,
                       bool groups_known, const CompiledDocument& document,
                       CompiledRule& into) {
  into.any_peer = rule.peers().empty() && rule.peer_groups().empty();
  for (int i = 0; i < rule.peers_size(); ++i) {
    const Place place = spot.Of("peers", i);
    const std::optional<Country> peer = LoadCountry(rule.peers(i), place);
    if (!peer.has_value()) continue;
    into.peers.push_back(*peer);
    const auto& parties = document.countries;
    if (document.layer == Layer::kMou &&
        std::find(parties.begin(), parties.end(), *peer) == parties.end()) {
      errors_.Add(place, absl::StrCat("peer ", Quoted(rule.peers(i)),
                                      " is not a party of this MoU"));
    }
  }
  for (int i = 0; i < rule.peer_groups_size(); ++i) {
    const Place place = spot.Of("peer_groups", i);
    if (document.layer == Layer::kMou) {
      errors_.Add(place,
                  "an MoU names its parties: expected `peers`, not a group");
      continue;
    }
    const auto group = document.groups.find(rule.peer_groups(i));
    if (group != document.groups.end()) {
      into.peers.insert(into.peers.end(), group->second.begin(),
                        group->second.end());
    } else if (groups_known) {
      std::vector<absl::string_view> names;
      for (const auto& [name, countries] : document.groups) {
        names.push_back(name);
      }
      errors_.Add(place, absl::StrCat("unknown peer group ",
                                      Quoted(rule.peer_groups(i)),
                                      Suggest(rule.peer_groups(i), names)));
    } else {
      into.groups_unknown = true;
    }
  }
  std::sort(into.peers.begin(), into.peers.end());
}

void Loader::LoadPurposes(const Rule& rule, const DocumentText::Spot& spot,
                          CompiledRule& into) {
  for (int i = 0; i < rule.purposes_size(); ++i) {
    const int purpose = rule.purposes(i);
    if (purpose <= 0 || purpose >= kPurposes) {
      errors_.Add(spot.Of("purposes", i),
                  "expected a purpose such as "
                  "PURPOSE_JOB_MATCHING");
      continue;
    }
    into.purposes |= std::uint32_t{1} << purpose;
  }
  if (!rule.purposes().empty()) return;
  if (!into.permits()) {
    into.purposes = ~std::uint32_t{0};
  } else {
    errors_.Add(spot.here(), absl::StrCat("PERMIT rule ", Quoted(rule.id()),
                                          " names no purpose"));
  }
}

void Loader::LoadParts(const Rule& rule, const DocumentText::Spot& spot,
                       Layer layer, CompiledRule& into) {
  if (rule.kinds().empty()) {
    errors_.Add(spot.here(), absl::StrCat("rule ", Quoted(rule.id()),
                                          " names no record kind"));
  }
  const bool obliges = into.effect == RuleEffect::kOblige;
  if (obliges && !rule.fields().empty()) {
    errors_.Add(spot.Of("fields"),
                "an OBLIGE is about the record as a whole: expected no fields");
  }
  if (!obliges && rule.fields().empty()) {
    errors_.Add(spot.here(), absl::StrCat("rule ", Quoted(rule.id()),
                                          " names no field; `*` is all"));
  }
  for (int i = 0; i < rule.kinds_size(); ++i) {
    const Place place = spot.Of("kinds", i);
    const absl::StatusOr<RecordKind> kind = KindFromNumber(rule.kinds(i));
    if (!kind.ok()) {
      errors_.Add(place, "expected a record kind such as RECORD_KIND_VACANCY");
      continue;
    }
    if (into.PartOf(*kind) != nullptr) {
      errors_.Add(place,
                  absl::StrCat("kind ", KindName(*kind), " is named twice"));
      continue;
    }
    const KindSchema& schema = SchemaOf(*kind);
    if (schema.fields.empty()) {
      errors_.Add(place, absl::StrCat("records of kind ", KindName(*kind),
                                      " have no fields that could cross"));
      continue;
    }
    RulePart part;
    part.kind = *kind;
    if (!obliges) LoadFields(rule, spot, schema, part);
    LoadCondition(rule, spot, layer, into.receives, part);
    into.parts.push_back(std::move(part));
  }
}

void Loader::LoadFields(const Rule& rule, const DocumentText::Spot& spot,
                        const KindSchema& schema, RulePart& part) {
  const bool forbids = rule.effect() == Rule::EFFECT_FORBID;
  part.levels.fill(forbids ? Level::Raw().stored()
                           : Level::Suppress().stored());
  for (int i = 0; i < rule.fields_size(); ++i) {
    bool found = false;
    for (std::size_t id = 0; id < schema.fields.size(); ++id) {
      if (!MatchesField(rule.fields(i), schema.fields[id].name)) continue;
      found = true;
      const std::optional<Level> level = LevelOf(rule, spot, schema.fields[id]);
      if (!level.has_value()) break;  // `*` would repeat it for every field
      part.levels[id] = level->stored();
    }
    if (found) continue;
    std::vector<absl::string_view> names;
    for (const FieldDef& field : schema.fields) names.push_back(field.name);
    errors_.Add(
        spot.Of("fields", i),
        absl::StrCat("unknown field ", Quoted(rule.fields(i)), " of a ",
                     KindName(schema.kind), Suggest(rule.fields(i), names)));
  }
}

std::optional<Level> Loader::LevelOf(const Rule& rule,
                                     const DocumentText::Spot& spot,
                                     const FieldDef& field) {
  const auto refuse = [&](absl::string_view message) {
    errors_.Add(spot.Of("level"),
                absl::StrCat("field `", field.name, "` ", message));
    return std::nullopt;
  };
  switch (rule.level()) {
    case Rule::LEVEL_RAW:
      return field.pseudonymous ? Level::Pseudonym() : Level::Raw();
    case Rule::LEVEL_PSEUDONYM:
      if (!field.pseudonymous) return refuse("has no pseudonym");
      return Level::Pseudonym();
    case Rule::LEVEL_GENERALISE:
      if (rule.generalise_steps() < 1) break;  // reported by LoadEffect
      if (rule.generalise_steps() <= field.generalise_steps) {
        return Level::Generalise(rule.generalise_steps());
      }
      if (field.generalise_steps == 0) return refuse("has no hierarchy");
      return refuse(absl::StrCat("has a hierarchy of ", field.generalise_steps,
                                 " steps, not of ", rule.generalise_steps()));
    default:
      break;
  }
  return Level::Suppress();
}

}  // namespace minga::policy
