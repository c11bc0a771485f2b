#include "policy/prose/rule_prose.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "policy/prose/condition_prose.h"
#include "policy/prose/duty_prose.h"

namespace minga::policy::prose {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// As a rule's fields: a name, "group.*" or "*".
bool Matches(absl::string_view pattern, absl::string_view name) {
  if (pattern == "*") return true;
  if (!absl::ConsumeSuffix(&pattern, ".*")) return pattern == name;
  return name.size() > pattern.size() && name[pattern.size()] == '.' &&
         absl::StartsWith(name, pattern);
}

bool Named(const Texts& patterns, absl::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& p) { return Matches(p, name); });
}

bool NamesAll(const Texts& patterns) {
  return std::find(patterns.begin(), patterns.end(), "*") != patterns.end();
}

std::vector<const FieldDef*> FieldsOf(const Texts& patterns,
                                      const std::vector<RecordKind>& kinds) {
  std::vector<const FieldDef*> fields;
  for (const RecordKind kind : kinds) {
    for (const FieldDef& field : SchemaOf(kind).fields) {
      const bool known = std::any_of(
          fields.begin(), fields.end(),
          [&](const FieldDef* other) { return other->name == field.name; });
      if (!known && Named(patterns, field.name)) fields.push_back(&field);
    }
  }
  return fields;
}

Level LevelOf(v1::Rule::Level level, int steps) {
  switch (level) {
    case v1::Rule::LEVEL_RAW:
      return Level::Raw();
    case v1::Rule::LEVEL_PSEUDONYM:
      return Level::Pseudonym();
    case v1::Rule::LEVEL_GENERALISE:
      return Level::Generalise(
          std::clamp(steps, 1, Level::kGeneraliseStepsMax));
    default:
      return Level::Suppress();
  }
}

std::string FieldList(const Texts& patterns,
                      const std::vector<RecordKind>& kinds,
                      const Words& words) {
  if (NamesAll(patterns)) return std::string(words.Get("fields.all"));
  std::vector<std::string> names;
  for (const FieldDef* field : FieldsOf(patterns, kinds)) {
    names.emplace_back(words.Field(*field));
  }
  return absl::StrJoin(names, ", ");
}

// "title, status: as it is; pseudonym: as a pseudonym ...".
std::string FieldsAtLevel(const Texts& patterns,
                          const std::vector<RecordKind>& kinds, Level level,
                          const Words& words) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const FieldDef* field : FieldsOf(patterns, kinds)) {
    std::string text = words.LevelText(*field, level);
    if (groups.empty() || groups.back().first != text) {
      groups.push_back({std::move(text), {}});
    }
    groups.back().second.emplace_back(words.Field(*field));
  }
  if (NamesAll(patterns) && groups.size() == 1) {
    groups.front().second = {std::string(words.Get("fields.all"))};
  }
  std::vector<std::string> parts;
  for (const auto& [text, names] : groups) {
    parts.push_back(
        words.Fill("fields.level", absl::StrJoin(names, ", "), text));
  }
  return absl::StrJoin(parts, "; ");
}

std::string PeerList(const Texts& peers, const Texts& groups,
                     const Words& words) {
  std::vector<std::string> names;
  for (const std::string& peer : peers) {
    names.push_back(words.CountryWithCode(peer));
  }
  for (const std::string& group : groups) {
    names.push_back(words.Fill("peers.group", words.GroupName(group)));
  }
  return words.Join(names, "and");
}

template <typename Purposes>
std::string PurposeList(const Purposes& purposes, const Words& words) {
  if (purposes.empty()) return std::string(words.Get("purposes.every"));
  std::vector<std::string> names;
  for (const int purpose : purposes) {
    names.emplace_back(words.PurposeText(static_cast<Purpose>(purpose)));
  }
  return words.Join(names, "and");
}

std::string DayText(const std::string& day, const Words& words) {
  const absl::StatusOr<absl::CivilDay> parsed = ParseDay(day);
  return parsed.ok() ? words.Day(*parsed) : day;
}

}  // namespace

void RuleProse::Rule(const v1::Rule& rule, RecordKind kind,
                     Direction direction) {
  const std::string number = page_.Item(absl::StrCat("[", rule.id(), "]"));
  Effect(rule, SchemaOf(kind), direction);
  Peers(rule, direction);
  const auto [told, fresh] = told_.try_emplace(rule.id(), number);
  if (!fresh) {
    page_.Paragraph(words_.Fill("as_in", told->second));
    return;
  }
  page_.Paragraph(
      words_.Fill("purposes", PurposeList(rule.purposes(), words_)));
  Condition(rule.when(), KindsOf(rule.kinds()),
            rule.effect() == v1::Rule::EFFECT_PERMIT);
  Dates(rule.valid_from(), rule.valid_until());
  if (!rule.obligations().empty()) page_.Paragraph(words_.Get("duties"));
  for (const v1::Obligation& obligation : rule.obligations()) {
    page_.Bullet(ObligationText(obligation, words_));
  }
  if (const std::string why = NoteText(rule.rationale(), words_);
      !why.empty()) {
    page_.Paragraph(words_.Fill("reason", why));
  }
  Basis(rule.citations());
}

void RuleProse::Effect(const v1::Rule& rule, const KindSchema& schema,
                       Direction direction) {
  const std::string end = absl::StrCat(".", DirectionName(direction));
  const std::vector<RecordKind> kinds = {schema.kind};
  const Level level = LevelOf(rule.level(), rule.generalise_steps());
  if (rule.effect() == v1::Rule::EFFECT_OBLIGE) {
    page_.Paragraph(words_.Get(absl::StrCat("oblige", end)));
  } else if (rule.effect() == v1::Rule::EFFECT_PERMIT) {
    page_.Paragraph(
        words_.Fill(absl::StrCat("permit", end),
                    FieldsAtLevel(rule.fields(), kinds, level, words_)));
  } else if (level.suppressed()) {
    page_.Paragraph(words_.Fill(absl::StrCat("forbid", end),
                                FieldList(rule.fields(), kinds, words_)));
  } else {
    page_.Paragraph(
        words_.Fill(absl::StrCat("lower", end),
                    FieldsAtLevel(rule.fields(), kinds, level, words_)));
  }
}

void RuleProse::Peers(const v1::Rule& rule, Direction direction) {
  std::string names = PeerList(rule.peers(), rule.peer_groups(), words_);
  if (names.empty()) {
    const bool agreed =
        layer_ == Layer::kNational && rule.effect() == v1::Rule::EFFECT_PERMIT;
    names = std::string(words_.Get(layer_ == Layer::kMou ? "peers.parties"
                                   : agreed              ? "peers.agreed"
                                                         : "peers.every"));
  }
  page_.Paragraph(
      words_.Fill(absl::StrCat("peers.", DirectionName(direction)), names));
}

void RuleProse::Condition(const std::string& when,
                          const std::vector<RecordKind>& kinds, bool only) {
  const ConditionProse prose = Describe(when, kinds, words_);
  const std::string lead = only ? "when.only." : "when.";
  switch (prose.kind) {
    case ConditionProse::Kind::kAlways:
      page_.Paragraph(words_.Get("when.always"));
      return;
    case ConditionProse::Kind::kOne:
      page_.Paragraph(words_.Fill(lead + "one", prose.parts.front()));
      return;
    case ConditionProse::Kind::kAll:
      page_.Paragraph(words_.Get(lead + "all"));
      break;
    case ConditionProse::Kind::kAny:
      page_.Paragraph(words_.Get(lead + "any"));
      break;
  }
  for (const std::string& part : prose.parts) page_.Bullet(part);
}

void RuleProse::Dates(const std::string& from, const std::string& until) {
  if (from.empty() && until.empty()) return;
  const std::string key = from.empty()    ? "valid.until"
                          : until.empty() ? "valid.from"
                                          : "valid.range";
  page_.Paragraph(words_.Fill(key, DayText(from.empty() ? until : from, words_),
                              DayText(until, words_)));
}

template <typename Citations>
void RuleProse::Basis(const Citations& citations) {
  if (citations.empty()) return;
  page_.Paragraph(words_.Get("basis"));
  for (const v1::Citation& citation : citations) {
    page_.Bullet(CitationText(citation, words_));
  }
}

std::string RuleProse::About(const v1::Property& property,
                             const std::vector<RecordKind>& kinds) const {
  std::vector<std::string> about;
  for (const RecordKind kind : kinds) {
    const auto& directions = property.directions();
    for (const Direction direction : {Direction::kSend, Direction::kReceive}) {
      if (!directions.empty() &&
          std::find(directions.begin(), directions.end(),
                    static_cast<int>(direction)) == directions.end()) {
        continue;
      }
      about.push_back(
          words_.Fill(absl::StrCat("property.", DirectionName(direction)),
                      words_.Kind(kind)));
    }
  }
  return absl::StrJoin(about, "; ");
}

void RuleProse::Bound(const v1::Property& property,
                      const std::vector<RecordKind>& kinds) {
  const auto fields = [&] {
    return FieldList(property.fields(), kinds, words_);
  };
  const auto at = [&](const v1::Bound& bound) {
    return FieldsAtLevel(property.fields(), kinds,
                         LevelOf(bound.level(), bound.generalise_steps()),
                         words_);
  };
  if (property.has_obliges()) {
    page_.Paragraph(words_.Fill("property.obliges", fields(),
                                ObligationText(property.obliges(), words_)));
  } else if (property.has_at_least()) {
    page_.Paragraph(words_.Fill("property.at_least", at(property.at_least())));
  } else if (property.at_most().level() <= v1::Rule::LEVEL_SUPPRESS) {
    page_.Paragraph(words_.Fill("property.never", fields()));
  } else {
    page_.Paragraph(words_.Fill("property.at_most", at(property.at_most())));
  }
}

void RuleProse::Property(const v1::Property& property) {
  const std::string statement = NoteText(property.statements(), words_);
  page_.Item(absl::StrCat("[", property.id(), "]"));
  page_.Paragraph(words_.Fill("property", statement.empty()
                                              ? words_.Get("property.untitled")
                                              : statement));
  const std::vector<RecordKind> kinds = KindsOf(property.kinds());
  page_.Paragraph(words_.Fill("property.about", About(property, kinds)));
  page_.Paragraph(
      words_.Fill("purposes", PurposeList(property.purposes(), words_)));
  const std::string peers =
      PeerList(property.peers(), property.peer_groups(), words_);
  if (!peers.empty()) {
    page_.Paragraph(words_.Fill("property.peers", peers));
  }
  Condition(property.when(), kinds, /*only=*/false);
  Dates(property.valid_from(), property.valid_until());
  Bound(property, kinds);
  Basis(property.citations());
}

}  // namespace minga::policy::prose
