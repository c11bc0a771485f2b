#include "policy/property_loader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "minga/v1/policy.pb.h"
#include "node/base/strings.h"
#include "policy/checker.h"
#include "policy/near_name.h"
#include "policy/rule_loader.h"

namespace minga::policy {
namespace {

using Spot = DocumentText::Spot;
using v1::Rule;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("`", Printable(text, 80), "`");
}

class PropertyLoader {
 public:
  PropertyLoader(bool groups_known, ErrorList& errors,
                 const CompiledDocument& document)
      : groups_known_(groups_known),
        errors_(errors),
        document_(document),
        loader_(errors) {}

  CompiledProperty Load(const v1::Property& property, const Spot& spot) {
    CompiledProperty out;
    out.id = property.id();
    if (const std::string mistake = IdMistake(out.id); !mistake.empty()) {
      errors_.Add(spot.Of("id"), absl::StrCat("property id ", mistake));
    }
    Statements(property, spot, out);
    Directions(property, spot, out);
    Peers(property, spot, out);
    Purposes(property, spot, out);
    Dates(property, spot, out);
    for (int i = 0; i < property.citations_size(); ++i) {
      loader_.LoadCitation(property.citations(i), *spot.Nested("citations", i),
                           out.citations);
    }
    const v1::Bound* const bound = BoundOf(property, spot, out);
    Parts(property, spot, bound, out);
    if (property.has_obliges()) Obliges(property, spot, out);
    return out;
  }

 private:
  void Statements(const v1::Property& property, const Spot& spot,
                  CompiledProperty& out) {
    for (int i = 0; i < property.statements_size(); ++i) {
      const v1::LocalizedNote& note = property.statements(i);
      const std::string& language = note.language();
      if (language.size() != 2 || !absl::ascii_islower(language[0]) ||
          !absl::ascii_islower(language[1])) {
        errors_.Add(spot.Nested("statements", i)->Of("language"),
                    absl::StrCat(Quoted(language),
                                 " is not a language of ISO 639-1 such as es"));
      }
      out.statements.emplace_back(language, note.text());
    }
  }

  void Directions(const v1::Property& property, const Spot& spot,
                  CompiledProperty& out) {
    out.sends = out.receives = property.directions().empty();
    for (int i = 0; i < property.directions_size(); ++i) {
      const int direction = property.directions(i);
      out.sends |= direction == Rule::DIRECTION_SEND;
      out.receives |= direction == Rule::DIRECTION_RECEIVE;
      if (direction == Rule::DIRECTION_UNSPECIFIED) {
        errors_.Add(spot.Of("directions", i),
                    "expected DIRECTION_SEND or DIRECTION_RECEIVE");
      }
    }
  }

  void Peers(const v1::Property& property, const Spot& spot,
             CompiledProperty& out) {
    out.any_peer = property.peers().empty() && property.peer_groups().empty();
    for (int i = 0; i < property.peers_size(); ++i) {
      const Place place = spot.Of("peers", i);
      const auto peer = loader_.LoadCountry(property.peers(i), place);
      if (!peer.has_value()) continue;
      out.peers.push_back(*peer);
      const std::vector<Country>& parties = document_.countries;
      if (document_.layer == Layer::kMou &&
          std::find(parties.begin(), parties.end(), *peer) == parties.end()) {
        errors_.Add(place, absl::StrCat("peer ", Quoted(property.peers(i)),
                                        " is not a party of this MoU"));
      }
    }
    for (int i = 0; i < property.peer_groups_size(); ++i) {
      const std::string& name = property.peer_groups(i);
      const Place place = spot.Of("peer_groups", i);
      const auto group = document_.groups.find(name);
      if (document_.layer == Layer::kMou) {
        errors_.Add(place,
                    "an MoU names its parties: expected `peers`, not a group");
      } else if (group != document_.groups.end()) {
        out.peers.insert(out.peers.end(), group->second.begin(),
                         group->second.end());
      } else if (groups_known_) {
        std::vector<absl::string_view> names;
        for (const auto& known : document_.groups) names.push_back(known.first);
        errors_.Add(place, absl::StrCat("unknown peer group ", Quoted(name),
                                        Suggest(name, names)));
      } else {
        out.groups_unknown = true;
      }
    }
    std::sort(out.peers.begin(), out.peers.end());
  }

  void Purposes(const v1::Property& property, const Spot& spot,
                CompiledProperty& out) {
    if (property.purposes().empty()) out.purposes = ~std::uint32_t{0};
    for (int i = 0; i < property.purposes_size(); ++i) {
      const int purpose = property.purposes(i);
      if (purpose <= 0 || purpose >= kPurposes) {
        errors_.Add(spot.Of("purposes", i),
                    "expected a purpose such as PURPOSE_JOB_MATCHING");
      } else {
        out.purposes |= std::uint32_t{1} << purpose;
      }
    }
  }

  void Dates(const v1::Property& property, const Spot& spot,
             CompiledProperty& out) {
    loader_.LoadDay(property.valid_from(), spot.Of("valid_from"), out.from);
    loader_.LoadDay(property.valid_until(), spot.Of("valid_until"), out.until);
    if (out.until < out.from) {
      errors_.Add(spot.Of("valid_until"),
                  absl::StrCat("property ", Quoted(property.id()), " ends on ",
                               property.valid_until(), ", before it begins on ",
                               property.valid_from()));
    }
  }

  // Null if the property has no bound that is a level.
  const v1::Bound* BoundOf(const v1::Property& property, const Spot& spot,
                           CompiledProperty& out) {
    const v1::Bound* bound = nullptr;
    std::unique_ptr<Spot> at;
    switch (property.bound_case()) {
      case v1::Property::kAtMost:
        out.bound = CompiledProperty::Bound::kAtMost;
        bound = &property.at_most();
        at = spot.Nested("at_most");
        break;
      case v1::Property::kAtLeast:
        out.bound = CompiledProperty::Bound::kAtLeast;
        bound = &property.at_least();
        at = spot.Nested("at_least");
        break;
      case v1::Property::kObliges:
        out.bound = CompiledProperty::Bound::kObliges;
        return nullptr;
      case v1::Property::BOUND_NOT_SET:
        errors_.Add(spot.here(),
                    absl::StrCat("property ", Quoted(property.id()),
                                 " has no bound: expected "
                                 "`at_most`, `at_least` or "
                                 "`obliges`"));
        return nullptr;
    }
    const bool generalises = bound->level() == Rule::LEVEL_GENERALISE;
    const int steps = bound->generalise_steps();
    if (generalises ? steps < 1 || steps > Level::kGeneraliseStepsMax
                    : steps != 0) {
      errors_.Add(at->Of("generalise_steps"),
                  generalises ? absl::StrCat("LEVEL_GENERALISE needs "
                                             "`generalise_steps` of 1 to ",
                                             Level::kGeneraliseStepsMax)
                              : std::string("`generalise_steps` goes with "
                                            "LEVEL_GENERALISE only"));
      return nullptr;
    }
    return SaysSomething(*bound, *at, out.bound) ? bound : nullptr;
  }

  bool SaysSomething(const v1::Bound& bound, const Spot& at,
                     CompiledProperty::Bound how) {
    const bool at_most = how == CompiledProperty::Bound::kAtMost;
    const int idle = at_most ? Rule::LEVEL_RAW : Rule::LEVEL_SUPPRESS;
    if (bound.level() == Rule::LEVEL_UNSPECIFIED) {
      errors_.Add(at.here(), "this bound has no level");
    } else if (bound.level() == idle) {
      errors_.Add(at.Of("level"),
                  absl::StrCat("every record is ",
                               at_most ? "at most RAW" : "at least SUPPRESS",
                               ": this property says nothing"));
    } else {
      return true;
    }
    return false;
  }

  void Parts(const v1::Property& property, const Spot& spot,
             const v1::Bound* bound, CompiledProperty& out) {
    if (property.kinds().empty()) {
      errors_.Add(spot.here(), absl::StrCat("property ", Quoted(property.id()),
                                            " names no record kind"));
    }
    if (property.fields().empty()) {
      errors_.Add(spot.here(), absl::StrCat("property ", Quoted(property.id()),
                                            " names no field; `*` is all"));
    }
    for (int i = 0; i < property.kinds_size(); ++i) {
      const Place place = spot.Of("kinds", i);
      const auto kind = KindFromNumber(property.kinds(i));
      if (!kind.ok() || SchemaOf(*kind).fields.empty()) {
        errors_.Add(
            place, kind.ok() ? absl::StrCat("records of kind ", KindName(*kind),
                                            " have no fields that could "
                                            "cross")
                             : std::string("expected a record kind such as "
                                           "RECORD_KIND_VACANCY"));
        continue;
      }
      PropertyPart part;
      part.kind = *kind;
      Fields(property, spot, bound, out.bound, part);
      When(property, spot, out.receives, part);
      out.parts.push_back(std::move(part));
    }
  }

  void Fields(const v1::Property& property, const Spot& spot,
              const v1::Bound* bound, CompiledProperty::Bound how,
              PropertyPart& part) {
    const KindSchema& schema = SchemaOf(part.kind);
    std::vector<bool> found(static_cast<std::size_t>(property.fields_size()));
    for (std::size_t id = 0; id < schema.fields.size(); ++id) {
      bool named = false;
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (!MatchesField(property.fields(static_cast<int>(i)),
                          schema.fields[id].name)) {
          continue;
        }
        named = found[i] = true;
      }
      if (!named) continue;
      PropertyPart::Bounded bounded;
      bounded.field = static_cast<FieldId>(id);
      if (bound != nullptr) {
        bounded.bound = LevelOf(*bound, spot, how, schema.fields[id]);
      }
      part.fields.push_back(bounded);
    }
    std::vector<absl::string_view> names;
    for (const FieldDef& field : schema.fields) names.push_back(field.name);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i]) continue;
      const int index = static_cast<int>(i);
      errors_.Add(spot.Of("fields", index),
                  absl::StrCat("unknown field ", Quoted(property.fields(index)),
                               " of a ", KindName(schema.kind),
                               Suggest(property.fields(index), names)));
    }
  }

  // A field without the bound's level has it as an upper bound, where levels
  // are only compared, but never as a lower one.
  Level LevelOf(const v1::Bound& bound, const Spot& spot,
                CompiledProperty::Bound how, const FieldDef& field) {
    const bool at_least = how == CompiledProperty::Bound::kAtLeast;
    const auto refuse = [&](absl::string_view message) {
      errors_.Add(spot.Of(at_least ? "at_least" : "at_most"),
                  absl::StrCat("field `", field.name, "` ", message));
      return Level::Suppress();
    };
    switch (bound.level()) {
      case Rule::LEVEL_RAW:
        return field.pseudonymous ? Level::Pseudonym() : Level::Raw();
      case Rule::LEVEL_PSEUDONYM:
        if (at_least && !field.pseudonymous) return refuse("has no pseudonym");
        return Level::Pseudonym();
      case Rule::LEVEL_GENERALISE:
        break;
      default:
        return Level::Suppress();
    }
    const int steps = bound.generalise_steps();
    if (at_least && field.generalise_steps == 0) {
      return refuse("has no hierarchy");
    }
    if (field.generalise_steps > 0 && steps > field.generalise_steps) {
      return refuse(absl::StrCat("has a hierarchy of ", field.generalise_steps,
                                 " steps, not of ", steps));
    }
    return Level::Generalise(steps);
  }

  void When(const v1::Property& property, const Spot& spot, bool receives,
            PropertyPart& part) {
    if (property.when().empty()) return;
    CheckScope scope;
    scope.schema = &SchemaOf(part.kind);
    scope.receiving = receives;
    scope.of_property = true;
    if (document_.layer == Layer::kMou) {
      scope.refused = std::uint64_t{1} << kFactPeerGroups;
      scope.refused_reason =
          "depends on one side's groups; an MoU means the same on both sides";
    }
    ConditionError error;
    part.when = CompileCondition(property.when(), scope, error);
    if (part.when.has_value()) return;
    errors_.Add(spot.InString("when", property.when(), error.offset),
                std::move(error.message));
  }

  void Obliges(const v1::Property& property, const Spot& spot,
               CompiledProperty& out) {
    std::vector<RecordKind> kinds;
    for (const PropertyPart& part : out.parts) kinds.push_back(part.kind);
    out.obligations = loader_.LoadObligation(property.obliges(),
                                             *spot.Nested("obliges"), kinds);
  }

  const bool groups_known_;
  ErrorList& errors_;
  const CompiledDocument& document_;
  Loader loader_;
};

}  // namespace

void LoadProperties(
    const google::protobuf::RepeatedPtrField<v1::Property>& properties,
    const DocumentText::Spot& spot, bool groups_known, ErrorList& errors,
    CompiledDocument& document) {
  if (properties.size() > kPolicyPropertiesMax) {
    errors.Add(spot.Of("properties", kPolicyPropertiesMax),
               absl::StrCat(properties.size(), " properties; at most ",
                            kPolicyPropertiesMax));
    return;
  }
  PropertyLoader loader(groups_known, errors, document);
  absl::flat_hash_set<std::string> ids;
  for (int i = 0; i < properties.size(); ++i) {
    const v1::Property& property = properties.Get(i);
    const std::unique_ptr<Spot> at = spot.Nested("properties", i);
    if (!ids.insert(property.id()).second) {
      errors.Add(at->Of("id"),
                 absl::StrCat("property id ", Quoted(property.id()),
                              " is used twice"));
    }
    document.properties.push_back(loader.Load(property, *at));
  }
}

}  // namespace minga::policy
