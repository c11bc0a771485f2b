// Checks one rule of a document and compiles it. Internal to this room.
#ifndef MINGA_POLICY_RULE_LOADER_H_
#define MINGA_POLICY_RULE_LOADER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "policy/document_text.h"
#include "policy/rule.h"

namespace minga::v1 {
class Citation;
class Obligation;
class Rule;
class Transform;
}  // namespace minga::v1

namespace minga::policy {

// True if `pattern` is `name`, "group.*" of it, or "*".
bool MatchesField(absl::string_view pattern, absl::string_view name);
// An error's end if `id` is no id of a rule or a property; "" if it is one.
std::string IdMistake(absl::string_view id);

// Checks shared by rules and documents. Each adds to `errors` what is wrong, at
// its place.
class Loader {
 public:
  explicit Loader(ErrorList& errors) : errors_(errors) {}

  // Adds the rule to `document`, whose layer, countries and groups are set.
  // `groups_known` is false if the groups are those of a document that is not
  // at hand; their names then pass.
  void LoadRule(const v1::Rule& rule, const DocumentText::Spot& spot,
                bool groups_known, CompiledDocument& document);

  std::optional<Country> LoadCountry(const std::string& text, Place place);
  // `text` empty leaves `day` as it is.
  void LoadDay(const std::string& text, Place place, absl::CivilDay& day);
  void LoadCitation(const v1::Citation& citation,
                    const DocumentText::Spot& spot,
                    std::vector<Citation>& into);
  // Reads one obligation for records of `kinds`.
  Obligations LoadObligation(const v1::Obligation& obligation,
                             const DocumentText::Spot& spot,
                             const std::vector<RecordKind>& kinds);

 private:
  void LoadEffect(const v1::Rule& rule, const DocumentText::Spot& spot,
                  Layer layer, CompiledRule& into);
  void LoadLevel(const v1::Rule& rule, const DocumentText::Spot& spot,
                 const CompiledRule& into);
  void LoadPeers(const v1::Rule& rule, const DocumentText::Spot& spot,
                 bool groups_known, const CompiledDocument& document,
                 CompiledRule& into);
  void LoadPurposes(const v1::Rule& rule, const DocumentText::Spot& spot,
                    CompiledRule& into);
  void LoadParts(const v1::Rule& rule, const DocumentText::Spot& spot,
                 Layer layer, CompiledRule& into);
  void LoadFields(const v1::Rule& rule, const DocumentText::Spot& spot,
                  const KindSchema& schema, RulePart& part);
  void LoadCondition(const v1::Rule& rule, const DocumentText::Spot& spot,
                     Layer layer, bool receiving, RulePart& part);
  // The level that `rule` gives `field`; an error if the field has none such.
  std::optional<Level> LevelOf(const v1::Rule& rule,
                               const DocumentText::Spot& spot,
                               const FieldDef& field);
  void LoadObligations(const v1::Rule& rule, const DocumentText::Spot& spot,
                       CompiledRule& into);
  void LoadTransform(const v1::Transform& transform,
                     const DocumentText::Spot& spot,
                     const std::vector<RecordKind>& kinds, Obligations& into);

  ErrorList& errors_;
};

}  // namespace minga::policy

#endif  // MINGA_POLICY_RULE_LOADER_H_
