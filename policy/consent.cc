#include "policy/consent.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace minga::policy {
namespace {

// The consent facts of a kind's schema and the fields of each section.
struct ConsentTable {
  bool about_person = false;
  FactId given = 0;
  FactId countries = 0;
  FactId purposes = 0;
  FactId sections = 0;
  FactId expires = 0;
  LevelBytes impersonal{};
  std::vector<std::pair<absl::string_view, LevelBytes>> fields;

  explicit ConsentTable(const KindSchema& schema)
      : about_person(schema.about_person()) {
    if (!about_person) return;
    given = *schema.FindFact("consent.given");
    countries = *schema.FindFact("consent.countries");
    purposes = *schema.FindFact("consent.purposes");
    sections = *schema.FindFact("consent.sections");
    expires = *schema.FindFact("consent.expires");
    for (const absl::string_view section : ConsentSections(schema.kind)) {
      fields.emplace_back(section, LevelBytes{});
    }
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
      if (schema.fields[i].impersonal) impersonal[i] = Level::Raw().stored();
      for (auto& [section, levels] : fields) {
        if (schema.fields[i].consent_section == section) {
          levels[i] = Level::Raw().stored();
        }
      }
    }
  }
};

const ConsentTable& TableOf(RecordKind kind) {
  static const auto* const tables = [] {
    auto* all = new std::vector<ConsentTable>;
    for (int i = 0; i < kRecordKinds; ++i) {
      all->emplace_back(SchemaOf(static_cast<RecordKind>(i)));
    }
    return all;
  }();
  const auto index = static_cast<std::size_t>(kind);
  return (*tables)[index < tables->size() ? index : 0];
}

const std::vector<std::string>* ListOf(const Facts& facts, FactId fact) {
  return std::get_if<std::vector<std::string>>(&facts.Get(fact));
}

bool Holds(const std::vector<std::string>* list, absl::string_view text) {
  return list != nullptr &&
         std::find(list->begin(), list->end(), text) != list->end();
}

// The name of the consent fact that fails as a whole, or "".
absl::string_view Failing(const Question& question, const Facts& facts) {
  const ConsentTable& table = TableOf(facts.kind());
  if (!table.about_person) return "consent.given";
  const bool* given = std::get_if<bool>(&facts.Get(table.given));
  if (given == nullptr || !*given) return "consent.given";
  const auto* expires = std::get_if<absl::CivilDay>(&facts.Get(table.expires));
  if (expires == nullptr || *expires < question.as_of) {
    return "consent.expires";
  }
  if (!Holds(ListOf(facts, table.countries), question.peer.ToString())) {
    return "consent.countries";
  }
  if (!Holds(ListOf(facts, table.purposes), PurposeName(question.purpose))) {
    return "consent.purposes";
  }
  return "";
}

}  // namespace

LevelBytes ConsentLevels(const Question& question, const Facts& facts) {
  const ConsentTable& table = TableOf(facts.kind());
  LevelBytes levels = table.impersonal;
  if (!Failing(question, facts).empty()) return levels;
  const std::vector<std::string>* sections = ListOf(facts, table.sections);
  if (sections == nullptr) return levels;
  for (const auto& [section, fields] : table.fields) {
    if (!Holds(sections, section)) continue;
    for (std::size_t i = 0; i < levels.size(); ++i) levels[i] |= fields[i];
  }
  return levels;
}

std::string ConsentFailure(const Question& question, const Facts& facts) {
  const absl::string_view failing = Failing(question, facts);
  if (!failing.empty()) return std::string(failing);
  const std::vector<std::string>* sections =
      ListOf(facts, TableOf(facts.kind()).sections);
  for (const absl::string_view section : ConsentSections(facts.kind())) {
    if (!Holds(sections, section)) return "consent.sections";
  }
  return "";
}

}  // namespace minga::policy
